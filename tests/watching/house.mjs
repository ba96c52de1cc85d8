// A server with TLS that is watched, and what asks it: its metrics, a Prometheus of its own. No test here needs the other.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort, root, Server, until } from '../chaos/server.mjs';

export const there = (program) => spawnSync('sh', ['-c', `command -v ${program} || ls /usr/sbin/${program}`]).status === 0;
export const rulesFile = path.join(root, 'config/prometheus/videa-mozi.rules.yml');
export const dashboardFile = path.join(root, 'config/grafana/videa-mozi.json');

// Counts what was looked at, and says what did not hold.
export class Tally {
  passed = 0;
  failed = 0;
  skipped = 0;
  check(what, holds, why = '') {
    if (holds) this.passed += 1;
    else {
      this.failed += 1;
      console.log(`FAILED  ${what}${why ? `: ${why}` : ''}`);
    }
  }
  skip(what, why) {
    this.skipped += 1;
    console.log(`skipped  ${what}: ${why}`);
  }
  end() {
    console.log(`${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`);
    process.exitCode = this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}

// Its first module port speaks plain http to this machine, whatever the main port does.
export async function watched(home, settings = {}) {
  mkdirSync(home, { recursive: true });
  const ports = [];
  for (let i = 0; i < 6; i += 1) ports.push(await freePort());
  const server = new Server(home, ports[0], {
    'server.port': ports[5],
    'server.module_ports': `[${ports.slice(0, 5).join(', ')}]`,
    'server.tls_certificate': path.join(home, 'cert.pem'),
    'server.tls_key': path.join(home, 'key.pem'),
    ...settings,
  });
  server.at = {
    user: ports[0],
    content: ports[1],
    social: ports[2],
    moderation: ports[3],
    media: ports[4],
  };
  certify(home, 90);
  await server.start(60);
  return server;
}

export function certify(home, days) {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', path.join(home, 'key.pem')];
  const about = ['-out', path.join(home, 'cert.pem'), '-days', String(days), '-subj', '/CN=localhost'];
  execFileSync('openssl', ['req', '-x509', ...key, ...about], {
    stdio: 'ignore',
  });
}

export async function metricsOf(server) {
  const answer = await fetch(`${server.base}/metrics`);
  if (answer.status !== 200) throw new Error(`/metrics answered ${answer.status}`);
  return answer.text();
}

// name → {type, help, series: Map(labels → value)}
export function familiesOf(page) {
  const families = new Map();
  const of = (name) => {
    if (!families.has(name)) families.set(name, { type: '', help: '', series: new Map() });
    return families.get(name);
  };
  for (const line of page.split('\n')) {
    const about = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line);
    const sample = /^([a-z_]+)(\{.*\})? (\S+)$/.exec(line);
    if (about) of(about[2])[about[1].toLowerCase()] = about[3];
    else if (sample) {
      const base = sample[1].replace(/_(bucket|sum|count)$/, '');
      (families.has(base) ? of(base) : of(sample[1])).series.set(sample[1] + (sample[2] ?? ''), Number(sample[3]));
    }
  }
  return families;
}

export const named = (expression) => [...expression.matchAll(/\bvidea_[a-z_]+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''));

// {name, selectors}: what an expression asks with fixed labels, such as status="5xx".
export function selectorsOf(expression) {
  return [...expression.matchAll(/(videa_[a-z_]+)\{([^}]*)\}/g)].map(([, name, labels]) => ({
    name,
    labels: [...labels.matchAll(/([a-z_]+)(=~?)"([^"]*)"/g)].map(([, label, how, value]) => ({ label, how, value })),
  }));
}

// A Prometheus that scrapes every second and waits for no alert longer than a moment.
export class Prometheus {
  async start(home, server, { backupOld = '2 * 86400' } = {}) {
    mkdirSync(home, { recursive: true });
    this.port = await freePort();
    this.base = `http://127.0.0.1:${this.port}`;
    const quick = readFileSync(rulesFile, 'utf8')
      .replaceAll(/for: \w+/g, 'for: 2s')
      .replaceAll(/\[(5|10)m\]/g, '[15s]')
      .replaceAll(/\[1[hd]\]/g, '[15s]')
      .replace('videa_backup_age_seconds > 2 * 86400', `videa_backup_age_seconds > ${process.env.MOZI_BACKUP_OLD ?? '2 * 86400'}`);
    writeFileSync(path.join(home, 'videa-mozi.rules.yml'), quick);
    const config = readFileSync(path.join(root, 'config/prometheus/prometheus.yml'), 'utf8')
      .replace('scrape_interval: 15s', 'scrape_interval: 1s\n  scrape_timeout: 1s\n  evaluation_interval: 1s')
      .replace('localhost:3001', `localhost:${server.port}`);
    writeFileSync(path.join(home, 'prometheus.yml'), config);
    const words = ['--config.file', path.join(home, 'prometheus.yml'), '--storage.tsdb.path', path.join(home, 'tsdb')];
    this.child = spawn('prometheus', [...words, `--web.listen-address=127.0.0.1:${this.port}`, '--log.level=warn'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    process.once('exit', () => this.child.kill());
    await until(
      'prometheus answers',
      () =>
        fetch(`${this.base}/-/ready`).then(
          (answer) => answer.ok,
          () => false,
        ),
      60,
      200,
    );
  }

  // Names of the alerts that fire now, without the product's name.
  async firing() {
    const { data } = await (await fetch(`${this.base}/api/v1/alerts`)).json();
    const names = data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname.replace('VideaMozi', ''));
    return [...new Set(names)].sort();
  }

  async ask(query) {
    const { data } = await (await fetch(`${this.base}/api/v1/query?query=${encodeURIComponent(query)}`)).json();
    return data.result.map(({ value }) => Number(value[1]));
  }

  async stop() {
    const gone = new Promise((done) => this.child.once('exit', done));
    this.child.kill();
    await gone;
  }
}
