// `node disk_frees.mjs FOLDER`, a small file system of its own: uploads stop above the floor, all together; on a disk without a byte
// left people come and go, a moderator hides, an owner and an administrator delete, the sweep frees, and writing goes on by itself.
import { existsSync, readdirSync, statfsSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fill } from './ballast.mjs';
import { freePort, pause, Server, until } from './server.mjs';
import { member, Tally } from './tally.mjs';
import { announce, chunk, render, stamped } from './videos.mjs';
import { Wire } from './wire.mjs';

const floor = 8 << 20;
const folder = process.argv[2];
const port = await freePort();
const settings = { 'data.min_free_bytes': floor, 'log.level': 'warn', 'media.upload_expiry_s': 25, 'server.module_ports': 'false' };
const server = new Server(folder, port, settings);
const wire = new Wire(port);
const tally = new Tally();
const password = 'a long enough sentence';
const free = () => statfsSync(folder).bavail * statfsSync(folder).bsize;
const json = (answer) => JSON.parse(answer.text);
const ok = (what, answer, status) => tally.check(what, answer.status === status, `${answer.status ?? answer.why} ${answer.text ?? ''}`);

// A body without end, of a length nobody says. Answers the status it was refused with.
function pour(token, place) {
  return new Promise((resolve) => {
    const headers = { ...chunk(0), authorization: `Bearer ${token}`, 'transfer-encoding': 'chunked' };
    const request = http.request({ host: '127.0.0.1', port, method: 'PATCH', path: place, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
      request.destroy();
    });
    const block = Buffer.alloc(256 << 10, 7);
    const more = () => {
      while (!request.destroyed && request.write(block));
      if (!request.destroyed) request.once('drain', more);
    };
    request.on('error', () => resolve(0));
    more();
  });
}

const login = (username) => wire.send('POST', '/api/auth/login', { json: { emailOrUsername: username, password } });

async function upload(token, bytes) {
  const made = await wire.send('POST', '/api/media/uploads', { token, headers: announce(bytes.length, 'film.mp4') });
  if (made.status !== 201) throw new Error(`announcing: ${made.status} ${made.text}`);
  const place = new URL(made.headers.location, server.base).pathname;
  const sent = await wire.send('PATCH', place, { token, bytes, headers: chunk(0) });
  if (sent.status !== 204) throw new Error(`sending: ${sent.status} ${sent.text}`);
  const id = place.split('/').pop();
  await until('it is ready', async () => (await wire.get(`/api/media/${id}`, token)).status === 'READY', 60, 100);
  return id;
}

await tally.close(server, async () => {
  const film = render(folder, 'film.mp4', 2);
  const padded = (name) => stamped(film, name + 'x'.repeat(6 << 20)); // so that deleting one makes room
  server.createAccount('vera', 'MODERATOR', password);
  server.createAccount('otto', 'ADMIN', password);
  await server.start();
  const [ines, ben] = [await member(wire, 'ines'), await member(wire, 'ben')];
  const vera = json(await login('vera')).tokens,
    otto = json(await login('otto')).tokens;
  const ownFilm = await upload(ines, padded('own')),
    otherFilm = await upload(ben, padded('other'));
  const title = json(await wire.send('POST', '/api/movies', { token: ines, json: { title: 'Rude', status: 'RELEASED' } })).id;
  const own = json(await wire.send('POST', '/api/movies', { token: ines, json: { title: 'Own', status: 'RELEASED' } })).id;
  const report = json(
    await wire.send('POST', '/api/reports', { token: ben, json: { contentType: 'MOVIE', contentId: title, reportType: 'SPAM' } }),
  ).id;
  const comment = json(await wire.send('POST', `/api/movies/${own}/comments`, { token: ben, json: { content: 'Still dry.' } })).id;

  // --- all streams together stop above the floor
  const places = [];
  for (let i = 0; i < 4; i += 1) {
    const made = await wire.send('POST', '/api/media/uploads', {
      token: i % 2 ? ines : ben,
      headers: { 'tus-resumable': '1.0.0', 'upload-defer-length': '1' },
    });
    places.push(new URL(made.headers.location, server.base).pathname);
  }
  const refused = await Promise.all(places.map((place, i) => pour(i % 2 ? ines : ben, place)));
  tally.check(
    'four uploads at once are stopped',
    refused.every((status) => status === 507 || status === 0),
    refused.join(' '),
  );
  tally.check(`well above the floor (${(free() / (1 << 20)).toFixed(1)} MiB are free)`, free() > floor * 1.5);
  const other = await wire.send('POST', '/api/movies', { token: ben, json: { title: 'Beside', status: 'RELEASED' } });
  ok('other people write on', other, 201);

  // --- and then there is nothing
  fill(path.join(folder, 'ballast'));
  tally.check(`the disk is full (${free()} bytes are free)`, free() < 64 << 10);
  const full = await until(
    'a write answers 507',
    async () => {
      const answer = await wire.send('POST', '/api/movies', { token: ben, json: { title: 'No', status: 'RELEASED' } });
      return answer.status === 507 ? answer : null;
    },
    10,
  ).catch(() => null);
  tally.check('a write answers 507', full !== null);
  for (const round of [1, 2, 3]) {
    const signed = await Promise.all(['ines', 'ben', 'vera', 'otto'].map(login));
    tally.check(
      `people sign in (${round})`,
      signed.every((answer) => answer.status === 200),
      signed.map((a) => a.status).join(' '),
    );
    const renewed = await Promise.all(
      signed.map((answer) => wire.send('POST', '/api/auth/refresh', { json: { refreshToken: json(answer).tokens.refreshToken } })),
    );
    tally.check(
      `their tokens are renewed (${round})`,
      renewed.every((answer) => answer.status === 200),
      renewed.map((a) => a.status).join(' '),
    );
    const out = await Promise.all(
      renewed.map((answer) => wire.send('POST', '/api/auth/logout', { token: (json(answer).tokens ?? json(answer)).accessToken })),
    );
    tally.check(
      `and they sign out (${round})`,
      out.every((answer) => answer.status === 204),
      out.map((a) => a.status).join(' '),
    );
  }
  const hide = { action: 'HIDE', resolution: 'Against the rules.' };
  const [hidden, gone, said, beside] = await Promise.all([
    wire.send('POST', `/api/reports/${report}/resolve`, { token: vera.accessToken, json: hide }),
    wire.send('DELETE', `/api/movies/${own}`, { token: ines }),
    wire.send('DELETE', `/api/comments/${comment}`, { token: ben }),
    wire.send('POST', `/api/movies/${json(other).id}/comments`, { token: ben, json: { content: 'Not now.' } }),
  ]);
  ok('a moderator hides', hidden, 200);
  ok('an owner deletes a title', gone, 204);
  tally.check('and a comment goes, itself or with its title', [204, 404].includes(said.status), `${said.status} ${said.text}`);
  tally.check('who writes is still told no', beside.status === 507, `${beside.status} ${beside.text}`);
  const unseen = await until('it is hidden', async () => (await wire.send('GET', `/api/movies/${title}`)).status === 404, 5).catch(
    () => null,
  );
  tally.check('what was hidden is not seen by visitors', unseen !== null);

  // --- the sweep frees what nobody went on with
  const files = path.join(server.data, 'media/files');
  const swept = await until(
    'what nobody continued is gone',
    () => places.every((place) => !existsSync(path.join(files, place.split('/').pop()))),
    60,
    200,
  ).catch(() => null);
  tally.check('the sweep removes the unfinished uploads', swept !== null, readdirSync(files).join(' '));
  fill(path.join(folder, 'ballast'));
  const why = `/api/media/${otherFilm}?reason=${encodeURIComponent('The disk is full.')}`;
  ok('full again, an administrator deletes a film', await wire.send('DELETE', why, { token: otto.accessToken }), 204);
  ok('and an owner deletes one', await wire.send('DELETE', `/api/media/${ownFilm}`, { token: ines }), 204);
  const again = await until(
    'writes are taken again',
    async () => (await wire.send('POST', '/api/movies', { token: ben, json: { title: 'After', status: 'RELEASED' } })).status === 201,
    15,
    50,
  ).catch(() => null);
  tally.check(`writing goes on by itself (${(free() / (1 << 20)).toFixed(1)} MiB are free)`, again !== null);
  await pause(300);
  const ended = await server.end('SIGTERM', 12);
  tally.check('it was never restarted and ends when asked', ended.code === 0, JSON.stringify(ended));
});
