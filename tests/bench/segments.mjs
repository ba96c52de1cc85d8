// What playing costs: whole segments, ranges of one, and both sides of TLS, beside nginx.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readyFilm, render } from './films.mjs';
import { api, compare, f, member, ours, row, sleep, stop, work } from './lib.mjs';
import { nginx } from './peers/start.mjs';

export async function segments(command) {
  const film = join(work, 'segments.mp4');
  render(film, 20, [
    '-vf',
    'noise=alls=60:allf=t',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-b:v',
    '8400k',
    '-minrate',
    '8400k',
    '-maxrate',
    '8400k',
    '-bufsize',
    '8400k',
    '-nal-hrd',
    'cbr',
    '-g',
    '120',
    '-keyint_min',
    '120',
    '-sc_threshold',
    '0',
    '-pix_fmt',
    'yuv420p',
  ]);
  const plain = await ours('media');
  const bytes = readFileSync(film);
  const token = await member(plain, 'player');
  const id = await readyFilm(plain, bytes, token, 300000);
  await api(plain, 'POST', '/api/movies', { title: 'Segments', mediaId: id, status: 'RELEASED' }, token);
  await sleep(1500);
  const shown = (await api(plain, 'GET', '/api/movies')).data[0].video.hlsUrl;
  // The largest segment there is, by its public address.
  const master = await (await fetch(plain.url + shown)).text();
  const folder = new URL(
    master.split('\n').find((line) => line.endsWith('.m3u8') && line.includes('1080')) ??
      master.split('\n').find((line) => line.endsWith('.m3u8')),
    plain.url + shown,
  );
  const list = await (await fetch(folder)).text();
  const all = await Promise.all(
    list
      .split('\n')
      .filter((line) => line.endsWith('.m4s'))
      .map(async (line) => {
        const url = new URL(line, folder);
        return { path: url.pathname + url.search, size: Number((await fetch(url, { method: 'HEAD' })).headers.get('content-length')) };
      }),
  );
  const segment = all.sort((a, b) => b.size - a.size)[0];
  const files = join(work, 'files');
  mkdirSync(files, { recursive: true });
  writeFileSync(join(files, 'segment.m4s'), Buffer.from(await (await fetch(plain.url + segment.path)).arrayBuffer()));
  await stop(plain.child);
  const again = await ours('media');
  const limit = await nginx(files);
  const giB = (r) => r.cpu / ((r.requests * segment.size) / 2 ** 30);
  const whole = (r) => r.machine / ((r.requests * segment.size) / 2 ** 30); // what one process does not pay, the other may
  const mib = f(segment.size / 2 ** 20);
  {
    const [a, n] = compare([again, limit], (k) => ({ path: k ? '/segment.m4s' : segment.path, connections: 16 }));
    row(
      `${mib} MiB segments, 16 connections`,
      'nginx (≤ 0.20 s/GiB)',
      `${f(giB(a), 3)} s/GiB (nginx ${f(giB(n), 3)}); the machine, client included: ${f(whole(a), 2)} (${f(whole(n), 2)})`,
      giB(a) <= Math.max(0.2, giB(n) * 1.05),
      command,
    );
  }
  {
    const script = (path) =>
      `local n = 0
request = function()
  n = (n + 7919 * 64) % ${Math.floor(segment.size / 65536) - 1}
  wrk.headers["Range"] = string.format("bytes=%d-%d", n * 65536, n * 65536 + 65535)
  return wrk.format("GET", "${path}")
end`;
    const [a, n] = compare([again, limit], (k) => ({ script: script(k ? '/segment.m4s' : segment.path), connections: 16 }));
    row(
      'random 64 KiB ranges, 16 connections',
      'nginx (≤ 22 µs)',
      `${f(a.us)} µs, p99 ${f(a.p99)} ms (nginx ${f(n.us)})`,
      a.us <= Math.max(22, n.us * 1.05),
      command,
    );
  }
  await stop(again.child);
  {
    const secure = await ours('media', [`server.tls_certificate=${work}/cert.pem`, `server.tls_key=${work}/key.pem`]);
    const [a, n] = compare([secure, { ...limit, url: limit.tlsUrl }], (k) => ({
      path: k ? '/segment.m4s' : segment.path,
      connections: 16,
    }));
    row(
      `${mib} MiB segments over TLS 1.3, 16 connections`,
      'nginx (≤ 0.61 s/GiB)',
      `${f(giB(a), 3)} s/GiB (nginx ${f(giB(n), 3)}); the machine: ${f(whole(a), 2)} (${f(whole(n), 2)})`,
      giB(a) <= Math.max(0.61, giB(n) * 1.05),
      command,
    );
    await stop(secure.child);
  }
  await stop(limit.child);
}
