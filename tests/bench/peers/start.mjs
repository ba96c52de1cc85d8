// Starts what is measured beside this server: the service written for Bun, and nginx.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { here, port, start, until, work } from '../lib.mjs';

const bunProgram = join(here, 'node_modules/.bin/bun');

// For nginx and for our own TLS.
spawnSync('openssl', [
  'req',
  '-x509',
  '-newkey',
  'rsa:2048',
  '-nodes',
  '-keyout',
  `${work}/key.pem`,
  '-out',
  `${work}/cert.pem`,
  '-days',
  '2',
  '-subj',
  '/CN=localhost',
]);

export async function bun(titles, environment = {}) {
  const p = port();
  const child = start(bunProgram, [join(here, 'peers/bun.mjs'), `${p}`, join(work, `bun-${p}.db`), `${titles}`], {
    env: { ...process.env, ...environment },
  });
  const url = `http://127.0.0.1:${p}`;
  await until('bun', async () => (await fetch(`${url}/health/ping`)).ok, 60000);
  return { child, url, pids: [child.pid] };
}

export async function nginx(directory) {
  const p = port(),
    tls = port();
  const home = join(work, `nginx-${p}`);
  mkdirSync(join(home, 'tmp'), { recursive: true });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${home}/tmp;`);
  writeFileSync(
    join(home, 'nginx.conf'),
    `worker_processes 2; pid ${home}/pid; error_log ${home}/error.log; daemon off; user root;
    events { worker_connections 4096; }
    http { access_log off; sendfile on; tcp_nopush off; tcp_nodelay on; keepalive_requests 1000000000;
      ${temporary.join(' ')}
      server { listen 127.0.0.1:${p} reuseport; listen 127.0.0.1:${tls} ssl reuseport;
        ssl_certificate ${work}/cert.pem; ssl_certificate_key ${work}/key.pem; root ${directory};
        location = /health/ping { default_type application/json; return 200 '{"status":"pong"}'; } } }`,
  );
  const child = start('nginx', ['-c', join(home, 'nginx.conf'), '-p', home]);
  const url = `http://127.0.0.1:${p}`;
  await until('nginx', async () => (await fetch(`${url}/health/ping`)).ok);
  const workers = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number);
  return { child, url, tlsUrl: `https://127.0.0.1:${tls}`, pids: workers };
}
