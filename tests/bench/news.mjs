// How soon a decision reaches another person's page on a busy machine: eight loops that never rest beside the server.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readyFilm } from './films.mjs';
import { api, f, member, ours, quantile, row, sleep, stop } from './lib.mjs';

const rounds = Number(process.env.BENCH_NEWS ?? 300);

// Every surface is looked at without a pause, each by a loop of its own. Milliseconds until the request was sent from which on whoever asks
// sees it everywhere, and until it was answered: at this load the answering itself takes that long.
async function soon(...surfaces) {
  const began = performance.now();
  const each = await Promise.all(
    surfaces.map(async (shows) => {
      for (;;) {
        const sent = performance.now() - began;
        if (await shows()) return { sent, answered: performance.now() - began };
        if (sent > 20000) throw new Error('it never came');
      }
    }),
  );
  return { sent: Math.max(...each.map((s) => s.sent)), answered: Math.max(...each.map((s) => s.answered)) };
}

export async function news(film, command) {
  const server = await ours('news');
  const token = readFileSync(join(server.dir, 'setup-link'), 'utf8')
    .trim()
    .match(/[^#=/]+$/)[0];
  const admin = (
    await api(server, 'POST', '/api/auth/setup', { token, email: 'vera@example.org', username: 'vera', password: 'the last row is best' })
  ).tokens.accessToken;
  const ada = await member(server, 'ada'),
    ben = await member(server, 'ben');
  const bytes = film();
  const mediaId = await readyFilm(server, bytes, ada, 120000);
  const movie = await api(server, 'POST', '/api/movies', { title: 'News', mediaId }, ada);
  const page = `${server.url}/api/movies/${movie.id}`;
  const seen = async () => {
    const r = await fetch(page);
    return r.ok ? r.json() : null;
  };
  const listed = async () => (await (await fetch(`${server.url}/api/movies`)).json()).data.some((m) => m.id === movie.id);
  const idle = Array.from({ length: 8 }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  const commits = async () => {
    const at = /^videa_db_commits_total\{[^}]*\} (\d+)/gm,
      text = await (await fetch(`${server.url}/metrics`)).text();
    let sum = 0;
    for (const [, n] of text.matchAll(at)) sum += Number(n);
    return sum;
  };
  const released = [],
    hidden = [],
    back = [];
  const spent = [];
  try {
    await sleep(2000);
    for (let i = 0; i < rounds; i++) {
      await api(server, 'PUT', `/api/movies/${movie.id}`, { status: 'RELEASED' }, ada);
      released.push(await soon(async () => (await seen())?.video?.hlsUrl));
      const report = await api(server, 'POST', '/api/reports', { contentType: 'MOVIE', contentId: movie.id, reportType: 'SPAM' }, ben);
      const film = (await seen()).video.hlsUrl,
        before = await commits();
      const { actionId } = await api(server, 'POST', `/api/reports/${report.id}/resolve`, { action: 'HIDE', resolution: 'Spam.' }, admin);
      hidden.push(
        await soon(
          async () => !(await seen()),
          async () => !(await listed()),
          async () => !(await fetch(server.url + film)).ok,
        ),
      );
      await sleep(30);
      spent.push((await commits()) - before);
      await api(server, 'POST', `/api/moderation/actions/${actionId}/revert`, { reason: 'A mistake.' }, admin);
      back.push(await soon(async () => (await seen())?.video?.hlsUrl, listed));
      await api(server, 'PUT', `/api/movies/${movie.id}`, { status: 'DRAFT' }, ada);
      await sleep(150); // everybody has heard that, so that the next release is news
    }
  } finally {
    for (const loop of idle) loop.kill('SIGKILL');
  }
  const tell = (what, list) => {
    const of = (when, q) =>
      f(
        quantile(
          list.map((round) => round[when]),
          q,
        ),
      );
    const told = (when) => `p50 ${of(when, 0.5)} ms, p99 ${of(when, 0.99)} ms`;
    const met = Number(of('sent', 0.99)) <= 50;
    row(`${what}, load 8`, 'p99 ≤ 50 ms', `for who asks after ${told('sent')} (answered after ${told('answered')})`, met, command);
  };
  tell('release → video open to others', released);
  tell('HIDE → gone from page, lists and playback', hidden);
  tell('its undoing → all there again', back);
  row(
    'commits of one HIDE',
    'decision, title, playback: 3',
    `${quantile(spent, 0.5)}, at most ${Math.max(...spent)}`,
    quantile(spent, 0.5) <= 3,
    command,
  );
  await stop(server.child);
}
