// What the project promises, and which test proves it: `node scripts/promises.mjs` writes docs/promises.md, with --check it only says what
// is wrong. A test says what it proves in the line above it: "// proves S22" ("#" in scripts), several parted by commas.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const page = 'docs/promises.md';

// [number, promise, what of it is not built yet]. Nothing of it is built where that begins with "all".
const promises = [
  ['S1', 'one entry for everything: routes, access, limits, safe headers, requests in the log', 'several instances beside each other'],
  ['S2', 'six addresses, 3001 to 3006, each answering for its module'],
  ['S3', 'accounts: joining, signing in, tokens that are renewed, sessions that are listed and ended'],
  ['S4', 'profiles: one’s own to change, other people’s to read'],
  ['S5', 'following, blocking, muting', 'all: follows'],
  ['S6', 'who is here now', 'all: presence'],
  ['S7', 'proving an address, a forgotten password', 'all: mail'],
  ['S8', 'choices of one’s own, and privacy that every list heeds', 'all: preferences'],
  ['S9', 'titles: drafts, releases, no lost update', 'series, people'],
  ['S10', 'genres, many to many, with slugs', 'categories'],
  ['S11', 'search and filters: words and beginnings of words, without accents, with facets', 'typing errors'],
  ['S12', 'GraphQL', 'all: GraphQL'],
  ['S13', 'what changes on a title is seen at once by who looks at it', 'all: live updates'],
  ['S14', 'comments in threads, six reactions, edits', 'posts, mentions, hashtags'],
  ['S15', 'feeds', 'all: feeds'],
  ['S16', 'notifications', 'all: notifications'],
  ['S17', 'sharing and quoting', 'all: sharing'],
  ['S18', 'reports: one queue by priority, claimed by one moderator', 'notes, many at once'],
  ['S19', 'decisions that take effect everywhere and are undone exactly', 'all but hiding: warnings, suspensions, bans, times'],
  ['S20', 'appeals', 'all: appeals'],
  ['S21', 'rules that act by themselves', 'all: rules'],
  ['S22', 'uploads of films that go on where they stopped (tus 1.0)', 'pictures, multipart'],
  ['S23', 'films are made ready for every screen, behind walls: versions, stills, sounds, subtitles', 'sprites, a page of all jobs'],
  ['S24', 'addresses of films that caches may keep, signed where they are not public', 'a CDN’s address, S3'],
  ['S25', 'quotas; files nobody knows are found and put aside', 'a ledger of use'],
  ['S26', 'one database for each module: SQLite, or PostgreSQL by configuration'],
  ['S27', 'what is asked often is kept at hand in the process', 'Redis'],
  ['S28', 'events between modules, durable, each heard exactly once', 'RabbitMQ'],
  ['S29', 'search without another server, and a log that machines read', 'Elasticsearch'],
  ['S30', 'one script that starts, stops, shows and tests', 'the scaled form'],
  ['S31', 'migrations: embedded, by themselves, after a copy; cut off, they are finished'],
  ['S32', 'the interface is described by what runs; a configuration that says what is wrong with it'],
  ['S33', 'tests of parts, of modules and of the whole, counted honestly'],
  ['S34', 'health, figures, a structured log', 'a dashboard that a test looks at'],
  ['S35', 'a doctor, and looking that changes nothing', 'levels of the log at run time, /api/websocket/info'],
].map(([id, text, lacks = '']) => ({ id, text, lacks, none: /^all(:|$)/.test(lacks), tests: [] }));

const files = (folder) =>
  readdirSync(path.join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules' && !entry.name.startsWith('.'))
    .flatMap((entry) => (entry.isDirectory() ? files(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`]));

// How a test begins, by the ending of its file; the name is the last group.
const begins = {
  cpp: /^TEST_CASE\("((?:[^"\\]|\\.)*)"/,
  mjs: /^\s*(?:await |return )?(?:(?:\w+\.)*(?:check|note)\(\s*|film\()(['"`])(.*?)\1/,
  ts: /^\s*(?:it|test)\(\s*(['"`])(.*?)\1/,
  sh: /^(\w+)\(\)/,
};

function program(file) {
  const [, kind, name] = /^tests\/(platform|modules|browser|chaos)\/(\w+)/.exec(file) ?? [];
  if (kind === 'platform' || kind === 'modules') return `test_${name}`;
  if (kind) return `${kind}: ${name}`;
  if (file.startsWith('src/app/web/')) return `web: ${path.basename(file).split('.')[0]}`;
  return file.endsWith('.sh') ? 'scripts' : file.startsWith('tests/films/') ? 'films' : `test_${file.split('/')[1]}`;
}

function faultsOfMarks() {
  const faults = [];
  for (const file of [...files('tests'), ...files('src/app/web/tests'), 'scripts/test-scripts.sh']) {
    const begin = begins[file.split('.').pop()];
    if (!begin) continue;
    const lines = readFileSync(path.join(root, file), 'utf8').split('\n');
    lines.forEach((line, at) => {
      const ids = /^\s*(?:\/\/|#) proves\b(.*)$/.exec(line)?.[1].trim().split(/, */);
      if (!ids) return;
      const name = begin.exec(lines.slice(at + 1, at + 4).join('\n'))?.at(-1);
      if (!name) faults.push(`${file}:${at + 1} "proves" stands above no test`);
      for (const id of ids) {
        const promise = promises.find((one) => one.id === id);
        if (!promise) faults.push(`${file}:${at + 1} there is no promise ${id}`);
        else if (name)
          promise.tests.push({
            program: program(file),
            name: file.endsWith('.sh') ? name.replaceAll('_', ' ') : name.replaceAll(/\$\{[^}]*\}/g, '…'),
          });
      }
    });
  }
  return faults;
}

function table() {
  const row = ({ id, text, lacks, none, tests }) => {
    const proofs = [...new Set(tests.map((test) => `\`${test.program}\` ${test.name.replaceAll('|', '\\|')}`))].sort();
    const state = none ? `not built yet: ${lacks.slice(5)}` : lacks ? `in part; not built yet: ${lacks}` : 'kept';
    return `| ${id} | ${text} | ${state} | ${proofs.join('<br>')} |`;
  };
  return [
    '# What is promised, and what proves it',
    '',
    'Made by `node scripts/promises.mjs` from the line `// proves S…` above each of these tests: change those, not this page. A promise',
    'that is kept without a test, and a page that is not up to date, fail the tests of the tree (`test_arch`).',
    '',
    '| | promise | state | proven by |',
    '|---|---|---|---|',
    ...promises.map(row),
    '',
  ].join('\n');
}

const faults = faultsOfMarks();
for (const { id, none, tests } of promises) {
  if (none && tests.length) faults.push(`${id} is said not to be built, and proven by: ${tests[0].name}`);
  if (!none && !tests.length) faults.push(`${id} is claimed, and no test proves it`);
}
const made = table();
let before = '';
try {
  before = readFileSync(path.join(root, page), 'utf8');
} catch {
  /* the first time */
}
if (process.argv[2] !== '--check') writeFileSync(path.join(root, page), made);
else if (before !== made) faults.push(`${page} is not up to date: node scripts/promises.mjs writes it`);
for (const fault of faults) console.log(fault);
process.exitCode = faults.length ? 1 : 0;
