// Backups while sixteen clients write, each put back into an empty folder and started: everything acknowledged before it began is there,
// nothing is half, no film is lost. `node tests/chaos/backups.mjs [--backups N] [--postgres URL] [--seed N]`
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Judge, shorten } from './checks.mjs';
import { Desk, Member, password } from './clients.mjs';
import { Cell, Ledger } from './model.mjs';
import { binary, freePort, pause, Server, until } from './server.mjs';
import { Storage } from './storage.mjs';
import { render } from './videos.mjs';
import { Wire } from './wire.mjs';

const options = { backups: 3, seed: Date.now() % 1_000_000, postgres: null };
for (const words = process.argv.slice(2); words.length;) {
  const word = words.shift();
  if (word === '--backups' || word === '--seed') options[word.slice(2)] = Number(words.shift());
  else if (word === '--postgres') options.postgres = words.shift();
  else throw new Error(`there is no option ${word}`);
}

const isWhole = (name) => /^\d{8}T\d{6}Z$/.test(name);
const modules = ['user', 'content', 'media', 'social', 'moderation'];

// The ledger as it stood at one moment: facts may also have what was written to them until upTo() was called.
class Point {
  constructor(ledger) {
    this.ledger = ledger;
    this.cells = new Map();
    this.ops = ledger.ops.filter((op) => op.outcome === 'OK');
    this.movies = this.copies(ledger.movies, ['status', 'text', 'gone']);
    this.comments = this.copies(ledger.comments, ['text', 'gone']);
    this.likes = this.copies(ledger.likes, ['type']);
    this.uploads = new Map([...ledger.uploads].map(([id, upload]) => [id, { ...upload, checked: false, live: upload }]));
    this.reports = new Map([...ledger.reports].map(([id, report]) => [id, { ...report }]));
  }

  copies(things, facts) {
    return new Map(
      [...things].map(([id, thing]) => {
        const copy = { ...thing };
        for (const fact of facts) {
          copy[fact] = Object.assign(new Cell(null), {
            may: [...thing[fact].may],
          });
          this.cells.set(copy[fact], {
            live: thing[fact],
            known: thing[fact].past.length,
          });
        }
        return [id, copy];
      }),
    );
  }

  upTo() {
    for (const [cell, { live, known }] of this.cells) for (const value of live.past.slice(known)) cell.maybe(value);
    for (const upload of this.uploads.values()) upload.sent = Math.max(upload.sent, upload.live.sent);
  }

  // A ledger for the judge: some operations of each kind, and what they touched.
  judged(dice) {
    const out = new Ledger(this.ledger.seed);
    const some = (kind, most) => {
      const all = this.ops.filter((op) => op.kind === kind);
      return all.length <= most ? all : [...all.slice(-most / 2), ...Array.from({ length: most / 2 }, () => dice.pick(all))];
    };
    const ops = [...some('register', 40), ...some('movie', 80), ...some('comment', 120)];
    Object.assign(out, {
      movies: this.movies,
      comments: this.comments,
      uploads: this.uploads,
      reports: this.reports,
    });
    const ids = (kind) => ops.filter((op) => op.kind === kind).map((op) => JSON.parse(op.answer).id);
    const comments = ids('comment').filter((id) => this.comments.has(id));
    const movies = [...ids('movie'), ...comments.map((id) => this.comments.get(id).movie)];
    const likes = [...this.likes.keys()].slice(-60);
    out.likes = new Map(likes.map((name) => [name, this.likes.get(name)]));
    out.touched = {
      movies: new Set(movies),
      comments: new Set(comments),
      likes: new Set(likes),
    };
    return { ledger: out, ops };
  }
}

class Run {
  constructor(port) {
    this.home = mkdtempSync(path.join(os.tmpdir(), 'videa-backups-'));
    this.target = path.join(this.home, 'backups');
    this.settings = {
      'auth.access_minutes': 1440,
      'media.open_uploads': 10000,
      'media.unused_films': 10000,
      'log.level': 'info',
      'log.format': 'json',
    };
    const database = options.postgres ? { 'database.url': options.postgres, 'database.sessions': 8 } : {};
    this.server = new Server(path.join(this.home, 'live'), port, {
      ...this.settings,
      ...database,
    });
    this.wire = new Wire(port);
    this.ledger = new Ledger(options.seed);
    Object.assign(this, { passed: 0, failed: 0, skipped: 0, held: [] });
  }

  note(what, wrong) {
    if (wrong.length === 0) {
      this.passed += 1;
      return;
    }
    this.failed += 1;
    console.log(`FAILED ${what}`);
    for (const line of shorten(wrong)) console.log(`    ${line}`);
  }

  async prepare() {
    this.ledger.film = render(this.home, 'film.mp4', 2);
    await this.server.start(120);
    const staff = async (username, role) => {
      this.server.createAccount(username, role, password);
      const answer = await this.wire.send('POST', '/api/auth/login', {
        json: { emailOrUsername: username, password },
      });
      const { user, tokens } = JSON.parse(answer.text);
      return { id: user.id, token: tokens.accessToken, mark: username };
    };
    const mark = options.seed.toString(36);
    this.admin = await staff(`boss_${mark}`, 'ADMIN');
    const desks = [];
    for (const number of [0, 1]) desks.push(new Desk(this.ledger, this.wire, number, await staff(`desk${number}_${mark}`, 'MODERATOR')));
    const members = Array.from({ length: 14 }, (_, n) => new Member(this.ledger, this.wire, n + 2));
    this.clients = [...desks, ...members];
    for (const member of members.slice(0, 4)) await member.join();
    this.ledger.uploadsLeft = 2;
    for (const act of ['addMovie', 'comment', 'editComment', 'react', 'startUpload', 'sendBytes']) await members[0][act]();
  }

  // Runs the command line beside everything else: {status, out}.
  command(words, settings = this.server.arguments()) {
    return new Promise((resolve) => {
      const child = spawn(binary, [...words, ...settings], {
        cwd: this.home,
        env: this.server.environment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let out = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (bytes) => {
          out += bytes;
        });
      child.on('close', (status) => resolve({ status, out }));
    });
  }

  whole() {
    return readdirSync(this.target).filter(isWhole).sort();
  }

  // A backup in the middle of the clients' writing; the ledger as it stood just before.
  async backUp() {
    const { ledger } = this;
    ledger.cycle += 1;
    ledger.uploadsLeft = 2;
    const stop = { now: false };
    const running = Promise.all(this.clients.map((client) => client.run(stop)));
    await pause(300 + ledger.dice.below(700));
    const point = new Point(ledger);
    const before = ledger.counts.OK;
    const made = await this.command(['backup', this.target]);
    const during = ledger.counts.OK - before;
    point.upTo();
    await pause(100);
    stop.now = true;
    await running;
    this.note(`backup ${ledger.cycle} is made`, made.status === 0 ? [] : [made.out]);
    return { point, during, said: made.out.trim() };
  }

  async restored(point, name) {
    const home = path.join(this.home, 'restored');
    rmSync(home, { recursive: true, force: true });
    if (options.postgres) clear(this.other);
    const settings = {
      ...this.settings,
      ...(options.postgres ? { 'database.url': this.other, 'database.sessions': 8 } : {}),
    };
    const server = new Server(home, await freePort(), settings);
    const back = await this.command(['restore', path.join(this.target, name)], server.arguments());
    if (back.status !== 0) return this.note(`${name} is put back`, [back.out]);
    this.note(`${name} is put back`, []);
    const storage = new Storage(server.data, path.join(home, 'copy'), options.postgres ? this.other : null);
    storage.take();
    if (storage.there) this.note(`${name}: the databases fit together`, storage.check());
    else this.skipped += 1;
    const wire = new Wire(server.port);
    try {
      await server.start(120);
      const { ledger, ops } = point.judged(this.ledger.dice);
      const judge = new Judge(ledger, wire, this.admin.token);
      this.note(`${name}: what was written meanwhile is one of both`, await judge.settle());
      this.note(`${name}: acknowledged is there`, await judge.acknowledged(ops));
      this.note(`${name}: uploads`, await judge.uploads());
      this.note(`${name}: no film is lost`, await judge.jobs(120));
      const events = await until(
        'events are heard',
        async () => JSON.parse((await wire.read('/health', this.admin.token)).text).problems.length === 0,
        45,
        200,
      ).then(
        () => [],
        async (late) => [late.message, (await wire.read('/health', this.admin.token)).text],
      );
      this.note(`${name}: it is well`, events);
      const doctor = await this.command(['doctor'], server.arguments());
      this.note(
        `${name}: doctor finds no fault`,
        doctor.status === 0 ? [] : doctor.out.split('\n').filter((line) => line.startsWith('FAULT')),
      );
      const end = await server.end('SIGTERM', 15);
      this.note(`${name}: it ends when asked`, end.code === 0 ? [] : [`${end.code ?? end.signal}`]);
    } finally {
      await server.end('SIGKILL');
      wire.renew();
    }
  }

  // What a killed server leaves of a backup is not taken for one, and goes with the next.
  async killed() {
    const before = this.whole();
    const child = this.command(['backup', this.target]);
    await until('a backup is under way', () => readdirSync(this.target).some((name) => name.endsWith('.half')), 10, 1).catch(() => {});
    await this.server.end('SIGKILL');
    await child;
    const wrong = [];
    for (const name of this.whole().filter((each) => !before.includes(each))) {
      const verified = await this.command(['backup', 'verify', path.join(this.target, name)]);
      if (verified.status !== 0) wrong.push(`${name}: ${verified.out}`);
    }
    const halves = readdirSync(this.target).filter((name) => name.endsWith('.half'));
    this.wire.renew();
    await this.server.start(120);
    const next = await this.command(['backup', this.target]);
    if (next.status !== 0) wrong.push(next.out);
    for (const half of halves) if (!next.out.includes(half)) wrong.push(`${half} was not named: ${next.out}`);
    if (readdirSync(this.target).some((name) => name.endsWith('.half'))) wrong.push('a half is left');
    this.note(`a killed server leaves no whole half (${halves.length} were left)`, wrong);
  }

  async damaged() {
    const name = this.whole().at(-1);
    const folder = path.join(this.target, name, 'databases');
    const file = path.join(folder, options.postgres ? 'user/account.copy' : 'user.db');
    const { size } = statSync(file);
    appendFileSync(file, 'x');
    const longer = await this.command(['backup', 'verify', path.join(this.target, name)]);
    execFileSync('truncate', ['-s', String(size), file]);
    const whole = await this.command(['backup', 'verify', path.join(this.target, name)]);
    const bytes = Buffer.from([0x58]);
    execFileSync('dd', [`of=${file}`, 'bs=1', `seek=${size >> 1}`, 'conv=notrunc', 'status=none'], { input: bytes });
    const refused = await this.command(['restore', path.join(this.target, name)], ['--set', `data.dir=${path.join(this.home, 'never')}`]);
    const wrong = [];
    if (longer.status === 0) wrong.push('a longer file is whole');
    if (whole.status !== 0) wrong.push(`put right it is not whole: ${whole.out}`);
    if (refused.status === 0 || !refused.out.includes('SHA-256')) wrong.push(`a changed byte is put back: ${refused.out}`);
    this.note('a damaged backup is named', wrong);
  }
}

function clear(url) {
  for (const module of modules)
    execFileSync('psql', ['-X', '-q', '-c', `DROP SCHEMA IF EXISTS videa_${module} CASCADE`, url], { stdio: 'ignore' });
}

// A second database beside the one that the live server has.
function secondDatabase(url) {
  const name = `backups_${options.seed}`;
  execFileSync('psql', ['-X', '-q', '-c', `CREATE DATABASE ${name} TEMPLATE template0`, url], { stdio: 'ignore' });
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

async function main() {
  const run = new Run(await freePort());
  console.log(
    `seed ${options.seed}, ${options.backups} backups on ${options.postgres ? 'PostgreSQL' : 'SQLite'}; everything is below ${run.home}`,
  );
  if (options.postgres) {
    clear(options.postgres);
    run.other = secondDatabase(options.postgres);
  }
  try {
    await run.prepare();
    let good = 0;
    for (let n = 1; n <= options.backups; n += 1) {
      const { failed } = run;
      const { point, during, said } = await run.backUp();
      const name = run.whole().at(-1);
      if (name) await run.restored(point, name);
      if (run.failed === failed) good += 1;
      console.log(`${n}: ${said.split('\n').at(-1)} ${during} writes meanwhile; ${good} of ${n} good`);
    }
    await run.killed();
    await run.damaged();
    console.log(`${good} of ${options.backups} backups came back whole`);
  } catch (cause) {
    run.note('the run itself', [cause.stack]);
  } finally {
    await run.server.end('SIGKILL');
    if (options.postgres)
      execFileSync('psql', ['-X', '-q', '-c', `DROP DATABASE IF EXISTS backups_${options.seed} WITH (FORCE)`, options.postgres], {
        stdio: 'ignore',
      });
  }
  if (run.failed === 0) rmSync(run.home, { recursive: true, force: true });
  else console.log(`kept for a look: ${run.home}; the server's last lines:\n${run.server.tail()}`);
  console.log(`${run.passed} passed, ${run.failed} failed, ${run.skipped} skipped`);
  process.exit(run.failed === 0 ? 0 : 1);
}

await main();
