// Measures this server beside its peers in one run, judged by server CPU per request. `node tests/bench/run.mjs [part…] [--table FILE]`
// Parts: floor list one writes slow media tus transcode start news fair attacks; before (MOZI_BEFORE: an earlier executable).
// Needs wrk and nginx (Debian) and `npm ci` in this folder.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attacks } from './attacks.mjs';
import { render, tusUpload } from './films.mjs';
import {
  api,
  compare,
  cpu,
  f,
  here,
  median,
  member,
  ours,
  port,
  pss,
  rounds,
  row,
  sleep,
  start,
  stop,
  until,
  work,
  writeTable,
} from './lib.mjs';
import { fair } from './fair.mjs';
import { news } from './news.mjs';
import { bun, nginx } from './peers/start.mjs';
import { segments } from './segments.mjs';

const titles = Number(process.env.BENCH_TITLES ?? 20000);
const known = ['floor', 'list', 'one', 'writes', 'slow', 'media', 'tus', 'transcode', 'start', 'news', 'fair', 'attacks', 'before'];
const words = process.argv.slice(2);
const table = words.includes('--table') ? words.splice(words.indexOf('--table'), 2)[1] : null;
const parts = words;
for (const word of parts) if (!known.includes(word)) throw new Error(`there is no part ${word}; there are ${known.join(' ')}`);
const wanted = (part) => parts.length === 0 || parts.includes(part);
const command = (part) => `node tests/bench/run.mjs ${part}`;

const listPages = [];
for (let g = 0; g < 10; g++) for (let page = 1; page <= 20; page++) listPages.push(`/api/movies?genre=Genre%20${g}&page=${page}`);

async function fill(server) {
  const token = await member(server, 'filler');
  const ids = [];
  let made = 0;
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      while (made < titles) {
        const i = ++made;
        const movie = await api(
          server,
          'POST',
          '/api/movies',
          {
            title: `Title ${i}`,
            description: 'A description of some length, as films have them on a page. '.repeat(6).trim(),
            releaseDate: '2020-01-01',
            duration: 90 + (i % 60),
            language: 'hu',
            country: 'HU',
            genres: [`Genre ${i % 10}`],
            cast: ['A', 'B', 'C'],
            director: 'D',
            status: 'RELEASED',
          },
          token,
        );
        if (ids.length < 5000) ids.push(movie.id);
      }
    }),
  );
  return { token, ids };
}

const pick = (paths) =>
  `local paths = {${paths.map((p) => JSON.stringify(p)).join(',')}}
local n = 0
request = function() n = n + 7919; return wrk.format("GET", paths[n % #paths + 1]) end`;
const send = (method, ids, path, body, token) =>
  `local ids = {${ids.map((id) => `"${id}"`).join(',')}}
local n = 0
wrk.headers["content-type"] = "application/json"
${token ? `wrk.headers["authorization"] = "Bearer ${token}"\n` : ''}request = function()
  n = n + 7919
  return wrk.format("${method}", string.format("${path}", ids[n % #ids + 1]), nil, '${body}')
end`;

async function catalogue() {
  if (!['floor', 'list', 'one', 'writes', 'slow'].some(wanted)) return;
  const us = await ours('catalogue'),
    them = await bun(titles),
    limit = await nginx(work);
  us.commits = `${us.url}/metrics`;
  if (wanted('floor')) {
    const [a, b, n] = compare([us, them, limit], { path: '/health/ping' });
    row(
      'HTTP floor, `/health/ping`',
      '≤ 7 µs',
      `${f(a.us)} µs, ${f(a.rps, 0)}/s (Bun ${f(b.us)}, nginx ${f(n.us)})`,
      a.us <= 7,
      command('floor'),
    );
  }
  if (!['list', 'one', 'writes', 'slow'].some(wanted)) return Promise.all([us, them, limit].map((s) => stop(s.child)));
  const { token, ids } = await fill(us);
  const bunIds = Array.from({ length: 5000 }, (_, i) => i + 1);
  if (wanted('list')) {
    const [a, b] = compare([us, them], { script: pick(listPages) });
    row(
      'list page, repeated (20 of ' + titles + ' titles, 200 addresses)',
      '≤ 20 µs',
      `${f(a.us)} µs, ${f(a.rps, 0)}/s (Bun ${f(b.us)})`,
      a.us <= 20,
      command('list'),
    );
  }
  if (wanted('one')) {
    const [a, b] = compare([us, them], (k) => ({ script: pick((k ? bunIds : ids).map((id) => `/api/movies/${id}`)) }));
    row(
      'one title, not from the response cache',
      '≤ 17 µs',
      `${f(a.us)} µs, ${f(a.rps, 0)}/s, p99 ${f(a.p99)} ms (Bun ${f(b.us)})`,
      a.us <= 17,
      command('one'),
    );
  }
  if (wanted('writes')) {
    for (const [what, method, path, body] of [
      ['comment', 'POST', '/api/movies/%s/comments', '{"content":"a few words about it"}'],
      ['like', 'PUT', '/api/movies/%s/like', '{"type":"LIKE"}'],
    ]) {
      const [a, b] = compare([us, them], (k) => ({ script: send(method, (k ? bunIds : ids).slice(0, 1000), path, body, k ? '' : token) }));
      row(
        `durable ${what}, 64 clients`,
        '≥ 3.5 × Bun',
        `${f(a.rps, 0)}/s = ${f(a.rps / b.rps)} × (Bun ${f(b.rps, 0)}/s); ${f(a.us)} µs (Bun ${f(b.us)})`,
        a.rps >= 3.5 * b.rps,
        command('writes'),
      );
      row(`… flushes per request`, '≤ 0.1', f(a.flushes, 3), a.flushes <= 0.1, command('writes'));
      row(`… p99`, '≤ 15 ms', `${f(a.p99)} ms (Bun ${f(b.p99)})`, a.p99 <= 15, command('writes'));
    }
  }
  await Promise.all([us, them, limit].map((s) => stop(s.child)));
  if (wanted('slow')) {
    const shim = join(work, 'slow_fsync.so');
    if (
      spawnSync(process.env.CC ?? 'cc', ['-shared', '-fPIC', '-o', shim, join(here, 'slow_fsync.c'), '-ldl'], { stdio: 'inherit' }).status
    )
      throw new Error('slow_fsync.c does not compile');
    const slowUs = await ours('catalogue', [], { LD_PRELOAD: shim }),
      slowThem = await bun(titles, { LD_PRELOAD: shim });
    const [a, b] = compare([slowUs, slowThem], (k) => ({
      script: send(
        'POST',
        (k ? bunIds : ids).slice(0, 1000),
        '/api/movies/%s/comments',
        '{"content":"a few words about it"}',
        k ? '' : token,
      ),
    }));
    row(
      'durable comment when a flush takes 2 ms more',
      '≥ 10 × one commit each',
      `${f(a.rps, 0)}/s = ${f(a.rps / b.rps)} × (Bun ${f(b.rps, 0)}/s)`,
      a.rps >= 10 * b.rps,
      command('slow'),
    );
    await Promise.all([slowUs, slowThem].map((s) => stop(s.child)));
  }
}

async function media() {
  if (wanted('media')) await segments(command('media'));
}

async function tus() {
  if (!wanted('tus')) return;
  const size = Number(process.env.BENCH_TUS_MIB ?? 512) << 20;
  const chunk = Buffer.alloc(8 << 20, 'a film of one letter ');
  const take = (_, n) => chunk.subarray(0, n);
  const us = await ours('tus');
  const token = await member(us, 'uploader');
  const p = port();
  mkdirSync(join(work, 'tus-peer'), { recursive: true });
  const peer = {
    child: start(process.execPath, [join(here, 'peers/tus.mjs'), `${p}`, join(work, 'tus-peer')]),
    url: `http://127.0.0.1:${p}`,
  };
  peer.pids = [peer.child.pid];
  await until('@tus/server', async () => (await fetch(`${peer.url}/files`, { method: 'OPTIONS' })).status < 500);
  const measure = async (server, path, bearer) => {
    const before = cpu(server.pids),
      began = Date.now();
    await tusUpload(server.url, path, take, size, chunk.length, bearer);
    return { spent: (cpu(server.pids) - before) / (size / 2 ** 30), rate: size / 2 ** 20 / ((Date.now() - began) / 1000) };
  };
  const a = [],
    b = [];
  for (let i = 0; i < rounds; i++) (a.push(await measure(us, '/api/media/uploads', token)), b.push(await measure(peer, '/files')));
  const [mine, theirs] = [median(a.map((r) => r.spent)), median(b.map((r) => r.spent))];
  row(
    `tus upload, ${size >> 20} MiB in 8 MiB chunks, durable`,
    '≥ 4 × @tus/server by CPU',
    `${f(mine, 2)} s/GiB = ${f(theirs / mine)} × (@tus/server ${f(theirs, 2)}); ` +
      `${f(median(a.map((r) => r.rate)), 0)} MiB/s (${f(median(b.map((r) => r.rate)), 0)}, which does not flush)`,
    theirs >= 4 * mine,
    command('tus'),
  );
  await Promise.all([us, peer].map((s) => stop(s.child)));
}

async function transcode() {
  if (!wanted('transcode')) return;
  const film = join(work, 'source.mp4');
  render(film, 30, [
    '-vf',
    'noise=alls=12:allf=t',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-b:v',
    '20M',
    '-maxrate',
    '20M',
    '-bufsize',
    '40M',
    '-g',
    '300',
    '-pix_fmt',
    'yuv420p',
  ]);
  const bytes = readFileSync(film);
  const us = await ours('transcode');
  const token = await member(us, 'maker');
  const location = await tusUpload(us.url, '/api/media/uploads', (at, n) => bytes.subarray(at, at + n), bytes.length, 8 << 20, token);
  const began = Date.now();
  const get = () => api(us, 'GET', `/api/media/${location.pathname.split('/').pop()}`, null, token);
  await until('the first segment', async () => (await get()).playable, 120000);
  const first = (Date.now() - began) / 1000;
  const done = await until(
    'the whole ladder',
    async () => {
      const m = await get();
      return ['READY', 'FAILED'].includes(m.status) && m;
    },
    600000,
  );
  const whole = (Date.now() - began) / 1000;
  if (done.status !== 'READY') throw new Error(`the film failed: ${JSON.stringify(done.error)}`);
  await stop(us.child);
  const heights = done.renditions.map((r) => r.height);
  const out = join(work, 'one-run');
  mkdirSync(out, { recursive: true });
  const split =
    `[0:v]split=${heights.length}${heights.map((_, i) => `[s${i}]`).join('')};` +
    heights.map((h, i) => `[s${i}]scale=-2:${h}[v${i}]`).join(';');
  const args = [
    '-v',
    'error',
    '-y',
    '-i',
    film,
    '-filter_complex',
    split,
    ...heights.flatMap((h, i) => [
      '-map',
      `[v${i}]`,
      '-map',
      '0:a',
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-force_key_frames',
      'expr:gte(t,n_forced*4)',
      '-c:a',
      'aac',
      '-f',
      'hls',
      '-hls_time',
      '4',
      '-hls_segment_type',
      'fmp4',
      '-hls_fmp4_init_filename',
      `init${h}.mp4`,
      '-hls_playlist_type',
      'vod',
      join(out, `${h}.m3u8`),
    ]),
  ];
  const alone = Date.now();
  if (spawnSync('ffmpeg', args, { stdio: 'inherit' }).status) throw new Error('the one ffmpeg run failed');
  const one = (Date.now() - alone) / 1000;
  row(
    '30 s 1080p upload of 20 Mbit/s, to be re-encoded: first playable segment after the last byte',
    '≤ 1 s',
    `${f(first, 2)} s`,
    first <= 1,
    command('transcode'),
  );
  row(
    `… the whole ladder (${heights.join(', ')})`,
    '≤ 1.1 × one ffmpeg run',
    `${f(whole)} s = ${f(whole / one, 2)} × (${f(one)} s)`,
    whole <= 1.1 * one,
    command('transcode'),
  );
}

async function startUp() {
  if (!wanted('start')) return;
  await stop((await ours('idle')).child); // the first start makes the databases
  const times = [];
  for (let i = 0; i < 9; i++) {
    const server = await ours('idle');
    times.push(server.readyMs);
    if (i === 8) {
      await sleep(3000);
      const memory = pss(server.child.pid);
      row('idle memory (PSS)', '< 30 MiB', `${f(memory)} MiB`, memory < 30, command('start'));
    }
    await stop(server.child);
  }
  row(
    'start to ready (process start to 200 from /health/ready, of an existing installation)',
    '< 50 ms',
    `${f(median(times), 0)} ms`,
    median(times) < 50,
    command('start'),
  );
}

// A virtual machine gets its memory from the host when it is first touched, which costs more than what is measured here: nobody
// should pay for that. Twice, because what the host took back meanwhile comes with the first.
for (let i = 0; i < 2; i++) spawnSync('dd', ['if=/dev/zero', `of=${work}/touch`, 'bs=1M', 'count=4096', 'status=none']);
spawnSync('rm', [`${work}/touch`]);

async function fairPart() {
  if (wanted('fair')) await fair(command('fair'));
}

async function newsPart() {
  if (!wanted('news')) return;
  const film = join(work, 'news.mp4');
  await news(
    () => (render(film, 2, ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']), readFileSync(film)),
    command('news'),
  );
}

// This executable and an earlier one, in turns.
async function before() {
  if (!wanted('before') || !process.env.MOZI_BEFORE) return;
  const now = await ours('now'),
    then = await ours('then', [], {}, process.env.MOZI_BEFORE);
  const [a, b] = [await fill(now), await fill(then)];
  const mine = (k) => (k ? b : a);
  const write = (method, path, body) => (k) => ({ script: send(method, mine(k).ids.slice(0, 1000), path, body, mine(k).token) });
  for (const [what, options] of [
    ['floor', { path: '/health/ping' }],
    ['list page', { script: pick(listPages) }],
    ['one title', (k) => ({ script: pick(mine(k).ids.map((id) => `/api/movies/${id}`)) })],
    ['comment', write('POST', '/api/movies/%s/comments', '{"content":"a few words about it"}')],
    ['like', write('PUT', '/api/movies/%s/like', '{"type":"LIKE"}')],
  ]) {
    const [x, y] = compare([now, then], options);
    const told = (r) => `${f(r.us)} µs, ${f(r.rps, 0)}/s, p99 ${f(r.p99)} ms`;
    row(`${what}, beside the earlier executable`, 'no worse', `${told(x)} (before ${told(y)})`, x.us <= y.us * 1.05, command('before'));
  }
  await Promise.all([now, then].map((s) => stop(s.child)));
}

async function attacksPart() {
  if (wanted('attacks')) await attacks(fill, command('attacks'));
}

for (const part of [before, startUp, catalogue, media, tus, transcode, newsPart, fairPart, attacksPart]) {
  try {
    await part();
  } catch (cause) {
    row(part.name, 'to be measured', `failed: ${cause.message}`, false, command(part.name));
  }
}
if (table)
  writeTable(
    table,
    `# Benchmarks\n\nMeasured ${new Date().toISOString().slice(0, 10)} by \`node tests/bench/run.mjs --table docs/benchmarks.md\`: ` +
      `this server and its peers in one run, alternated, medians of ${rounds} rounds, load and servers on the same two cores. ` +
      `CPU is the server's user and system time per request (or GiB); ` +
      `rates move by a fifth between runs, CPU by a twentieth.\n\n`,
  );
process.exit(0);
