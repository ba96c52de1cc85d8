// The real executable as a process of its own: start until ready, kill, stop. Used by the chaos and browser tests.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const binary = process.env.MOZI_BINARY ?? path.join(root, 'build/release/videa-mozi');

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Asks until `condition` answers something true, and answers that; throws with `what` after `seconds`.
export async function until(what, condition, seconds = 10, every = 20) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await pause(every);
  }
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function isReady(port) {
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path: '/health/ready', agent: false, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false));
    request.on('timeout', () => request.destroy());
  });
}

export class Server {
  // `home` is an empty folder for data and log; `settings` are further section.key values.
  constructor(home, port, settings = {}) {
    this.home = home;
    this.data = path.join(home, 'data');
    this.log = path.join(home, 'server.log');
    this.port = port;
    this.base = `http://127.0.0.1:${port}`;
    this.settings = {
      'data.dir': this.data,
      'server.host': '127.0.0.1',
      'server.port': port,
      'server.module_ports': 'false',
      'limits.enabled': 'false',
      'community.registration': 'OPEN',
      'community.titles_per_day': 1_000_000,
      'community.unreleased_per_member': 1_000_000,
      'community.comments_per_day': 1_000_000,
      ...settings,
    };
    this.child = null;
    if (!existsSync(binary)) throw new Error(`there is no ${binary}: build it, or name one in MOZI_BINARY`);
    mkdirSync(home, { recursive: true });
  }

  arguments() {
    return Object.entries(this.settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  }

  environment() {
    const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('VIDEA_MOZI__'));
    return Object.fromEntries(clean);
  }

  // Answers the milliseconds until it was ready.
  async start(seconds = 30) {
    const began = performance.now();
    const log = openSync(this.log, 'a');
    this.child = spawn(binary, ['serve', ...this.arguments()], { cwd: this.home, env: this.environment(), stdio: ['ignore', log, log] });
    closeSync(log);
    this.ended = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve({ code, signal })));
    let gone = null;
    this.ended.then((how) => {
      gone = how;
    });
    await until(
      'the server is ready',
      async () => {
        if (gone) throw new Error(`the server ended while starting (${gone.code ?? gone.signal}):\n${this.tail()}`);
        return isReady(this.port);
      },
      seconds,
      10,
    );
    return performance.now() - began;
  }

  // Sends `signal` and answers {code, signal} of its end; throws when that takes longer than `seconds`.
  async end(signal = 'SIGKILL', seconds = 20) {
    if (!this.child) return null;
    this.child.kill(signal);
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the server did not end within ${seconds} s of ${signal}`)), seconds * 1000);
    });
    try {
      return await Promise.race([this.ended, late]);
    } finally {
      clearTimeout(timer);
      this.child = null;
    }
  }

  // Makes an account from the server's own command line.
  createAccount(username, role, password) {
    const about = ['--username', username, '--email', `${username}@chaos.example`, '--role', role, '--password-stdin'];
    execFileSync(binary, ['user', 'create', ...about, ...this.arguments()], {
      cwd: this.home,
      env: this.environment(),
      input: `${password}\n`,
      timeout: 30_000,
    });
  }

  tail(lines = 15) {
    return existsSync(this.log)
      ? readFileSync(this.log, 'utf8')
          .split('\n')
          .slice(-lines - 1)
          .join('\n')
      : '';
  }

  // Processes other than the server that have a file below the data folder open or stand in it.
  leftovers() {
    const found = [];
    for (const pid of readdirSync('/proc').filter(
      (name) => /^\d+$/.test(name) && Number(name) !== this.child?.pid && Number(name) !== process.pid,
    )) {
      const links = [`/proc/${pid}/cwd`];
      try {
        links.push(...readdirSync(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`));
      } catch {
        continue;
      }
      const there = links.some((link) => {
        try {
          return readlinkSync(link).startsWith(`${this.data}/`);
        } catch {
          return false;
        }
      });
      if (there) found.push(Number(pid));
    }
    return found;
  }
}
