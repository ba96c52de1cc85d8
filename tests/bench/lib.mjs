// What every measurement needs: processes with their CPU time, loads by wrk, a table.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '../..');
export const binary = process.env.MOZI_BINARY ?? join(root, 'build/release/videa-mozi');
export const work = mkdtempSync(join(tmpdir(), 'videa-bench-'));
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // the certificate is made for the run
const running = new Set();

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
export async function until(what, probe, ms = 30000) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await probe().catch(() => undefined);
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${ms} ms`);
    await sleep(5);
  }
}

// User and system seconds of a process and the children it has now.
export function cpu(pids) {
  let ticks = 0;
  for (const pid of pids) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / 100;
}
// The same for all of the machine.
export function machineCpu() {
  const ticks = /^cpu +(\d+) (\d+) (\d+) \d+ \d+ (\d+) (\d+)/.exec(readFileSync('/proc/stat', 'utf8')).slice(1).map(Number);
  return ticks.reduce((sum, part) => sum + part, 0) / 100;
}
export function pss(pid) {
  return Number(/^Pss: +(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) / 1024;
}

export function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', options.log ?? 'ignore'], ...options });
  running.add(child);
  child.on('exit', () => running.delete(child));
  return child;
}
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await new Promise((done) => child.once('exit', done));
}
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

let next = 4100 + (process.pid % 500) * 10;
export const port = () => next++;

export async function ours(name, settings = [], environment = {}, executable = binary) {
  const p = port();
  const dir = join(work, name);
  const set = (pairs) => pairs.flatMap((pair) => ['--set', pair]);
  const began = process.hrtime.bigint();
  const child = start(
    executable,
    [
      'serve',
      ...set([
        `data.dir=${dir}`,
        `server.port=${p}`,
        'server.module_ports=false',
        'community.registration=OPEN',
        'limits.enabled=false',
        'community.titles_per_day=1000000',
        'community.unreleased_per_member=1000000',
        'community.comments_per_day=1000000',
        'log.level=warn',
        'http.max_connections_per_address=5000',
        ...settings,
      ]),
    ],
    { env: { ...process.env, ...environment } },
  );
  const url = `${settings.some((pair) => pair.startsWith('server.tls_certificate')) ? 'https' : 'http'}://127.0.0.1:${p}`;
  await until('our server', async () => (await fetch(`${url}/health/ready`)).ok);
  const readyMs = Number(process.hrtime.bigint() - began) / 1e6;
  return { child, url, dir, port: p, pids: [child.pid], readyMs };
}

export async function api(server, method, path, body, token) {
  const answer = await fetch(server.url + path, {
    method,
    headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
}
export const member = async (server, username) =>
  (await api(server, 'POST', '/api/auth/register', { email: `${username}@example.org`, username, password: 'a bench of oak' })).tokens
    .accessToken;

// wrk against a server: rate, latencies and the server's CPU per request.
export function load(server, { path = '/', script, connections = 64, seconds = 4, threads = 1, args = [] }) {
  const options = ['-t', `${threads}`, '-c', `${connections}`, '-d', `${seconds}`, '--latency'];
  if (script) {
    const file = join(work, `load-${Math.random().toString(36).slice(2)}.lua`);
    writeFileSync(file, script);
    options.push('-s', file);
  }
  const before = cpu(server.pids),
    machineBefore = machineCpu();
  const commitsBefore = server.commits ? spawnSync('curl', ['-s', server.commits]).stdout.toString() : '';
  const out = spawnSync('wrk', [...options, server.url + path, ...args], { encoding: 'utf8' }).stdout;
  const spent = cpu(server.pids) - before,
    machine = machineCpu() - machineBefore;
  const requests = Number(/(\d+) requests in/.exec(out)?.[1] ?? 0);
  const bad = Number(/Non-2xx or 3xx responses: (\d+)/.exec(out)?.[1] ?? 0);
  const ms = (label) => {
    const found = new RegExp(` +${label} +([\\d.]+)(us|ms|s)`).exec(out);
    return found ? Number(found[1]) * { us: 0.001, ms: 1, s: 1000 }[found[2]] : NaN;
  };
  const commitsAfter = server.commits ? spawnSync('curl', ['-s', server.commits]).stdout.toString() : '';
  const count = (text) => [...text.matchAll(/^videa_db_commits_total\{.*\} (\d+)/gm)].reduce((sum, found) => sum + Number(found[1]), 0);
  return {
    requests,
    bad,
    rps: requests / seconds,
    us: (spent * 1e6) / Math.max(1, requests),
    cpu: spent,
    machine,
    p50: ms('50%'),
    p99: ms('99%'),
    flushes: server.commits ? (count(commitsAfter) - count(commitsBefore)) / Math.max(1, requests) : undefined,
  };
}

export const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))];
export const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

export const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
// Alternates the servers, so that a noisy minute meets all of them; medians.
export function compare(servers, options) {
  const results = servers.map(() => []);
  for (let i = 0; i < rounds; i++)
    servers.forEach((server, k) => results[k].push(load(server, typeof options === 'function' ? options(k) : options)));
  return results.map((list) => {
    if (list.some((r) => r.bad || !r.requests))
      throw new Error(`a server refused ${JSON.stringify(list.find((r) => r.bad || !r.requests))}`);
    const of = (key) => median(list.map((r) => r[key]));
    return {
      us: of('us'),
      rps: of('rps'),
      p50: of('p50'),
      p99: of('p99'),
      flushes: list[0].flushes === undefined ? undefined : of('flushes'),
      cpu: of('cpu'),
      machine: of('machine'),
      requests: of('requests'),
    };
  });
}

const rows = [];
export function row(what, aim, measured, verdict, command) {
  rows.push({ what, aim, measured, verdict, command });
  console.log(`${verdict === true ? 'met  ' : verdict === false ? 'SHORT' : '     '} ${what}: ${measured} (aim ${aim})`);
}
// What stands behind an earlier table stays: people wrote it.
export function writeTable(file, header) {
  mkdirSync(dirname(file), { recursive: true });
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const notes = before
    .slice(before.lastIndexOf('\n|') + 1)
    .split('\n')
    .slice(1)
    .join('\n');
  const verdict = (v) => (v === true ? 'yes' : v === false ? '**no**' : '–');
  writeFileSync(
    file,
    header +
      '| what | aim | measured | met | command |\n|---|---|---|---|---|\n' +
      rows.map((r) => `| ${r.what} | ${r.aim} | ${r.measured} | ${verdict(r.verdict)} | \`${r.command}\` |`).join('\n') +
      '\n' +
      notes,
  );
}
export const missed = () => rows.filter((r) => r.verdict === false).length;
export const f = (x, digits = 1) => Number(x).toFixed(digits);
