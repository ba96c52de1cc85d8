// Each alert is made to fire by what it is about, seen by a real Prometheus, and goes away again; nothing else fires meanwhile.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { pause, until } from '../chaos/server.mjs';
import { certify, metricsOf, Prometheus, there, watched } from './house.mjs';

const password = 'a-long-enough-password-17';
const floor = 16 << 20;

// A small disk for the data folder, where that is allowed.
function smallDisk(at) {
  mkdirSync(at, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256m,mode=0700', 'videa-watching', at]).status === 0;
}

class Sqlite {
  constructor(file) {
    this.child = spawn('sqlite3', [file], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    this.child.stdin.write('.timeout 20000\n');
  }
  say(sql) {
    this.child.stdin.write(`${sql}\n`);
  }
  async end() {
    const gone = new Promise((done) => this.child.once('exit', done));
    this.child.stdin.end('.quit\n');
    await gone;
  }
}

async function ask(server, module, method, target, body, token) {
  const headers = {
    ...(body ? { 'Content-Type': 'application/json' } : {}),
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
  };
  const answer = await fetch(`http://127.0.0.1:${server.at[module]}${target}`, {
    method,
    headers,
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: text ? JSON.parse(text) : null,
  };
}

const drops = 60;

// Two kilobytes a second, to the end: answers the status.
function uploadSlowly(server, token, location) {
  const request = http.request({
    host: '127.0.0.1',
    port: server.at.media,
    path: location,
    method: 'PATCH',
    headers: {
      Authorization: `Bearer ${token}`,
      'Tus-Resumable': '1.0.0',
      'Upload-Offset': '0',
      'Content-Type': 'application/offset+octet-stream',
      'Content-Length': String(drops << 10),
    },
  });
  let left = drops;
  const drip = setInterval(() => {
    request.write(Buffer.alloc(1024));
    left -= 1;
    if (left > 0) return;
    clearInterval(drip);
    request.end();
  }, 500);
  return new Promise((resolve) => {
    request.on('response', (answer) => (answer.resume(), resolve(answer.statusCode)));
    request.on('error', (cause) => (clearInterval(drip), resolve(cause.message)));
  });
}

export async function seeAlerts(tally, home) {
  const small = smallDisk(home);
  const server = await watched(home, { 'data.min_free_bytes': String(floor) });
  const prometheus = new Prometheus();
  const others = new Set();
  let expected = new Set();
  let looking = true;
  const look = async () => {
    while (looking) {
      for (const name of await prometheus.firing().catch(() => [])) if (!expected.has(name)) others.add(name);
      await pause(500);
    }
  };
  const fires = async (name, among, cause, mend, seconds = 60) => {
    const began = Date.now();
    expected = new Set([name, ...among]);
    await cause();
    const fired = await until(`${name} fires`, async () => (await prometheus.firing()).includes(name), seconds, 300).catch(() => false);
    tally.check(`${name} fires`, fired, `firing: ${await prometheus.firing()}`);
    const after = (Date.now() - began) / 1000;
    await mend();
    const quiet = await until('nothing fires', async () => (await prometheus.firing()).length === 0, 90, 300).catch(() => false);
    tally.check(`${name} is silent again`, quiet, `firing: ${await prometheus.firing()}`);
    console.log(`  ${name} fired after ${after.toFixed(0)} s`);
    expected = new Set();
  };
  try {
    // On a disk of its own, the time series of Prometheus would be what fills it.
    await prometheus.start(`${home}-prometheus`, server);
    const watching = look();
    server.createAccount('owner', 'ADMIN', password);
    const { body } = await ask(server, 'user', 'POST', '/api/auth/login', {
      emailOrUsername: 'owner',
      password,
    });
    const token = body.tokens.accessToken;
    const me = body.user.id;
    const made = await fetch(`http://127.0.0.1:${server.at.media}/api/media/uploads`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${token}`,
        'Tus-Resumable': '1.0.0',
        'Upload-Length': String(drops << 10),
        'Upload-Metadata': `filename ${Buffer.from('slow.mp4').toString('base64')}`,
      },
    });
    const uploaded = uploadSlowly(server, token, new URL(made.headers.get('location'), server.base).pathname);
    for (let i = 0; i < 40; i += 1) await Promise.all([ask(server, 'content', 'GET', '/api/movies'), pause(750)]);
    tally.check('the slow upload came to its end', (await uploaded) === 204, String(await uploaded));
    await pause(5000);
    tally.check('with one slow uploader nothing fires', others.size === 0, [...others].join(', '));
    const [own] = await prometheus.ask('sum(videa_http_request_seconds_sum{operation="continueUpload"})');
    const [receiving] = await prometheus.ask('videa_http_receiving_seconds_total');
    tally.check('a slow transfer is no slow request', own < 5 && receiving > 25, `${own} s of its own, ${receiving} s of the transfer`);

    await fires(
      'CertificateEnds',
      [],
      () => (certify(home, 5), server.child.kill('SIGHUP')),
      () => (certify(home, 90), server.child.kill('SIGHUP')),
    );
    const data = (module) => path.join(server.data, `${module}.db`);
    if (there('sqlite3')) {
      const sql = async (module, text) => {
        const shell = new Sqlite(data(module));
        shell.say(text);
        await shell.end();
      };
      await fires(
        'EventsGivenUp',
        ['Degraded'],
        () =>
          sql(
            'content',
            "INSERT INTO outbox (name, version, payload, created_at) VALUES ('content.movie.created', 1, 'not JSON', " +
              "CAST(strftime('%s', 'now') AS INTEGER) * 1000000);",
          ),
        async () => {
          for (const module of ['media', 'social', 'moderation', 'user', 'content']) await sql(module, 'DELETE FROM dead_event;');
        },
      );
      // Who writes waits for two seconds each time, and is then served.
      let slow = true;
      let turns;
      await fires(
        'Slow',
        [],
        () => {
          turns = Promise.all([
            (async () => {
              const shell = new Sqlite(data('user'));
              while (slow) {
                shell.say('BEGIN IMMEDIATE;');
                await pause(2500);
                shell.say('COMMIT;');
                await pause(300);
              }
              await shell.end();
            })(),
            (async () => {
              for (let i = 0; slow; i += 1) {
                const write = () => ask(server, 'user', 'PUT', `/api/users/${me}`, { displayName: `Owner ${i}` }, token);
                await Promise.allSettled([write(), write(), write(), write()]);
              }
            })(),
          ]);
        },
        async () => {
          slow = false;
          await turns;
        },
      );
      const holder = new Sqlite(data('social'));
      await fires(
        'DatabaseAway',
        ['Degraded', 'Errors', 'Slow', 'ListenerLate'],
        () => holder.say('BEGIN IMMEDIATE;'),
        () => holder.end(),
      );
    } else tally.skip('alerts about databases', 'there is no sqlite3');
    if (small) {
      const ballast = path.join(home, 'ballast');
      const free = async () => Number(/^videa_free_bytes (\d+)$/m.exec(await metricsOf(server))[1]);
      await fires(
        'DiskFull',
        ['DiskFilling', 'Degraded', 'Errors'],
        async () => writeFileSync(ballast, Buffer.alloc((await free()) - floor / 2, 1)),
        () => rmSync(ballast),
      );
    } else tally.skip('DiskFull fires', 'this system lets nobody but root mount a small disk');
    const age = /^videa_backup_age_seconds (\S+)$/m.exec(await metricsOf(server));
    if (age) {
      // A backup does not grow two days old here: what is old is younger for a while.
      const older = new Prometheus();
      await prometheus.stop();
      await older.start(`${home}-prometheus`, server, {
        backupOld: Math.floor(Math.min(Number(age[1]), 1e9)) - 1,
      });
      const fired = await until('BackupOld fires', async () => (await older.firing()).includes('BackupOld'), 60, 300).catch(() => false);
      tally.check('BackupOld fires', fired);
      await older.stop();
      await prometheus.start(`${home}-prometheus`, server);
    } else tally.skip('BackupOld fires', 'this build makes no backups');
    await fires(
      'Down',
      ['Errors', 'Degraded'],
      () => server.end('SIGTERM'),
      () => server.start(60),
    );
    looking = false;
    await watching;
    tally.check('nothing else fired meanwhile', others.size === 0, [...others].join(', '));
  } finally {
    looking = false;
    await prometheus.stop().catch(() => null);
    await server.end('SIGTERM').catch(() => server.end('SIGKILL'));
    if (tally.failed) console.log(server.tail(10));
    if (small) spawnSync('umount', ['-l', home]);
    rmSync(`${home}-prometheus`, { recursive: true, force: true });
  }
}
