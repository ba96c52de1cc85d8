// The manual as an administrator follows it: every command of README.md and docs/operations.md is run here in a throw-away folder, with
// what it printed, or is named with the reason why not. One that nobody has said how to run fails. The last line sums up.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { binary, freePort, root, until } from '../chaos/server.mjs';
import { commandsOf } from './read.mjs';

const home = mkdtempSync(path.join(os.tmpdir(), 'videa-manual-'));
const at = (...names) => path.join(home, ...names);
for (const folder of ['bin', 'backup', 'etc', 'checkout']) mkdirSync(at(folder));
symlinkSync(binary, at('bin/videa-mozi'));
symlinkSync(path.join(root, 'config'), at('checkout/config'));
writeFileSync(at('checkout/LICENSE'), 'what an archive would hold\n');
const port = await freePort();
const environment = {
  PATH: `${at('bin')}:${process.env.PATH}:/usr/sbin:/sbin`,
  HOME: home,
  LANG: 'C.UTF-8',
  VIDEA_MOZI__DATA__DIR: at('data'),
  VIDEA_MOZI__SERVER__PORT: String(port),
  VIDEA_MOZI__SERVER__MODULE_PORTS: 'false',
};
const there = (program) => spawnSync('sh', ['-c', `command -v ${program}`], { env: environment }).status === 0;

// Runs it; answers {status, said}.
function run(text, input = '', seconds = 60) {
  const done = spawnSync('bash', ['-c', text], { cwd: at('checkout'), env: environment, input, timeout: seconds * 1000, encoding: 'utf8' });
  return { status: done.status ?? 128, said: `${done.stdout}${done.stderr}`.trim() };
}
class Wrong extends Error {}
class NotHere extends Error {}
function good(done, allowed = [0]) {
  if (!allowed.includes(done.status)) throw new Wrong(`status ${done.status}: ${done.said.slice(-400)}`);
  return done.said.split('\n')[0].slice(0, 100);
}
function needs(program, why = 'it is not installed') {
  if (!there(program)) throw new NotHere(`${program}: ${why}`);
}

// The server of an administrator that got this far: started by the manual's own command, ended by SIGTERM.
let server = null;
async function serve(text = 'videa-mozi serve') {
  const child = spawn('bash', ['-c', `exec env ${text}`], { cwd: at('checkout'), env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data) => {
    said = (said + data).slice(-3000);
  });
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  server = { child, ended };
  await until(`the server is ready: ${said.slice(-300)}`, () => run('videa-mozi doctor --ready').status === 0, 30, 200);
}
async function end() {
  if (!server) return 0;
  server.child.kill('SIGTERM');
  const status = await server.ended;
  server = null;
  return status;
}

// What the manual's placeholders stand for here, so that nothing of this machine is touched.
const here = (text) =>
  text
    .replace(/^sudo /, '')
    .replaceAll('/var/lib/videa-mozi', at('data'))
    .replaceAll('/backup', at('backup'))
    .replace(/\/etc\/videa-mozi\.toml/, at('etc/videa-mozi.toml'))
    .replace('runuser -u videa-mozi -- ', '')
    .replace('build/release/videa-mozi', binary)
    .replace('8080', String(port));

const elsewhere = (what) => () => {
  throw new NotHere(what);
};
const changesTheMachine = 'it changes this machine';
let people = 0;
const createUser = (text) => {
  people += 1;
  const role = /--role (\w+)/.exec(text)?.[1] ?? 'USER';
  const command = `videa-mozi user create --username guest${people} --email guest${people}@example.org --role ${role} --password-stdin`;
  return good(run(command, 'a row of its own at the back\n'));
};

// The first that matches says how. Each answers what was printed; throws Wrong, or NotHere with a reason.
const rules = [
  [/orchestrate\.sh (start|test)$/, elsewhere('scripts/test-scripts.sh and this very test do it')],
  [/orchestrate\.sh package$/, elsewhere('the part package does it')],
  [/orchestrate\.sh image$|^docker /, elsewhere('the part container does it')],
  [
    /^(apt-get|useradd|systemctl|sysctl|ulimit|chown|certbot) ?/,
    elsewhere(`${changesTheMachine}; the part package does it in a bare Debian where it can`),
  ],
  [/ \/etc\/systemd\/system\//, elsewhere(changesTheMachine)],
  [/^mkdir -p \/etc\/systemd/, elsewhere(changesTheMachine)],
  [
    /^sha256sum --check SHA256SUMS$/,
    (text) => {
      good(run('sha256sum LICENSE > SHA256SUMS'));
      return good(run(text));
    },
  ],
  [
    /^install -m 755 .* \/usr\/bin\/$/,
    (text) => good(run(text.replace('/usr/bin/', at('etc/')).replace('build/release/videa-mozi', binary))),
  ],
  [
    /^systemd-analyze security/,
    () => {
      needs('systemd-analyze');
      const said = good(run(`systemd-analyze security --offline=true --threshold=25 config/systemd/videa-mozi.service | tail -n 1`));
      return said;
    },
  ],
  [
    /videa-mozi serve/,
    async (text) => {
      const was = server !== null;
      await end();
      await serve(here(text));
      const status = await end();
      if (status !== 0) throw new Wrong(`it ended with ${status}`);
      if (was) await serve();
      return 'ready, and ended with status 0';
    },
  ],
  [/videa-mozi user create/, createUser],
  [
    /videa-mozi setup-link$/,
    async (text) => {
      // Only a house without an administrator has one.
      await end();
      rmSync(at('data'), { recursive: true, force: true });
      await serve();
      const said = good(run(here(text)));
      if (!/^http\S+\/setup#/.test(said)) throw new Wrong(`no link: ${said}`);
      return 'http…/setup#…';
    },
  ],
  [/videa-mozi config example/, (text) => good(run(here(text)))],
  [
    /videa-mozi (migrate|events|media|audit|installation|openapi)/,
    async (text) => {
      await end();
      const done = good(run(here(text).replace(/ (WHY|REASON)$/, ' "as the manual says"'), '', 120));
      await serve();
      return done;
    },
  ],
  [/videa-mozi doctor/, (text) => good(run(here(text)))],
  [
    /videa-mozi /,
    (text) => {
      // What takes words of the reader's, or came to the manual later: at least the executable knows it.
      const words = here(text).replace(/^(\w+=\S+ )*/, '');
      if (/[A-Z]{2,}|\||…|\[/.test(words)) return good(run(`${words.split(/ (?=[A-Z[<-]|.*[|…])/)[0]} --help`));
      return good(run(here(text)));
    },
  ],
  [/^cp .*audit-anchor/, (text) => good(run(here(text)))],
  [
    /sqlite3 /,
    (text) => {
      needs('sqlite3');
      return good(run(`set -e; rm -f ${at('backup')}/*.db; ${here(text)}`));
    },
  ],
  [
    /^rsync -a .*\/backup/,
    (text) => {
      needs('rsync');
      return good(run(here(text)));
    },
  ],
  [/^(rsync -a|pg_dump -Fc)$/, elsewhere('it is half a command: the reader names the places')],
];

// Files that the manual shows.
function certificate() {
  good(
    run(
      `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ${at('films.key')} -out ${at('films.crt')} -days 2 \
       -subj /CN=films.example.org 2>/dev/null && cat ${at('films.crt')} ${at('films.key')} >${at('films.pem')}`,
    ),
  );
}
const file = (name, text) => {
  writeFileSync(at(name), text);
  return at(name);
};
const shown = {
  toml: (text) => good(run(`videa-mozi config check --config ${file('shown.toml', text.replaceAll('…', 'secret'))}`)),
  nginx: (text) => {
    needs('nginx');
    certificate();
    const inside = text.replaceAll('/etc/ssl/films', at('films'));
    const config = `pid ${at('nginx.pid')}; error_log stderr; events {}\nhttp { access_log off; ${inside} }`;
    return good(run(`nginx -t -c ${file('nginx.conf', config)}`));
  },
  haproxy: (text) => {
    needs('haproxy');
    certificate();
    return good(run(`haproxy -c -f ${file('haproxy.cfg', text.replaceAll('/etc/haproxy/films.pem', at('films.pem')))}`)) || 'accepted';
  },
  caddy: (text) => {
    needs('caddy');
    return good(run(`caddy adapt --adapter caddyfile --config ${file('Caddyfile', text)} >/dev/null`)) || 'accepted';
  },
  logrotate: (text) => {
    needs('logrotate');
    const recipe = file('logrotate.conf', text.replace('/var/log/videa-mozi', home));
    chmodSync(recipe, 0o644);
    return good(run(`logrotate --debug --state ${at('rotated')} ${recipe} 2>/dev/null`)) || 'accepted';
  },
  yaml: (text) => {
    needs('promtool', 'Prometheus is not installed');
    const token = file('token', 'a token of its own');
    return good(run(`promtool check config ${file('prometheus.yml', text.replaceAll('/etc/prometheus/videa-mozi.token', token))}`));
  },
};

async function perform({ language, text }) {
  if (language !== 'shell') {
    if (!shown[language]) throw new Wrong(`nobody has said how a block of ${language} is tried`);
    return shown[language](text);
  }
  const rule = rules.find(([pattern]) => pattern.test(text));
  if (!rule) throw new Wrong('nobody has said how it is run: a rule of tests/manual/run.mjs');
  return rule[1](text);
}

let passed = 0;
let failed = 0;
let skipped = 0;
copyFileSync(path.join(root, 'README.md'), at('checkout/README.md'));
chmodSync(home, 0o755);
try {
  await serve();
  for (const name of ['README.md', 'docs/operations.md'])
    for (const command of commandsOf(name, readFileSync(path.join(root, name), 'utf8'))) {
      const what = command.language === 'shell' ? command.text.replace(/\n/g, ' ') : `the example for ${command.language}`;
      const title = `${name}:${command.line}  ${what}`;
      try {
        if (!server) await serve();
        const said = await perform(command);
        passed += 1;
        console.log(`ok      ${title}${said ? `  → ${said}` : ''}`);
      } catch (cause) {
        if (cause instanceof NotHere) {
          skipped += 1;
          console.log(`skipped  ${title}: ${cause.message}`);
        } else {
          failed += 1;
          console.log(`FAILED  ${title}: ${cause.message}`);
        }
      }
    }
} finally {
  await end();
  rmSync(home, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed ? 1 : 0);
