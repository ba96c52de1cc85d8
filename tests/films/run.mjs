// Films of many makers through the real server: `node tests/films/run.mjs [--long] [--keep] [--no-browser] [--server URL] [NAME…]`; at
// URL somebody else's, open to new members, is taken instead of an own one. Each is made on the spot, uploaded, prepared, and held against
// what it is: length, tracks, sync, every picture by its burnt-in clock; then played in Chromium. The last line printed is "N passed, N
// failed, N skipped".
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { browserProgram } from '../browser/program.mjs';
import { freePort, pause, Server } from '../chaos/server.mjs';
import { check } from './check.mjs';
import { films } from './list.mjs';

const words = process.argv.slice(2);
const has = (word) => words.includes(word);
const elsewhere = has('--server') ? words.splice(words.indexOf('--server'), 2)[1].replace(/\/$/, '') : '';
const names = words.filter((word) => !word.startsWith('--'));
const chosen = films.filter((film) => (names.length ? names.some((name) => film.name.includes(name)) : has('--long') || film.short));
// In the short run every fourth is watched, and those with something to choose.
const watched = (film) => names.length || has('--long') || film.sounds?.length > 1 || film.texts || chosen.indexOf(film) % 4 === 0;
const home = mkdtempSync(path.join(os.tmpdir(), 'videa-films-'));

class House {
  constructor(server) {
    this.base = server.base;
  }

  async json(method, where, body, headers = {}) {
    const response = await fetch(this.base + where, {
      method,
      headers: {
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, data: text ? JSON.parse(text) : null };
  }

  async join() {
    const { status, data } = await this.json('POST', '/api/auth/register', {
      email: `films${elsewhere && process.pid}@example.org`,
      username: `projectionist${elsewhere && process.pid}`,
      password: 'the last row is best',
    });
    if (status !== 201) throw new Error(`joining: ${status}`);
    this.token = data.tokens.accessToken;
  }

  get = async (address) => {
    const response = await fetch(this.base + address);
    if (!response.ok) throw new Error(`${address} answers ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  };

  // Uploads the file; answers the medium once it is READY or FAILED.
  async prepare(file) {
    const bytes = readFileSync(file);
    const tus = { 'tus-resumable': '1.0.0', authorization: `Bearer ${this.token}` };
    const made = await fetch(`${this.base}/api/media/uploads`, {
      method: 'POST',
      headers: { ...tus, 'upload-length': String(bytes.length), 'content-type': 'application/offset+octet-stream' },
      body: bytes,
    });
    if (made.status !== 201) throw new Error(`uploading: ${made.status} ${await made.text()}`);
    const id = made.headers.get('location').split('/').pop();
    for (const end = Date.now() + 300_000; Date.now() < end; await pause(100)) {
      const { data } = await this.json('GET', `/api/media/${id}`);
      if (data.status === 'READY' || data.status === 'FAILED') return data;
    }
    throw new Error('not prepared within five minutes');
  }
}

let passed = 0,
  failed = 0,
  skipped = 0; // films that are not watched for want of a browser
const server = elsewhere
  ? null
  : new Server(path.join(home, 'server'), await freePort(), { 'auth.access_minutes': 600, 'data.min_free_bytes': 0 });
let browser = null;
try {
  await server?.start();
  const house = new House(server ?? { base: elsewhere });
  await house.join();
  if (!has('--no-browser') && existsSync(browserProgram)) browser = await (await import('./watch.mjs')).Screen.open(house.base);
  for (const film of chosen) {
    const began = Date.now();
    const place = path.join(home, film.name);
    mkdirSync(place);
    let wrong;
    try {
      wrong = await check(film, house, place, watched(film) ? browser : null);
    } catch (cause) {
      wrong = [cause.stack ?? String(cause)];
    }
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    if (watched(film) && !browser) {
      skipped += 1;
      console.log(`skipped  ${film.name} in the browser: ${has('--no-browser') ? 'as asked' : 'there is none'}`);
    }
    if (wrong.length) failed += 1;
    else passed += 1;
    console.log(wrong.length ? `FAILED  ${film.name} (${seconds} s): ${wrong.join('; ')}` : `ok      ${film.name} (${seconds} s)`);
    if (!has('--keep')) rmSync(place, { recursive: true, force: true });
  }
} catch (cause) {
  failed += 1;
  console.log(`FAILED  ${cause.stack ?? cause}\n${server?.tail() ?? ''}`);
} finally {
  await browser?.close();
  await server?.end('SIGTERM', 15).catch(() => server.end('SIGKILL'));
  if (!has('--keep')) rmSync(home, { recursive: true, force: true });
  else console.log(`kept in ${home}`);
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed ? 1 : 0);
