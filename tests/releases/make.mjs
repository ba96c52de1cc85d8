// Keeps what a release writes: `MOZI_BINARY=… node tests/releases/make.mjs NAME` fills an installation with it and writes its databases
// as SQL, the other files of its data folder, and what people saw of it, into tests/releases/NAME. tests/app/releases.cpp opens each.
// Needs sqlite3.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort, pause, root, Server } from '../chaos/server.mjs';

const name = process.argv[2];
if (!name) throw new Error('usage: make.mjs NAME');
const out = path.join(root, 'tests/releases', name),
  home = mkdtempSync(path.join(os.tmpdir(), 'videa-release-'));
const password = 'canary-password-3141'; // that of tests/app/support.hpp
const server = new Server(home, await freePort());

async function ask(method, where, body, token) {
  const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': 'application/json' }) };
  const reply = await fetch(server.base + where, { method, headers, body: body && JSON.stringify(body) });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${where}: ${reply.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

async function join(username) {
  const made = await ask('POST', '/api/auth/register', { email: `${username}@example.org`, username, password });
  return { token: made.tokens.accessToken, id: made.user.id };
}

// Answers what to look at: [path, by whom].
async function fill() {
  const token = readFileSync(path.join(server.data, 'setup-link'), 'utf8')
    .trim()
    .match(/[^#=/]+$/)[0];
  const vera = (await ask('POST', '/api/auth/setup', { token, email: 'vera@example.org', username: 'vera', password })).tokens.accessToken;
  const ada = await join('ada'),
    ben = await join('ben'),
    eve = await join('eve');
  const movie = (title, status) => ask('POST', '/api/movies', { title, status, genres: ['Drama'], releaseDate: '1922-03-04' }, ada.token);
  const film = await movie('Nosferatu', 'RELEASED'),
    rude = await movie('Rude', 'RELEASED');
  await movie('Draft', 'DRAFT');
  const say = (who, content, parentId) =>
    ask('POST', `/api/movies/${film.id}/comments`, { content, ...(parentId && { parentId }) }, who.token);
  const top = await say(ben, 'The shadow on the stairs at 0:05.'),
    gone = await say(ben, 'To be deleted.');
  await say(ada, 'And nobody turns it off.', top.id);
  const below = await say(ada, 'Stays below it.', gone.id);
  await ask('DELETE', `/api/comments/${gone.id}`, undefined, ben.token);
  const bad = await say(eve, 'Buy cheap watches.'),
    twice = await say(eve, 'Buy more watches.');
  await ask('PUT', `/api/movies/${film.id}/like`, { type: 'LOVE' }, ben.token);
  await ask('PUT', `/api/movies/${film.id}/like`, {}, eve.token);
  await ask('PUT', `/api/comments/${top.id}/like`, { type: 'WOW' }, ada.token);
  await ask('PUT', `/api/comments/${below.id}/like`, {}, ben.token);
  const report = (who, contentType, contentId) => ask('POST', '/api/reports', { contentType, contentId, reportType: 'SPAM' }, who.token);
  const hide = async (contentType, contentId) => {
    const { id } = await report(contentType === 'MOVIE' ? ben : ada, contentType, contentId);
    return ask('POST', `/api/reports/${id}/resolve`, { action: 'HIDE', resolution: 'Against the rules.' }, vera);
  };
  (await hide('MOVIE', rude.id), await hide('COMMENT', bad.id), await hide('USER_PROFILE', eve.id));
  const { actionId } = await hide('COMMENT', twice.id);
  await ask('POST', `/api/moderation/actions/${actionId}/revert`, { reason: 'A mistake.' }, vera);
  await report(ben, 'MOVIE', film.id);
  await pause(2000); // what is told between modules has been heard
  const comments = `/api/movies/${film.id}/comments`;
  const open = [
    '/api/movies',
    `/api/movies/${film.id}`,
    comments,
    `${comments}?parentId=${top.id}`,
    `${comments}?parentId=${gone.id}`,
    `/api/users/${eve.id}`,
  ];
  const desk = ['/api/movies?hidden=true', '/api/reports', '/api/moderation/actions'];
  const by = { visitor: undefined, ben: ben.token, vera };
  return Object.keys(by).flatMap((who) => [...open, ...(who === 'vera' ? desk : [])].map((where) => ({ who, where, token: by[who] })));
}

mkdirSync(out, { recursive: true });
try {
  await server.start();
  const seen = [];
  for (const { who, where, token } of await fill()) {
    const reply = await fetch(server.base + where, { headers: token ? { authorization: `Bearer ${token}` } : {} });
    seen.push({ who, path: where, status: reply.status, body: await reply.json() });
  }
  await server.end('SIGTERM', 15);
  writeFileSync(path.join(out, 'seen.json'), seen.map((line) => JSON.stringify(line)).join('\n') + '\n');
  for (const module of ['user', 'content', 'media', 'social', 'moderation'])
    writeFileSync(path.join(out, `${module}.sql`), execFileSync('sqlite3', [path.join(server.data, `${module}.db`), '.dump']));
  for (const file of ['secret', 'installation']) copyFileSync(path.join(server.data, file), path.join(out, file));
} finally {
  await server.end('SIGKILL').catch(() => undefined);
  rmSync(home, { recursive: true, force: true });
}
