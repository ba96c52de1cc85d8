// The judge is judged: each lie is planted alone, in the ledger or in the data, and has to be seen by the check named with it.
import { randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { Cell } from './model.mjs';
import { look } from './seen.mjs';

const last = (list, fits) => [...list].reverse().find(fits);

// Lies in the ledger: [what, plant(run) → undo, look(run) → what is wrong].
const ledgerLies = [
  [
    'an acknowledged comment that is nowhere',
    (run) => {
      const movie = last(run.ledger.movies.values(), (m) => !m.gone.value);
      const ghost = { id: '1', mark: 'ghost', movie: movie.id, text: new Cell('ghost'), gone: new Cell(false) };
      run.ledger.comments.set('1', ghost);
      run.lie = [{ kind: 'comment', outcome: 'OK', answer: '{"id":"1"}' }];
      return () => run.ledger.comments.delete('1');
    },
    (run) => run.judge.acknowledged(run.lie),
  ],
  [
    'an acknowledged edit that was lost',
    (run) => {
      const comment = last(run.ledger.comments.values(), (c) => run.ledger.commentIsPublic(c));
      const before = comment.text;
      comment.text = new Cell('other words');
      run.lie = [{ kind: 'comment', outcome: 'OK', answer: JSON.stringify({ id: comment.id }) }];
      return () => {
        comment.text = before;
      };
    },
    (run) => run.judge.acknowledged(run.lie),
  ],
  [
    'a refused comment that is there',
    (run) => {
      const op = last(run.ledger.ops, (o) => o.kind === 'comment' && o.outcome === 'OK' && run.seen.of(o.mark).length === 1);
      run.lie = [{ ...op, outcome: 'FAIL' }];
      return () => {};
    },
    (run) => run.judge.once(run.lie, run.seen),
  ],
  [
    'a reaction that was never sent',
    (run) => {
      const id = last(run.seen.trees.keys(), (m) => run.ledger.movieIsPublic(run.ledger.movies.get(m)));
      const name = `movies ${id} nobody`;
      run.ledger.likes.set(name, { kind: 'movies', id, person: { id: 'nobody' }, type: new Cell('LIKE') });
      return () => run.ledger.likes.delete(name);
    },
    (run) => run.judge.counters(run.seen),
  ],
  [
    'an upload with another SHA-256',
    (run) => {
      const upload = last(run.ledger.uploads.values(), (u) => u.arrived);
      const { sha } = upload;
      upload.sha = sha.replace(/^./, (c) => (c === '0' ? '1' : '0'));
      upload.checked = false;
      return () => {
        upload.sha = sha;
      };
    },
    (run) => run.judge.uploads(),
  ],
  [
    'acknowledged bytes that are gone',
    (run) => {
      const upload = last(run.ledger.uploads.values(), (u) => u.arrived);
      upload.acked += 1;
      upload.checked = false;
      return () => {
        upload.acked = upload.bytes.length;
      };
    },
    (run) => run.judge.uploads(),
  ],
  [
    'a hidden title that is open',
    (run) => {
      const movie = last(run.ledger.movies.values(), (m) => run.ledger.movieIsPublic(m));
      run.ledger.reports.set('lie', { kind: 'MOVIE', subject: movie.id, state: 'hiding' });
      return () => run.ledger.reports.delete('lie');
    },
    (run) => run.judge.effects(300),
  ],
  [
    'a decision nobody made',
    (run) => {
      const report = last(run.ledger.reports.values(), () => true);
      const { state } = report;
      report.state = state === 'open' ? 'closed' : 'open';
      return () => {
        report.state = state;
      };
    },
    (run) => run.judge.decisions(run.seen),
  ],
  [
    'a job that failed unseen',
    (run) => {
      const upload = last(run.ledger.uploads.values(), (u) => u.job);
      const { job, broken } = upload;
      upload.job = null;
      upload.broken = !broken;
      return () => {
        upload.job = job;
        upload.broken = broken;
      };
    },
    (run) => run.judge.jobs(),
  ],
];

// One act that took effect twice: the same words sent with two keys, of which the ledger knows one.
async function twice(run) {
  const op = last(
    run.ledger.ops,
    (o) =>
      o.kind === 'comment' &&
      o.outcome === 'OK' &&
      run.ledger.movieIsPublic(run.ledger.movies.get(o.path.split('/')[3])) &&
      !o.json.parentId,
  );
  const id = op.path.split('/')[3];
  await run.wire.send('POST', op.path, { token: op.token, key: randomUUID(), json: { content: `${op.mark} again` } });
  run.ledger.touched.movies.add(id);
  const seen = await look(run.ledger, run.wire, run.admin.token, run.began);
  return [...run.judge.once([op], seen), ...(await run.judge.counters(seen))];
}

// Lies in a copy of the databases: [what, module, statement].
const dataLies = [
  ['a dropped row', 'social', 'DELETE FROM comment WHERE id = (SELECT max(id) FROM comment WHERE is_deleted = 0 AND is_hidden = 0)'],
  [
    'a wrong count',
    'social',
    'UPDATE subject_count SET likes = likes + 1 WHERE subject_id = (SELECT max(subject_id) FROM subject_count WHERE is_gone = 0)',
  ],
  [
    'an event given up',
    'media',
    'INSERT INTO dead_event (listener, source, seq, name, payload, reason, failed_at) ' +
      "VALUES ('media.titles', 'content', 1, 'content.movie.updated', '{}', 'planted', 1)",
  ],
  ['a video without its job', 'media', "UPDATE medium SET status = 'PROCESSING' WHERE id = (SELECT max(id) FROM medium)"],
];

function lieInData(run, module, statement) {
  run.storage.take();
  execFileSync('sqlite3', [path.join(run.storage.copy, `${module}.db`), statement]);
  return run.storage.check();
}

function tornPage(run) {
  run.storage.take();
  const file = path.join(run.storage.copy, 'social.db');
  execFileSync('sqlite3', [file, 'PRAGMA wal_checkpoint(TRUNCATE)']);
  const out = openSync(file, 'r+');
  for (let at = 4096; at < statSync(file).size; at += 8192) writeSync(out, Buffer.alloc(2048, 0xa5), 0, 2048, at);
  closeSync(out);
  return run.storage.check();
}

export async function lies(run) {
  run.seen = await look(run.ledger, run.wire, run.admin.token, 0);
  const caught = (what, wrong) => {
    run.note(`the lie is seen: ${what}`, wrong.length ? [] : ['it was not']);
    console.log(`planted: ${what}. ${wrong.length ? `Seen: ${wrong[0]}` : 'NOT SEEN'}`);
  };
  for (const [what, plant, check] of ledgerLies) {
    const undo = plant(run);
    caught(what, await check(run));
    undo();
  }
  caught('one act, two effects', await twice(run));
  if (!run.storage.there || run.storage.postgres) return;
  await run.server.end('SIGKILL');
  for (const [what, module, statement] of dataLies) caught(`${what} in ${module}.db`, lieInData(run, module, statement));
  caught('a torn page', tornPage(run));
  await run.server.start();
}
