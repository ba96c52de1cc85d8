// What must hold in the databases at every commit, looked at in a copy of what the killed server left. Needs the sqlite3 or psql program.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

const modules = ['user', 'content', 'media', 'social', 'moderation'];

// [what is wrong if there are rows, module, query]
const laws = [
  ['events that were given up', null, 'SELECT listener, seq, reason FROM {}dead_event'],
  [
    'a cursor beyond its log',
    'social',
    "SELECT listener, seq FROM {}listener_cursor WHERE source = 'social' AND seq > (SELECT coalesce(max(seq), 0) FROM {}outbox)",
  ],
  [
    'an action told twice',
    'moderation',
    "SELECT name, payload, count(*) FROM {}outbox WHERE name LIKE 'moderation.content.%' GROUP BY name, payload HAVING count(*) > 1",
  ],
  [
    'an upload told twice',
    'media',
    "SELECT name, payload, count(*) FROM {}outbox WHERE name LIKE '%upload%' GROUP BY name, payload HAVING count(*) > 1",
  ],
  ['one report, two actions', 'moderation', 'SELECT report_id FROM {}moderation_action GROUP BY report_id HAVING count(*) > 1'],
  [
    'things whose reactions are miscounted',
    'social',
    'SELECT c.subject_id, c.likes FROM {}subject_count c WHERE c.is_gone = 0 ' +
      'AND c.likes <> (SELECT count(*) FROM {}reaction l WHERE l.subject_id = c.subject_id)',
  ],
  [
    'titles whose comments are miscounted',
    'social',
    'SELECT c.subject_id, c.comments FROM {}subject_count c WHERE c.is_gone = 0 AND c.subject_id NOT IN (SELECT id FROM {}comment) ' +
      'AND c.comments <> (SELECT count(*) FROM {}comment m WHERE m.subject_id = c.subject_id AND m.is_deleted = 0 AND m.is_hidden = 0)',
  ],
  [
    'comments whose replies are miscounted',
    'social',
    'SELECT c.subject_id FROM {}subject_count c JOIN {}comment o ON o.id = c.subject_id ' +
      'WHERE c.comments <> (SELECT count(*) FROM {}comment m WHERE m.parent_id = c.subject_id AND m.is_deleted = 0 AND m.is_hidden = 0)',
  ],
  [
    'hidden marks that disagree',
    'content',
    'SELECT m.id FROM {}movie m WHERE m.hidden <> ' +
      "(CASE WHEN EXISTS (SELECT 1 FROM {}effect e WHERE e.subject_id = m.id AND e.effect = 'HIDE') THEN 1 ELSE 0 END)",
  ],
  [
    'jobs of videos that are not in work',
    'media',
    "SELECT j.medium_id, m.status FROM {}job j JOIN {}medium m ON m.id = j.medium_id WHERE m.status <> 'PROCESSING'",
  ],
  [
    'videos in work without a job',
    'media',
    "SELECT m.id FROM {}medium m WHERE m.status = 'PROCESSING' AND NOT EXISTS (SELECT 1 FROM {}job j WHERE j.medium_id = m.id)",
  ],
  ['accounts miscounted', 'user', 'SELECT total FROM {}account_count WHERE total <> (SELECT count(*) FROM {}account)'],
];

const runs = (program) => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

export class Storage {
  constructor(data, copy, postgres) {
    Object.assign(this, { data, copy, postgres });
    this.program = postgres ? 'psql' : 'sqlite3';
    this.there = runs(this.program);
  }

  // The files of a server that does not run. The copy may be opened; the original stays as the crash left it.
  take() {
    if (this.postgres || !this.there) return;
    rmSync(this.copy, { recursive: true, force: true });
    mkdirSync(this.copy, { recursive: true });
    for (const name of readdirSync(this.data).filter((n) => /\.db(-wal)?$/.test(n)))
      copyFileSync(path.join(this.data, name), path.join(this.copy, name));
  }

  ask(module, sql) {
    const command = this.postgres
      ? ['psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', sql.replaceAll('{}', `videa_${module}.`), this.postgres]]
      : ['sqlite3', ['-batch', path.join(this.copy, `${module}.db`), sql.replaceAll('{}', '')]];
    return execFileSync(...command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 }).trim();
  }

  check() {
    if (!this.there) return [];
    const wrong = [];
    if (!this.postgres) {
      for (const module of modules) {
        let answer;
        try {
          answer = this.ask(module, 'PRAGMA integrity_check');
        } catch (cause) {
          answer = cause.message;
        }
        if (answer !== 'ok') wrong.push(`${module}.db: ${answer.slice(0, 200).replaceAll('\n', ' ')}`);
      }
      if (wrong.length) return wrong;
    }
    for (const [what, only, sql] of laws) {
      for (const module of only ? [only] : modules) {
        const rows = this.ask(module, sql);
        if (rows) wrong.push(`${what} (${module}): ${rows.split('\n').slice(0, 3).join('; ')}`);
      }
    }
    return wrong;
  }
}
