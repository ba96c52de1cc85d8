// Kills the real server again and again while sixteen clients write, and checks that nothing acknowledged is lost, nothing
// refused appears, nothing happens twice. `node tests/chaos/ledger.mjs [--cycles N] [--postgres URL] [--seed N] [--self-test]`
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Judge, shorten } from './checks.mjs';
import { Desk, Member, password } from './clients.mjs';
import { lies } from './lies.mjs';
import { Ledger } from './model.mjs';
import { look } from './seen.mjs';
import { freePort, pause, Server, until } from './server.mjs';
import { Storage } from './storage.mjs';
import { render } from './videos.mjs';
import { Wire } from './wire.mjs';

const { cycles, seed, postgres, selfTest } = read(process.argv.slice(2));

function read(words) {
  const out = { cycles: 5, seed: Date.now() % 1_000_000, postgres: null, selfTest: false };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--cycles') out.cycles = Number(words.shift());
    else if (word === '--seed') out.seed = Number(words.shift());
    else if (word === '--postgres') out.postgres = words.shift();
    else if (word === '--self-test') out.selfTest = true;
    else throw new Error(`there is no option ${word}`);
  }
  return out;
}

class Run {
  constructor(port) {
    this.home = mkdtempSync(path.join(os.tmpdir(), 'videa-chaos-'));
    const settings = {
      'auth.access_minutes': 1440,
      'media.open_uploads': 10000,
      'media.unused_films': 10000,
      'log.level': 'warn',
      'log.format': 'json',
      ...(postgres ? { 'database.url': postgres, 'database.sessions': 8 } : {}),
    };
    this.server = new Server(this.home, port, settings);
    this.wire = new Wire(port);
    this.ledger = new Ledger(seed);
    this.storage = new Storage(this.server.data, path.join(this.home, 'copy'), postgres);
    this.passed = 0;
    this.failed = 0;
    this.skipped = 0;
    this.starts = [];
  }

  async prepare() {
    this.ledger.film = render(this.home, 'film.mp4', 2);
    this.starts.push(await this.server.start());
    this.admin = await this.staff(`boss_${seed.toString(36)}`, 'ADMIN');
    this.judge = new Judge(this.ledger, this.wire, this.admin.token);
    const desks = [];
    for (const number of [0, 1])
      desks.push(new Desk(this.ledger, this.wire, number, await this.staff(`desk${number}_${seed.toString(36)}`, 'MODERATOR')));
    const members = Array.from({ length: 14 }, (_, n) => new Member(this.ledger, this.wire, n + 2));
    this.clients = [...desks, ...members];
    // Something of everything is there before the first kill, so that even a short cycle has something to lose.
    for (const member of members.slice(0, 4)) await member.join();
    this.ledger.uploadsLeft = 1;
    for (const act of ['addMovie', 'comment', 'editComment', 'react', 'startUpload', 'sendBytes']) await members[0][act]();
  }

  async staff(username, role) {
    this.server.createAccount(username, role, password);
    const answer = await this.wire.send('POST', '/api/auth/login', { json: { emailOrUsername: username, password } });
    if (answer.status !== 200) throw new Error(`signing in as ${username}: ${answer.status} ${answer.text}`);
    const { user, tokens } = JSON.parse(answer.text);
    return { id: user.id, token: tokens.accessToken, mark: username };
  }

  note(what, wrong) {
    if (wrong.length === 0) {
      this.passed += 1;
      return;
    }
    this.failed += 1;
    console.log(`FAILED cycle ${this.ledger.cycle}: ${what}`);
    for (const line of shorten(wrong)) console.log(`    ${line}`);
  }

  skip(what, why) {
    this.skipped += 1;
    console.log(`skipped  cycle ${this.ledger.cycle}: ${what}: ${why}`);
  }

  // Clients write; in the middle of it the server is killed. Answers the milliseconds it had.
  async storm() {
    const { ledger } = this;
    ledger.cycle += 1;
    ledger.uploadsLeft = 2;
    ledger.touched = { movies: new Set(), comments: new Set(), likes: new Set() };
    this.began = Date.now();
    this.first = ledger.ops.length;
    const stop = { now: false };
    const running = Promise.all(this.clients.map((client) => client.run(stop)));
    const life = 200 + Math.floor(Math.random() * 1800);
    await pause(life);
    stop.now = true;
    const ending = this.server.end('SIGKILL');
    await Promise.all([running, ending]);
    this.wire.renew();
    return life;
  }

  async orphans() {
    try {
      await until('no process of the killed server is left', () => this.server.leftovers().length === 0, 5, 50);
      return [];
    } catch (cause) {
      return [`${cause.message}: ${this.server.leftovers().join(', ')}`];
    }
  }

  // The order matters: cut-off operations are asked again before the facts are compared.
  async judgement(whole) {
    const { judge, ledger } = this;
    const since = whole ? 0 : this.began - 1000;
    const ops = whole ? ledger.ops : ledger.ops.slice(this.first);
    this.note('cut off, asked again', await judge.unknown(await look(ledger, this.wire, this.admin.token, since)));
    this.note('facts with a cut-off write', await judge.settle());
    this.note('uploads', await judge.uploads());
    this.note('jobs', await judge.jobs(whole ? 120 : 0));
    // proves S28
    this.note('events have had their effect', await judge.effects(whole ? 15_000 : 5000));
    const seen = await look(ledger, this.wire, this.admin.token, since);
    const good = (list) => list.filter((op) => op.outcome === 'OK');
    const older = good(ledger.ops.slice(0, this.first).filter((op) => op.key));
    const sample = [...new Set(Array.from({ length: Math.min(60, older.length) }, () => ledger.dice.pick(older)))];
    this.note('acknowledged is there', await judge.acknowledged([...good(ops), ...sample]));
    this.note('refused is not, nothing twice', judge.once(ops, seen));
    this.note('counters', await judge.counters(seen));
    this.note('decisions', judge.decisions(seen));
    this.note('repeated keys', await judge.replays(sample.filter((op) => op.kind !== 'refused').slice(0, 30)));
  }

  async cycle() {
    const life = await this.storm();
    const before = { ...this.ledger.counts };
    this.note('no process is left over', await this.orphans());
    this.storage.take();
    if (this.storage.there) this.note('the database as the kill left it', this.storage.check());
    else this.skip('the database as the kill left it', `the program ${this.storage.program} is not here`);
    this.starts.push(await this.server.start());
    const last = this.ledger.cycle === cycles;
    await this.judgement(last);
    const jobs = [...this.ledger.uploads.values()].map((upload) => upload.job ?? 'waits');
    console.log(
      `cycle ${this.ledger.cycle}: ${life} ms, ready again in ${Math.round(this.starts.at(-1))} ms; ` +
        `so far ${before.OK} acknowledged, ${before.FAIL} refused, ${before.UNKNOWN} cut off; ` +
        `videos ${jobs.join(' ') || 'none'}; ${this.failed} failed`,
    );
  }

  summary() {
    const sorted = [...this.starts].sort((a, b) => a - b);
    console.log(`start to ready: median ${Math.round(sorted[sorted.length >> 1])} ms, slowest ${Math.round(sorted.at(-1))} ms`);
    const { OK, FAIL, UNKNOWN } = this.ledger.counts;
    console.log(`${OK} acknowledged, ${FAIL} refused, ${UNKNOWN} cut off in ${this.ledger.cycle} cycles`);
  }
}

// A run that compares nothing has not passed: every kind of operation has to have happened.
function coverage(run) {
  const kinds = new Set(run.ledger.ops.filter((op) => op.outcome === 'OK').map((op) => op.kind));
  const wanted = [
    'register',
    'movie',
    'comment',
    'like',
    'edit comment',
    'upload',
    'bytes',
    ...(cycles >= 5 ? ['report', 'decide'] : []),
    ...(cycles >= 20 ? ['revert', 'unlike', 'delete comments', 'set status'] : []),
  ];
  const missing = wanted.filter((kind) => !kinds.has(kind)).map((kind) => `no operation "${kind}" was ever acknowledged`);
  if (run.ledger.counts.UNKNOWN === 0) missing.push('no operation was ever cut off');
  return missing;
}

async function main() {
  const run = new Run(await freePort());
  console.log(`seed ${seed}, ${cycles} cycles on ${postgres ? 'PostgreSQL' : 'SQLite'}; everything is below ${run.home}`);
  if (postgres)
    for (const module of ['user', 'content', 'media', 'social', 'moderation'])
      execFileSync('psql', ['-X', '-q', '-c', `DROP SCHEMA IF EXISTS videa_${module} CASCADE`, postgres], { stdio: 'ignore' });
  try {
    await run.prepare();
    for (let n = 0; n < cycles; n += 1) await run.cycle();
    run.note('every kind of operation took place', coverage(run));
    run.summary();
    if (selfTest) await lies(run);
    const end = await run.server.end('SIGTERM', 15);
    run.note('ends when asked', end.code === 0 ? [] : [`exit status ${end.code ?? end.signal}`]);
  } catch (cause) {
    run.note('the run itself', [cause.stack]);
  } finally {
    await run.server.end('SIGKILL');
  }
  if (run.failed === 0) rmSync(run.home, { recursive: true, force: true });
  else console.log(`kept for a look: ${run.home}; the server's last lines:\n${run.server.tail()}`);
  console.log(`${run.passed} passed, ${run.failed} failed, ${run.skipped} skipped`);
  process.exit(run.failed === 0 ? 0 : 1);
}

await main();
