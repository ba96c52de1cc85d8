// Behind proxies: the manual's own examples of nginx, Caddy and HAProxy, and nginx as people set it up in a hurry.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { freePort, root, Server } from '../chaos/server.mjs';
import { plainHost, publicHost, register, signIn, until, you } from './house.mjs';

const manual = readFileSync(path.join(root, 'docs/operations.md'), 'utf8');
const there = (program) => spawnSync('sh', ['-c', `command -v ${program} || ls /usr/sbin/${program}`]).status === 0;

// The example of the manual, its addresses replaced by the test's.
function example(language, replacements) {
  let text = new RegExp('```' + language + '\\n([\\s\\S]*?)```').exec(manual)?.[1];
  if (!text) throw new Error(`the manual has no example for ${language}`);
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`the ${language} example has no "${from}"`);
    text = text.replaceAll(from, to);
  }
  return text;
}

class Proxy {
  constructor(house, program, label) {
    this.home = path.join(house.home, label);
    this.program = program;
    mkdirSync(this.home, { recursive: true });
  }
  at(file) {
    return path.join(this.home, file);
  }
  async ports() {
    ((this.http = await freePort()), (this.https = await freePort()));
  }
  certificate() {
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-keyout',
        this.at('key.pem'),
        '-out',
        this.at('cert.pem'),
        '-days',
        '2',
        '-subj',
        `/CN=${publicHost}`,
        '-addext',
        `subjectAltName=DNS:${publicHost},DNS:${plainHost}`,
      ],
      { stdio: 'ignore' },
    );
    writeFileSync(this.at('both.pem'), readFileSync(this.at('cert.pem'), 'utf8') + readFileSync(this.at('key.pem'), 'utf8'));
  }
  async run(config, file, words) {
    writeFileSync(this.at(file), config);
    this.child = spawn(this.program, words, {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin`, HOME: this.home, XDG_DATA_HOME: this.home, XDG_CONFIG_HOME: this.home },
    });
    let said = '';
    let ended = false;
    this.child.stderr.on('data', (data) => {
      said = (said + data).slice(-2000);
    });
    this.child.on('exit', () => {
      ended = true;
    });
    process.once('exit', () => this.stop());
    await until(`${this.program} answers`, async () => {
      if (ended) throw new Error(`${this.program} ended: ${said}`);
      return fetch(`http://127.0.0.1:${this.http}/`, { redirect: 'manual' }).then(
        () => true,
        () => false,
      );
    });
  }
  // With its workers, which outlive an nginx whose master ends in a hurry.
  stop() {
    try {
      process.kill(-this.child.pid);
    } catch {
      /* the group is gone */
    }
  }
  async end() {
    if (!this.child) return;
    const gone = this.child.exitCode !== null || new Promise((done) => this.child.once('exit', done));
    this.stop();
    await gone;
  }
}

function nginxAround(proxy, inside) {
  const user = process.getuid() === 0 ? 'user root;' : '';
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${proxy.at(kind)};`);
  return `daemon off; pid ${proxy.at('pid')}; error_log stderr; worker_processes 1; ${user} events {}
http { access_log off; ${temporary.join(' ')} ${inside} }`;
}

const starts = {
  async nginx(proxy, port) {
    const config = example('nginx', [
      ['127.0.0.1:3001', `127.0.0.1:${port}`],
      ['listen 80;', `listen 127.0.0.1:${proxy.http};`],
      ['listen 443 ', `listen 127.0.0.1:${proxy.https} `],
      ['https://$host$request_uri', `https://$host:${proxy.https}$request_uri`],
      ['/etc/ssl/films.pem', proxy.at('cert.pem')],
      ['/etc/ssl/films.key', proxy.at('key.pem')],
    ]);
    await proxy.run(nginxAround(proxy, config), 'nginx.conf', ['-c', proxy.at('nginx.conf')]);
  },
  async haproxy(proxy, port) {
    const config = example('haproxy', [
      ['127.0.0.1:3001', `127.0.0.1:${port}`],
      ['bind :80', `bind 127.0.0.1:${proxy.http}`],
      ['bind :443 ', `bind 127.0.0.1:${proxy.https} `],
      ['redirect scheme https', `redirect prefix https://${publicHost}:${proxy.https}`],
      ['/etc/haproxy/films.pem', proxy.at('both.pem')],
    ]);
    await proxy.run(config, 'haproxy.cfg', ['-db', '-f', proxy.at('haproxy.cfg')]);
  },
  async caddy(proxy, port) {
    const config = example('caddy', [
      ['127.0.0.1:3001', `127.0.0.1:${port}`],
      [`${publicHost} {`, `https://${publicHost}:${proxy.https} {\n    tls ${proxy.at('cert.pem')} ${proxy.at('key.pem')}`],
    ]);
    const ports = `{\n    admin off\n    http_port ${proxy.http}\n    https_port ${proxy.https}\n    default_bind 127.0.0.1\n}\n`;
    await proxy.run(ports + config, 'Caddyfile', ['run', '--adapter', 'caddyfile', '--config', proxy.at('Caddyfile')]);
  },
};

export async function proxied(house) {
  for (const program of Object.keys(starts)) {
    if (there(program)) await asInTheManual(house, program);
    else house.skip(`${program}: as in the manual`, 'it is not installed');
  }
  if (!there('nginx')) return house.skip('nginx: as people set it up in a hurry', 'it is not installed');
  // As on any plain http.
  await house.excuse(/Cross-Origin-Opener-Policy header has been ignored/, () => inAHurry(house));
}

// Where a proxy sends those who come in plain http.
const ledTo = (port, where) =>
  new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path: where, headers: { host: publicHost } }, (answer) => {
        (answer.resume(), resolve(answer.headers.location));
      })
      .on('error', reject);
  });

const film = Buffer.alloc(11 * 1024 * 1024 + 5, 'a film that goes through a proxy ');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

async function goesThrough(page, base, token, port) {
  await page.goto(`${base}/upload`);
  await page.getByLabel('Choose films').setInputFiles({ name: 'Through.mp4', mimeType: 'video/mp4', buffer: film });
  const ask = (where) => fetch(`http://127.0.0.1:${port}${where}`, { headers: { authorization: `Bearer ${token}` } });
  const medium = await until(
    'the film has arrived',
    async () => (await (await ask('/api/media')).json()).data.find((one) => one.status !== 'UPLOADING'),
    60,
  );
  const bytes = Buffer.from(await (await ask(`/api/media/uploads/${medium.id}`)).arrayBuffer());
  return sha256(bytes) === sha256(film) ? '' : `${bytes.length} other bytes arrived`;
}

async function staysIn(page, base, username) {
  await signIn(page, base, username);
  await page.goto(`${base}/you`);
  await you(page, username).waitFor();
  await page.reload();
  await you(page, username).waitFor();
}

async function asInTheManual(house, program) {
  const proxy = new Proxy(house, program, program);
  await proxy.ports();
  proxy.certificate();
  const base = `https://${publicHost}:${proxy.https}`;
  const server = new Server(path.join(proxy.home, 'server'), await freePort(), {
    'server.base_url': base,
    'server.trusted_proxies': program === 'nginx' ? '127.0.0.1' : '127.0.0.0/8',
  });
  await server.start();
  try {
    await starts[program](proxy, server.port);
    const username = `by_${program}`;
    const token = await register(server.base, username);
    const page = await house.person(username, undefined, { ignoreHTTPSErrors: true });
    await house.check(`${program}: plain http leads to TLS, which browsers remember; figures stay inside`, async () => {
      const to = new URL(await ledTo(proxy.http, '/browse')); // Caddy believes in port 443
      if (to.protocol !== 'https:' || to.hostname !== publicHost || to.pathname !== '/browse') return `it leads to ${to}`;
      const answer = await page.goto(`${base}/browse`);
      const remembered = answer.headers()['strict-transport-security'];
      if (remembered !== 'max-age=31536000') return `browsers remember ${remembered}`; // for this host alone
      const status = await page.evaluate(() => fetch('/metrics').then((found) => found.status));
      return status === 404 ? '' : `/metrics answers ${status}`;
    });
    house.complaints = house.complaints.filter((text) => !text.includes('/metrics'));
    await house.check(`${program}: signing in lasts, by a cookie for this host over TLS alone`, async () => {
      await staysIn(page, base, username);
      const [cookie] = (await page.context().cookies()).filter((one) => one.name.includes('videa_refresh'));
      return cookie?.name === '__Host-videa_refresh' && cookie.secure && cookie.httpOnly ? '' : `the cookie is ${JSON.stringify(cookie)}`;
    });
    await house.check(`${program}: a film goes up`, () => goesThrough(page, base, token, server.port));
    await house.check(`${program}: a refusal reaches a page that is still sending`, () =>
      house.excuse(/status of 409/, async () => {
        const status = await page.evaluate(async (bearer) => {
          const head = { authorization: `Bearer ${bearer}`, 'tus-resumable': '1.0.0' };
          const made = await fetch('/api/media/uploads', { method: 'POST', headers: { ...head, 'upload-length': '40000000' } });
          const sent = fetch(made.headers.get('location'), {
            method: 'PATCH',
            headers: { ...head, 'upload-offset': '7', 'content-type': 'application/offset+octet-stream' },
            body: new Blob([new Uint8Array(30_000_000)]),
          });
          return sent.then(
            (answer) => answer.status,
            (thrown) => String(thrown),
          );
        }, token);
        return status === 409 ? '' : `the page saw ${status}`;
      }),
    );
    await house.check(`${program}: an address that a client makes up is not believed; links begin with the public one`, async () => {
      await page.evaluate(
        async ([name, word]) =>
          fetch('/api/auth/login', {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.77' },
            body: JSON.stringify({ emailOrUsername: name, password: word }),
          }),
        [username, 'the last row is best'],
      );
      const { data } = await (await fetch(`${server.base}/api/auth/sessions`, { headers: { authorization: `Bearer ${token}` } })).json();
      if (data.some((session) => session.ipAddress.includes('203.0.113')))
        return `sessions from ${data.map((session) => session.ipAddress).join(', ')}`;
      const link = readFileSync(path.join(server.data, 'setup-link'), 'utf8');
      return link.startsWith(`${base}/setup#`) ? '' : `the link is ${link}`;
    });
    await page.context().close();
  } finally {
    await proxy.end();
    await server.end('SIGTERM');
  }
}

// No trusted proxy, no base_url, a port of its own.
async function inAHurry(house) {
  const server = new Server(path.join(house.home, 'hurry'), await freePort());
  await server.start();
  const kinds = [
    ['nothing but proxy_pass', 'http', ''],
    ['nothing but proxy_pass, over TLS', 'https', ''],
    [
      'a Host without its port',
      'http',
      'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; ' +
        'proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;',
    ],
    ['a Host without its port, over TLS', 'https', 'proxy_set_header Host $host; proxy_set_header X-Forwarded-Proto $scheme;'],
    ['the Host as it came', 'http', 'proxy_set_header Host $http_host;'],
  ];
  try {
    for (const [i, [what, scheme, lines]] of kinds.entries()) {
      const proxy = new Proxy(house, 'nginx', `hurry-${i}`);
      await proxy.ports();
      proxy.certificate();
      const pass = `location / { proxy_pass http://127.0.0.1:${server.port}; ${lines} }`;
      const tls = `ssl_certificate ${proxy.at('cert.pem')}; ssl_certificate_key ${proxy.at('key.pem')};`;
      const secure = `server { listen 127.0.0.1:${proxy.https} ssl; ${tls} ${pass} }`;
      try {
        await proxy.run(nginxAround(proxy, `server { listen 127.0.0.1:${proxy.http}; ${pass} } ${secure}`), 'nginx.conf', [
          '-c',
          proxy.at('nginx.conf'),
        ]);
        const base = `${scheme}://${plainHost}:${proxy[scheme]}`;
        const token = await register(server.base, `hurry_${i}`);
        const page = await house.person(`hurry_${i}`, undefined, { ignoreHTTPSErrors: true });
        await house.check(`nginx with ${what}: signing in lasts`, () => staysIn(page, base, `hurry_${i}`));
        // nginx takes a megabyte unless told otherwise: the page finds that out.
        await house.check(`nginx with ${what}: a film goes up`, () =>
          house.excuse(/status of 413/, () => goesThrough(page, base, token, server.port)),
        );
        await page.context().close();
      } finally {
        await proxy.end();
      }
    }
  } finally {
    await server.end('SIGTERM');
  }
}
