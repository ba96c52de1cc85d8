// What the clients know: every operation with its outcome, and for each fact the values it may have now.

// One fact with one writer. More than one value: a write to it was cut off.
export class Cell {
  constructor(value) {
    this.may = [value];
    this.past = [value]; // all it may ever have been, in order
  }
  set(value) {
    this.may = [value];
    this.past.push(value);
  }
  maybe(value) {
    this.past.push(value);
    if (!this.may.includes(value)) this.may.push(value);
  }
  get settled() {
    return this.may.length === 1;
  }
  get value() {
    if (!this.settled) throw new Error(`asked for a fact that is not settled: ${this.may.join(' or ')}`);
    return this.may[0];
  }
}

// Repeatable choices; the moments of the kills are not, and need not be.
export function dice(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
  return { next, below: (n) => Math.floor(next() * n), pick: (list) => list[Math.floor(next() * list.length)] };
}

export class Ledger {
  constructor(seed) {
    this.seed = seed;
    this.dice = dice(seed);
    this.cycle = 0;
    this.ops = [];
    this.people = []; // {mark, id, token, role}
    this.movies = new Map(); // id → {id, mark, owner, status: Cell, text: Cell, gone: Cell, media, busy, updates: [least, most]}
    this.comments = new Map(); // id → {id, mark, movie, parent, author, text: Cell, gone: Cell, busy}
    this.likes = new Map(); // `${kind} ${id} ${person}` → {kind, id, person, type: Cell}
    this.reports = new Map(); // id → {id, mark, kind, subject, desk, state: 'open' | 'closed' | 'hiding' | 'restored', action, busy}
    this.uploads = new Map(); // media id → {id, mark, owner, bytes, sha, acked, sent, unsure, arrived, broken, job}
    this.free = []; // videos that no title shows yet
    this.film = null; // the bytes that uploads are made of
    this.uploadsLeft = 0; // in this cycle
    this.touched = { movies: new Set(), comments: new Set(), likes: new Set() };
    this.counts = { OK: 0, FAIL: 0, UNKNOWN: 0 };
  }

  // A name no other operation has; it is written into what the operation makes.
  mark(kind) {
    return `${kind}_${this.seed.toString(36)}_${this.ops.length.toString(36)}`;
  }

  // Notes an operation before it is sent. `keyed` operations are asked again after a kill; `apply(answer)` notes what an
  // acknowledged one made.
  note(op) {
    this.ops.push(Object.assign(op, { number: this.ops.length, cycle: this.cycle, outcome: 'UNKNOWN' }));
    return op;
  }

  settle(op, answer) {
    const known = answer.outcome === 'answered' && answer.status < 500;
    op.status = answer.status;
    op.outcome = answer.outcome === 'unsent' ? 'FAIL' : !known ? 'UNKNOWN' : answer.status < 300 ? 'OK' : 'FAIL';
    op.answer = answer.text;
    this.counts[op.outcome] += 1;
    if (op.outcome === 'OK') op.apply?.(answer);
    if (op.outcome === 'FAIL') op.refused?.(answer);
  }

  // The server said how far an upload is.
  resumed(upload, answer) {
    if (answer.status !== 200) return;
    upload.acked = Number(answer.headers['upload-offset']);
    upload.unsure = false;
    this.arrive(upload);
  }

  arrive(upload) {
    if (upload.arrived || upload.acked < upload.bytes.length) return;
    upload.arrived = true;
    if (!upload.broken) this.free.push(upload);
  }

  // Whether some action hides it now; everything reverted is settled by then.
  isHidden(kind, id) {
    return [...this.reports.values()].some((report) => report.kind === kind && report.subject === id && report.state === 'hiding');
  }

  movieIsPublic(movie) {
    return !movie.gone.value && movie.status.value === 'RELEASED' && !this.isHidden('MOVIE', movie.id);
  }
  commentIsPublic(comment) {
    return this.movieIsPublic(this.movies.get(comment.movie)) && !comment.gone.value && !this.isHidden('COMMENT', comment.id);
  }

  commentsOf(movie) {
    return [...this.comments.values()].filter((c) => c.movie === movie && !c.gone.value && !this.isHidden('COMMENT', c.id));
  }
}
