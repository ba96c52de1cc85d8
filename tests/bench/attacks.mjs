// What other people notice while somebody is greedy: a member reads and writes at an even pace beside each attack, and beside all of them.
// Attackers have addresses of their own (127.0.0.66 …); limits are off, so that turns, lanes and bounds alone hold.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { render, tusUpload } from './films.mjs';
import { api, f, here, member, ours, quantile, row, sleep, stop, until, work } from './lib.mjs';

const seconds = Number(process.env.BENCH_ATTACK_SECONDS ?? 10);

// One request of somebody at that address; the status.
export const ask = (agent, server, { method = 'GET', path, headers = {}, body }) =>
  new Promise((done) => {
    const request = http.request(server.url + path, { method, agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => done(answer.statusCode));
    });
    request.on('error', () => done(0));
    request.end(body);
  });
export const at = (address, sockets) => new http.Agent({ keepAlive: true, localAddress: address, maxSockets: sockets });
export const json = { 'content-type': 'application/json' };

// Latencies from the moment each was due, so that what a stall holds up counts whole.
async function paced(every, make, until) {
  const took = [];
  const running = [];
  for (let i = 0, began = performance.now(); performance.now() < until; i++) {
    const due = began + i * every;
    await sleep(Math.max(0, due - performance.now()));
    running.push(make(i).then((status) => took.push({ ms: performance.now() - due, status })));
  }
  await Promise.all(running);
  return took;
}

// An attacker is a process of its own, behind everybody else: what it costs itself is not the server's.
function attacker(server, name) {
  const child = spawn('nice', ['-n', '15', process.execPath, join(here, 'attacker.mjs'), server.url, name], { stdio: 'inherit' });
  return async () => void child.kill('SIGKILL');
}

export async function attacks(fill, command) {
  const server = await ours('attacks', ['server.host=0.0.0.0', 'community.registration=OPEN']);
  const { ids } = await fill(server);
  const mallory = await member(server, 'mallory');
  for (let i = 0; i < 200; i++) await api(server, 'POST', '/api/movies', { title: 'a'.repeat(490) + i, status: 'RELEASED' }, mallory);
  const long = { description: 'é'.repeat(5000), cast: Array.from({ length: 50 }, (_, i) => `${'ő'.repeat(95)}${i}`) };
  for (let i = 0; i < 100; i++)
    await api(server, 'POST', '/api/movies', { title: `Long ${i}`, genres: ['Long'], status: 'RELEASED', ...long }, mallory);
  const ada = await member(server, 'ada');

  const endless = join(work, 'endless.mkv');
  spawnSync(
    'ffmpeg',
    [
      '-v',
      'error',
      '-y',
      '-f',
      'lavfi',
      '-i',
      'testsrc2=s=640x360:r=1:d=4',
      '-vf',
      "setpts='if(eq(N,3),43000,N)/TB'",
      '-fps_mode',
      'passthrough',
      '-c:v',
      'libx264',
      '-pix_fmt',
      'yuv420p',
      endless,
    ],
    { stdio: 'inherit' },
  );
  const short = join(work, 'short.mp4');
  render(short, 2, ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']);

  const send = async (file, token) => {
    const bytes = readFileSync(file);
    return (
      await tusUpload(server.url, '/api/media/uploads', (from, n) => bytes.subarray(from, from + n), bytes.length, 8 << 20, token)
    ).pathname
      .split('/')
      .pop();
  };
  const kinds = {
    'nobody greedy': () => async () => {},
    ...Object.fromEntries(
      ['expensive searches', 'deep pages over several genres', 'long lists in every coding', '50 sign-ins a second'].map((name) => [
        name,
        () => attacker(server, name),
      ]),
    ),
    'an endless film': () => {
      const sent = send(endless, mallory);
      return async () => {
        const id = await sent;
        await ask(at('127.0.0.71', 1), server, {
          method: 'DELETE',
          path: `/api/media/${id}`,
          headers: { authorization: `Bearer ${mallory}` },
        });
      };
    },
  };
  const reader = at('127.0.0.10', 64);
  const mine = { authorization: `Bearer ${ada}` };
  const paths = (i) =>
    [`/api/movies?page=${1 + (i % 5)}`, `/api/movies/${ids[i % ids.length]}`, `/api/movies/${ids[i % ids.length]}/comments`][i % 3];
  const beside = async (name, begin) => {
    const end = await begin();
    await sleep(1000);
    const film = performance.now();
    const playable = send(short, ada).then((id) =>
      until('a short film', async () => (await api(server, 'GET', `/api/media/${id}`, null, ada)).playable, 60000).then(
        () => performance.now() - film,
      ),
    );
    const over = performance.now() + seconds * 1000;
    const [reads, writes] = await Promise.all([
      paced(20, (i) => ask(reader, server, { path: paths(i), headers: i % 2 ? mine : {} }), over),
      paced(
        50,
        (i) =>
          ask(reader, server, {
            method: 'POST',
            path: `/api/movies/${ids[i % ids.length]}/comments`,
            headers: { ...mine, ...json },
            body: '{"content":"a few words"}',
          }),
        over,
      ),
    ]);
    const film_ms = await playable.catch(() => NaN);
    await end();
    const told = (list) =>
      `p50 ${f(
        quantile(
          list.map((r) => r.ms),
          0.5,
        ),
      )}, p99 ${f(
        quantile(
          list.map((r) => r.ms),
          0.99,
        ),
      )} ms`;
    const good = (list, most, status) =>
      quantile(
        list.map((r) => r.ms),
        0.99,
      ) <= most && list.every((r) => r.status === status);
    const refused = [...reads, ...writes].filter((r) => r.status >= 300 || r.status === 0).length;
    row(
      `others beside: ${name}`,
      'reads ≤ 50 ms, writes ≤ 100 ms (p99), a short film in 5 s',
      `reads ${told(reads)}; writes ${told(writes)}; film ${f(film_ms / 1000)} s${refused ? `; ${refused} refused` : ''}`,
      good(reads, 50, 200) && good(writes, 100, 201) && film_ms <= 5000,
      command,
    );
  };
  for (const [name, begin] of Object.entries(kinds)) await beside(name, begin);
  await beside('all of these together', async () => {
    const ends = await Promise.all(Object.values(kinds).map((begin) => begin()));
    return () => Promise.all(ends.map((end) => end()));
  });
  await stop(server.child);
}
