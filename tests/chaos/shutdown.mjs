// SIGTERM in the middle of an upload and of a transcode: it ends in time, and after the restart both come to their end.
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { freePort, pause, Server, until } from './server.mjs';
import { member, Tally } from './tally.mjs';
import { announce, chunk, offered, render, sha256, stamped } from './videos.mjs';
import { Wire } from './wire.mjs';

const home = mkdtempSync(path.join(os.tmpdir(), 'videa-shutdown-'));
const port = await freePort();
const server = new Server(home, port, { 'log.level': 'warn' });
const wire = new Wire(port);
const tally = new Tally();

async function begin(token, bytes, name) {
  const answer = await wire.send('POST', '/api/media/uploads', { token, headers: announce(bytes.length, name) });
  if (answer.status !== 201) throw new Error(`announcing ${name}: ${answer.status} ${answer.text}`);
  const place = new URL(answer.headers.location, server.base).pathname;
  return { place, id: place.split('/').pop() };
}

// Sends slowly, for as long as the server takes it. Answers the bytes handed over and the status, if one came.
function trickle(token, place, bytes) {
  const state = { sent: 0, status: null, done: false };
  const headers = { ...chunk(0), authorization: `Bearer ${token}`, 'content-length': bytes.length };
  const request = http.request({ host: '127.0.0.1', port, method: 'PATCH', path: place, headers, agent: false }, (response) => {
    state.status = response.statusCode;
    response.resume();
    response.on('end', () => {
      state.done = true;
    });
  });
  request.on('error', () => {
    state.done = true;
  });
  const piece = Math.ceil(bytes.length / 200);
  const send = async () => {
    while (!state.done && state.sent < bytes.length) {
      request.write(bytes.subarray(state.sent, state.sent + piece));
      state.sent = Math.min(bytes.length, state.sent + piece);
      await pause(100);
    }
  };
  state.over = send();
  return state;
}

const medium = (token, id) => wire.get(`/api/media/${id}`, token);

await tally.close(server, async () => {
  const film = render(home, 'film.mp4', 20, '1280x720');
  await server.start();
  const token = await member(wire, 'ines');
  const working = await begin(token, film, 'working.mp4');
  await wire.send('PATCH', working.place, { token, bytes: film, headers: chunk(0), timeout: 60_000 });
  await until(
    'the transcode is under way',
    async () => {
      const m = await medium(token, working.id);
      return m.status === 'PROCESSING' && m.progress > 0;
    },
    30,
  );
  const other = stamped(film, 'the other one');
  const arriving = await begin(token, other, 'arriving.mp4');
  const slow = trickle(token, arriving.place, other);
  await until('bytes of the upload have been sent', () => slow.sent > other.length / 50);

  const began = performance.now();
  const ended = await server.end('SIGTERM', 30);
  const took = performance.now() - began;
  await slow.over;
  tally.check(`it ends within 10 s (${Math.round(took)} ms)`, took <= 10_000);
  tally.check('with exit status 0', ended.code === 0, JSON.stringify(ended));
  tally.check('no process is left over', server.leftovers().length === 0, server.leftovers().join(', '));

  wire.renew();
  const ready = await server.start();
  tally.check(`it is ready again (${Math.round(ready)} ms)`, true);
  const look = await wire.read(arriving.place, token);
  const offset = Number(look.headers['upload-offset']);
  tally.check(`the upload goes on at byte ${offset} of the ${slow.sent} that were sent`, offset > 0 && offset <= slow.sent);
  tally.check('what is kept is what was sent', sha256(look.bytes) === sha256(other.subarray(0, offset)));
  const rest = await wire.send('PATCH', arriving.place, { token, bytes: other.subarray(offset), headers: chunk(offset), timeout: 60_000 });
  tally.check('the rest is taken', rest.status === 204, rest.text);
  const whole = await wire.read(arriving.place, token);
  tally.check('whole, it has the SHA-256 of the file', sha256(whole.bytes) === sha256(other));
  for (const [name, { id }] of [
    ['the interrupted job', working],
    ['the job of the interrupted upload', arriving],
  ]) {
    const done = await until(
      `${name} has ended`,
      async () => {
        const m = await medium(token, id);
        return ['READY', 'FAILED'].includes(m.status) ? m : null;
      },
      180,
      200,
    );
    tally.check(`${name} ends READY`, done.status === 'READY', JSON.stringify(done.error));
    const wrong = await offered(wire, done, token);
    tally.check(`${name} has all its sounds, texts and segments`, wrong.length === 0, wrong.join('; '));
  }
  const last = await server.end('SIGTERM', 15);
  tally.check('idle, it ends when asked', last.code === 0, JSON.stringify(last));
  rmSync(home, { recursive: true, force: true });
});
