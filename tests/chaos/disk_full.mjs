// `node disk_full.mjs FOLDER`, a small file system of its own. See disk_full.sh.
import { randomUUID } from 'node:crypto';
import { rmSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { fill } from './ballast.mjs';
import { freePort, pause, Server, until } from './server.mjs';
import { member, Tally } from './tally.mjs';
import { announce, chunk, offered, render, sha256 } from './videos.mjs';
import { Wire } from './wire.mjs';

const floor = 8 << 20;
const folder = process.argv[2];
const ballast = path.join(folder, 'ballast');
const port = await freePort();
const server = new Server(folder, port, { 'data.min_free_bytes': floor, 'log.level': 'warn' });
const wire = new Wire(port);
const tally = new Tally();

const movie = (token, title, key = randomUUID()) => wire.send('POST', '/api/movies', { token, key, json: { title, status: 'RELEASED' } });

await tally.close(server, async () => {
  const film = render(folder, 'film.mp4', 2);
  await server.start();
  const token = await member(wire, 'ines');
  const before = await movie(token, 'Before the flood');
  tally.check('with space a write is taken', before.status === 201, before.text);
  const { id } = JSON.parse(before.text);
  const upload = await wire.send('POST', '/api/media/uploads', { token, headers: announce(film.length, 'film.mp4') });
  const place = new URL(upload.headers.location, server.base).pathname;
  const half = film.subarray(0, film.length >> 1);
  const sent = await wire.send('PATCH', place, { token, bytes: half, headers: chunk(0) });
  tally.check('half an upload is taken', sent.status === 204, sent.text);

  fill(ballast);
  tally.check('the disk is full', statfsSync(folder).bavail * statfsSync(folder).bsize < floor);
  let key, title;
  // The server looks at the free space from time to time; from then on every write is told so. One that was still taken is another.
  let tried = 0;
  const refused = await until(
    'a write answers 507',
    async () => {
      [key, title] = [randomUUID(), `During the flood ${++tried}`];
      const answer = await movie(token, title, key);
      return answer.status === 507 ? answer : null;
    },
    10,
  ).catch(() => null);
  await pause(200); // the other databases have looked as well
  tally.check('a write answers 507 with a reason', refused !== null && JSON.parse(refused.text).detail.length > 10, refused?.text);
  for (const [what, answer] of [
    ['a comment', await wire.send('POST', `/api/movies/${id}/comments`, { token, json: { content: 'Still dry?' } })],
    ['a reaction', await wire.send('PUT', `/api/movies/${id}/like`, { token, json: { type: 'LIKE' } })],
    ['a new upload', await wire.send('POST', '/api/media/uploads', { token, headers: announce(film.length, 'other.mp4') })],
    ['more of an upload', await wire.send('PATCH', place, { token, bytes: film.subarray(half.length), headers: chunk(half.length) })],
  ])
    tally.check(`${what} answers 507`, answer.status === 507, `${answer.status ?? answer.why} ${answer.text ?? ''}`);
  for (const address of [`/api/movies/${id}`, '/api/movies', `/api/movies/${id}/comments`, '/api/users/me', '/health/live']) {
    const answer = await wire.send('GET', address, { token });
    tally.check(`reads go on: GET ${address.replace(id, '…')}`, answer.status === 200, `${answer.status} ${answer.text}`);
  }

  rmSync(ballast);
  const began = Date.now();
  const again = await until(
    'writes are taken again',
    async () => {
      const answer = await movie(token, title, key);
      return answer.status === 201 ? answer : null;
    },
    15,
  ).catch(() => null);
  tally.check(`with space again writes are taken within 5 s (${Date.now() - began} ms)`, again !== null && Date.now() - began <= 5000);
  const list = await wire.list('/api/movies', token);
  tally.check('what was refused and then repeated is there once', list.filter((m) => m.title === title).length === 1);
  const look = await wire.read(place, token);
  tally.check(
    'the upload kept what was acknowledged',
    Number(look.headers['upload-offset']) >= half.length,
    `it is at ${look.headers['upload-offset']}`,
  );
  // Each module looks at the free space by itself, so this one may learn of it a moment later.
  const rest = await until(
    'the upload goes on',
    async () => {
      const offset = Number((await wire.read(place, token)).headers['upload-offset']);
      const answer = await wire.send('PATCH', place, { token, bytes: film.subarray(offset), headers: chunk(offset) });
      return answer.status === 204 ? answer : null;
    },
    15,
    100,
  ).catch(() => null);
  tally.check(`and goes on to its end within 5 s (${Date.now() - began} ms)`, rest !== null && Date.now() - began <= 5000);
  const whole = await wire.read(place, token);
  tally.check('with the bytes that were sent', sha256(whole.bytes) === sha256(film));
  const done = await until(
    'its job has ended',
    async () => {
      const medium = await wire.get(`/api/media/${place.split('/').pop()}`, token);
      return ['READY', 'FAILED'].includes(medium.status) ? medium : null;
    },
    90,
    100,
  );
  tally.check('and its job ends READY', done.status === 'READY', JSON.stringify(done.error));
  const wrong = await offered(wire, done, token);
  tally.check('with all its sounds, texts and segments', wrong.length === 0, wrong.join('; '));
  const ended = await server.end('SIGTERM', 12);
  tally.check('it was never restarted and ends when asked', ended.code === 0, JSON.stringify(ended));
});
