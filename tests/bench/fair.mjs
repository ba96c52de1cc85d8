// How soon another person's film plays while films that claim hours are prepared, and how quick the others' pages are meanwhile.
// `node tests/bench/fair.mjs` by itself, or the part `fair` of run.mjs.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jpeg, stillsFilm } from '../films/mp4.mjs';
import { tusUpload } from './films.mjs';
import { api, f, member, missed, ours, quantile, row, sleep, stop, work } from './lib.mjs';
import { spawnSync } from 'node:child_process';

const rounds = Number(process.env.BENCH_FAIR ?? 10);

function film(file, seconds, size) {
  const words = ['-v', 'error', '-y', '-f', 'lavfi', '-i', `testsrc2=s=${size}:r=25:d=${seconds}`, '-c:v', 'mpeg4', '-q:v', '4', file];
  if (spawnSync('ffmpeg', words, { stdio: 'inherit' }).status) throw new Error('ffmpeg could not render the input');
  return readFileSync(file);
}

export async function fair(command) {
  const home = join(work, 'fair');
  mkdirSync(home, { recursive: true });
  // Two seconds of 640 by 360; a film that goes on for minutes; four pictures that claim twelve hours; two of 4K eleven hours apart.
  const short = film(join(home, 'short.mkv'), 2, '640x360');
  const long = film(join(home, 'long.mkv'), 300, '1280x720');
  const still = await jpeg(home, '640x360'),
    large = await jpeg(home, '3840x2160');
  stillsFilm(join(home, 'endless.mp4'), '640x360', [still], [0, 0, 0, 0], [1, 1, 42_998, 1]);
  stillsFilm(join(home, 'apart.mp4'), '3840x2160', [large, large], [0, 1], [39_600, 1]);
  const endless = readFileSync(join(home, 'endless.mp4')),
    apart = readFileSync(join(home, 'apart.mp4'));
  const server = await ours('fair');
  const ada = await member(server, 'ada'),
    eve = await member(server, 'eve');
  const send = async (bytes, token) => {
    const address = await tusUpload(server.url, '/api/media/uploads', (at, n) => bytes.subarray(at, at + n), bytes.length, 8 << 20, token);
    return address.pathname.split('/').pop();
  };
  const look = (id, token) => api(server, 'GET', `/api/media/${id}`, null, token);
  const movie = await api(server, 'POST', '/api/movies', { title: 'Beside', status: 'RELEASED' }, ada);
  const reads = [],
    writes = [];
  let on = true;
  const others = (async () => {
    for (let i = 0; on; i++) {
      let began = performance.now();
      await fetch(`${server.url}/api/movies/${movie.id}`).then((answer) => answer.arrayBuffer());
      reads.push(performance.now() - began);
      began = performance.now();
      await api(server, 'POST', `/api/movies/${movie.id}/comments`, { content: `Number ${i}` }, ada);
      writes.push(performance.now() - began);
      await sleep(20);
    }
  })();
  // The endless one by itself first: what it costs.
  let began = performance.now();
  const first = await send(endless, eve);
  let state = await look(first, eve);
  while (state.status === 'PROCESSING' && performance.now() - began < 600_000) (await sleep(50), (state = await look(first, eve)));
  const alone = (performance.now() - began) / 1000;
  row(
    `a film of ${(endless.length / 1024).toFixed(0)} kB, four pictures, the last at 43,000 s: until ${state.status}`,
    '≤ 60 s',
    `${f(alone)} s`,
    alone <= 60,
    command,
  );
  // Then a real long one and the endless ones together, and short ones of other people, one after the other.
  await send(long, eve);
  await send(endless, eve);
  await send(apart, eve);
  await sleep(1000);
  const playable = [];
  for (let i = 0; i < rounds; i++) {
    const guest = await member(server, `guest${i}`);
    began = performance.now();
    const id = await send(short, guest);
    while (!(await look(id, guest)).playable) {
      await sleep(20);
      if (performance.now() - began > 120_000) throw new Error('it never became playable');
    }
    playable.push((performance.now() - began) / 1000);
  }
  on = false;
  await others;
  const worst = Math.max(...playable);
  row(
    'a 2-second film of another person beside them, upload → playable',
    '≤ 5 s',
    `p50 ${f(quantile(playable, 0.5))} s, worst ${f(worst)} s of ${rounds}`,
    worst <= 5,
    command,
  );
  row(
    'reads of others meanwhile',
    'p99 ≤ 50 ms',
    `p99 ${f(quantile(reads, 0.99))} ms of ${reads.length}`,
    quantile(reads, 0.99) <= 50,
    command,
  );
  row(
    'writes of others meanwhile',
    'p99 ≤ 100 ms',
    `p99 ${f(quantile(writes, 0.99))} ms of ${writes.length}`,
    quantile(writes, 0.99) <= 100,
    command,
  );
  await stop(server.child);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await fair('node tests/bench/fair.mjs');
  process.exit(missed() ? 1 : 0);
}
