// The judge: what the server shows against what the ledger knows. Each check answers the list of what is wrong.
import { pause } from './server.mjs';
import { parallel } from './seen.mjs';
import { offered, sha256 } from './videos.mjs';

const most = 8; // problems told per check
const kindOf = { MOVIE: 'movies', COMMENT: 'comments' };

export class Judge {
  constructor(ledger, wire, admin) {
    Object.assign(this, { ledger, wire, admin });
  }

  // Cut-off operations with a key: seen at most once; asked again they give one answer, the same each time.
  async unknown(seen) {
    const wrong = [];
    const cut = this.ledger.ops.filter((op) => op.outcome === 'UNKNOWN' && op.key);
    for (const op of cut) {
      const before = op.mark ? seen.of(op.mark) : [];
      if (before.length > 1) wrong.push(`${op.kind} ${op.mark} was cut off and is there ${before.length} times`);
      const decided = op.report && seen.reports.get(op.report.id);
      const first = await this.again(op);
      if (first.status >= 500 || first.status === 409) {
        wrong.push(`${op.kind} asked again: ${first.status} ${first.text.slice(0, 200)}`);
        continue;
      }
      if (before.length && first.status >= 300)
        wrong.push(`${op.kind} ${op.mark} is there, but asked again it is refused: ${first.status}`);
      this.ledger.settle(op, first);
      if (first.status >= 300) continue;
      const id = op.kind === 'upload' ? first.headers.location.split('/').pop() : idIn(op, first);
      if (before.length && before[0] !== id) wrong.push(`${op.kind} ${op.mark}: ${before[0]} was there, asked again it is ${id}`);
      if (op.kind === 'decide' && decided?.actionId && decided.actionId !== id)
        wrong.push(`a decision was made twice: ${decided.actionId} and ${id}`);
      const second = await this.again(op);
      if (second.status !== first.status || second.text !== first.text)
        wrong.push(`${op.kind} with one key gave two answers: ${first.text.slice(0, 120)} / ${second.text.slice(0, 120)}`);
    }
    return wrong;
  }

  async again(op) {
    for (let n = 0; ; n += 1) {
      const answer = await this.wire.send(op.method, op.path, op);
      if (answer.outcome === 'answered') return answer;
      if (n === 3) throw new Error(`${op.kind} asked again was not answered: ${answer.why}`);
    }
  }

  // Acknowledged operations with a key, asked again much later: the first answer, byte for byte.
  async replays(sample) {
    const wrong = [];
    await parallel(sample, async (op) => {
      const answer = await this.again(op);
      if (answer.status !== op.status || answer.text !== op.answer)
        wrong.push(`${op.kind} repeated: ${op.status} became ${answer.status}; ${op.answer.slice(0, 120)} / ${answer.text.slice(0, 120)}`);
    });
    return wrong;
  }

  // Facts whose last write was cut off: one of the values they may have, and from now on that one.
  async settle() {
    const wrong = [];
    const { movies, comments, likes } = this.ledger.touched;
    const decide = (what, cell, value) => {
      if (cell.settled) return;
      if (cell.may.includes(value)) cell.set(value);
      else wrong.push(`${what} is ${value}, may be ${cell.may.join(' or ')}`);
    };
    await parallel(movies, async (id) => {
      const movie = this.ledger.movies.get(id);
      if (!movie || [movie.status, movie.text, movie.gone].every((cell) => cell.settled)) return;
      const now = await this.wire.get(`/api/movies/${id}`, this.admin);
      decide(`deletion of title ${movie.mark}`, movie.gone, now === null);
      if (now) decide(`status of ${movie.mark}`, movie.status, now.status);
      if (now) decide(`description of ${movie.mark}`, movie.text, now.description);
      if (!now) for (const cell of [movie.status, movie.text]) cell.set(cell.may[0]);
    });
    await parallel(comments, async (id) => {
      const comment = this.ledger.comments.get(id);
      if (!comment || (comment.text.settled && comment.gone.settled)) return;
      const now = await this.wire.get(`/api/comments/${id}`, this.admin);
      const lost = now === null && !comment.gone.may.includes(true) && !this.ledger.movies.get(comment.movie).gone.value;
      if (lost) wrong.push(`comment ${comment.mark} is nowhere`);
      decide(`deletion of ${comment.mark}`, comment.gone, !now || now.isDeleted);
      if (now && !now.isDeleted) decide(`words of ${comment.mark}`, comment.text, now.content);
      else comment.text.set(comment.text.may[0]);
    });
    await parallel(likes, async (name) => {
      const like = this.ledger.likes.get(name);
      if (like.type.settled) return;
      const now = await this.wire.get(`/api/${like.kind}/${like.id}`, like.person.token);
      // Not shown to this person just now: stays open.
      if (now && !now.isDeleted && !now.tombstone) decide(`reaction ${name}`, like.type, now.likedByMe);
    });
    return wrong;
  }

  // Everything acknowledged is there, as it was last acknowledged.
  async acknowledged(ops) {
    const wrong = [];
    await parallel(ops, async (op) => {
      if (op.kind === 'register') return this.isAccount(op, wrong);
      const id = JSON.parse(op.answer || 'null')?.id;
      if (op.kind === 'movie') return this.isMovie(id, wrong);
      if (op.kind === 'comment') return this.isComment(id, wrong);
      return undefined;
    });
    await parallel(this.ledger.touched.likes, async (name) => {
      const like = this.ledger.likes.get(name);
      const now = await this.wire.get(`/api/${like.kind}/${like.id}`, like.person.token);
      const shown = now && !now.isDeleted && !now.tombstone;
      if (shown && like.type.settled && now.likedByMe !== like.type.value)
        wrong.push(`reaction ${name} is ${now.likedByMe}, acknowledged ${like.type.value}`);
    });
    return wrong;
  }

  async isAccount(op, wrong) {
    const person = JSON.parse(op.answer);
    const me = await this.wire.read('/api/users/me', person.tokens.accessToken);
    if (me.status !== 200 || JSON.parse(me.text).username !== op.mark) wrong.push(`account ${op.mark} and its session: ${me.status}`);
  }

  async isMovie(id, wrong) {
    const movie = this.ledger.movies.get(id);
    const now = await this.wire.get(`/api/movies/${id}`, this.admin);
    if (!movie) return void wrong.push(`title ${id} is in no ledger`);
    if (movie.gone.value) return void (now && wrong.push(`title ${movie.mark} was deleted and is there`));
    if (!now) return void wrong.push(`title ${movie.mark} was acknowledged and is not there`);
    if (now.title !== movie.mark || now.status !== movie.status.value || now.description !== movie.text.value)
      wrong.push(
        `title ${movie.mark} is ${now.title}, ${now.status}, ${now.description}; acknowledged ${movie.status.value}, ${movie.text.value}`,
      );
  }

  async isComment(id, wrong) {
    const comment = this.ledger.comments.get(id);
    const now = await this.wire.get(`/api/comments/${id}`, this.admin);
    if (this.ledger.movies.get(comment.movie)?.gone.value) return void (now && wrong.push(`comment ${comment.mark} outlived its title`));
    if (comment.gone.value) return void (now && !now.isDeleted && wrong.push(`comment ${comment.mark} was deleted and is there`));
    if (!now) return void wrong.push(`comment ${comment.mark} was acknowledged and is not there`);
    if (now.content !== comment.text.value)
      wrong.push(`comment ${comment.mark} reads "${now.content}", acknowledged "${comment.text.value}"`);
  }

  // Nothing refused is to be seen, and nothing that must be refused was taken. Nothing acknowledged is there twice.
  once(ops, seen) {
    const wrong = [];
    for (const op of ops) {
      if (!op.mark) continue;
      const found = seen.of(op.mark);
      if (op.refusable && op.outcome === 'OK') wrong.push(`${op.method} ${op.path} had to be refused: ${op.status}`);
      if (op.outcome === 'FAIL' && found.length) wrong.push(`${op.kind} ${op.mark} was refused (${op.status}) and is there`);
      if (op.outcome === 'OK' && found.length > 1) wrong.push(`${op.kind} ${op.mark} is there ${found.length} times`);
      if (op.outcome === 'OK' && op.kind === 'report' && found.length !== 1) wrong.push(`report ${op.mark} is there ${found.length} times`);
      if (op.outcome === 'OK' && op.kind === 'upload' && found.length !== 1) wrong.push(`upload ${op.mark} is there ${found.length} times`);
    }
    return wrong;
  }

  // The kept counts against the ledger and against a recount through the lists.
  async counters(seen) {
    const wrong = [];
    const { ledger } = this;
    await parallel(seen.trees.keys(), async (id) => {
      const movie = ledger.movies.get(id);
      if (!movie || movie.gone.value) return;
      const now = await this.wire.get(`/api/movies/${id}`, this.admin);
      if (!now) return;
      const tree = seen.trees.get(id).filter((comment) => !comment.isDeleted && !comment.hidden);
      const known = ledger.commentsOf(id).length;
      if (now.commentsCount !== tree.length)
        wrong.push(`title ${movie.mark} says ${now.commentsCount} comments, its list has ${tree.length}`);
      if (now.commentsCount !== known) wrong.push(`title ${movie.mark} says ${now.commentsCount} comments, the ledger ${known}`);
      this.compareLikes('movies', id, now.likesCount, wrong);
      for (const comment of tree) {
        const replies = tree.filter((other) => other.parentId === comment.id).length;
        if (comment.repliesCount !== replies)
          wrong.push(`comment ${comment.id} says ${comment.repliesCount} replies, its list has ${replies}`);
        this.compareLikes('comments', comment.id, comment.likesCount, wrong);
      }
    });
    return wrong;
  }

  compareLikes(kind, id, told, wrong) {
    const all = [...this.ledger.likes.values()].filter((like) => like.kind === kind && like.id === id);
    if (!all.every((like) => like.type.settled)) return;
    const known = all.filter((like) => like.type.value !== null).length;
    if (told !== known) wrong.push(`${kind} ${id} says ${told} reactions, the ledger ${known}`);
  }

  // Every event had its effect once: hidden is what a standing action hides, public is what is released and not hidden.
  async effects(within = 5000) {
    const end = Date.now() + within;
    let todo = this.subjects();
    for (;;) {
      const wrong = [];
      const left = [];
      await parallel(todo, async (subject) => {
        const fault = await this.effectOn(subject);
        if (fault) {
          wrong.push(fault);
          left.push(subject);
        }
      });
      if (!wrong.length || Date.now() > end) return wrong;
      todo = left;
      await pause(50);
    }
  }

  subjects() {
    const { movies, comments } = this.ledger.touched;
    const all = new Map([...movies].map((id) => [`MOVIE ${id}`, { kind: 'MOVIE', id }]));
    for (const id of [...comments].slice(0, 150)) all.set(`COMMENT ${id}`, { kind: 'COMMENT', id });
    for (const report of this.ledger.reports.values())
      all.set(`${report.kind} ${report.subject}`, { kind: report.kind, id: report.subject });
    for (const upload of this.ledger.uploads.values())
      if (upload.job === 'READY') all.set(`MEDIA ${upload.id}`, { kind: 'MEDIA', id: upload.id });
    return [...all.values()];
  }

  async effectOn({ kind, id }) {
    const { ledger, wire } = this;
    if (kind === 'MEDIA') {
      const movie = [...ledger.movies.values()].find((m) => m.media === id);
      const open = movie !== undefined && ledger.movieIsPublic(movie) && !ledger.isHidden('MEDIA', id);
      const answer = await wire.read(`/media/${id}/open/master.m3u8`);
      return (answer.status === 200) === open ? null : `video ${id} ought to be ${open ? 'public' : 'closed'}, answered ${answer.status}`;
    }
    const thing = kind === 'MOVIE' ? ledger.movies.get(id) : ledger.comments.get(id);
    if (!thing) return null;
    const open = kind === 'MOVIE' ? ledger.movieIsPublic(thing) : ledger.commentIsPublic(thing);
    const now = await wire.get(`/api/${kindOf[kind]}/${id}`);
    const shown = now !== null && !now.tombstone && !now.isDeleted;
    return shown === open ? null : `${kind} ${thing.mark} ought to be ${open ? 'public' : 'hidden'} and is not`;
  }

  // Decisions are what they were acknowledged to be.
  decisions(seen) {
    const wrong = [];
    for (const report of this.ledger.reports.values()) {
      const now = seen.reports.get(report.id);
      if (!now) {
        wrong.push(`report ${report.mark} is not there`);
        continue;
      }
      const closed = ['RESOLVED', 'DISMISSED'].includes(now.status);
      if (closed !== (report.state !== 'open')) wrong.push(`report ${report.mark} is ${now.status}, the ledger says ${report.state}`);
      if ((now.actionId ?? null) !== report.action)
        wrong.push(`report ${report.mark} has action ${now.actionId}, acknowledged ${report.action}`);
      if (now.actionReverted !== (report.state === 'restored'))
        wrong.push(`report ${report.mark}: reverted ${now.actionReverted}, the ledger says ${report.state}`);
    }
    return wrong;
  }

  // An upload goes on between what was acknowledged and what was sent, and whole it has the bytes that were sent.
  async uploads() {
    const wrong = [];
    for (const upload of this.ledger.uploads.values()) {
      if (upload.checked) continue;
      const path = `/api/media/uploads/${upload.id}`;
      const answer = await this.wire.read(path, upload.owner.token);
      if (answer.status !== 200) {
        wrong.push(`upload ${upload.mark} cannot be read: ${answer.status}`);
        continue;
      }
      const offset = Number(answer.headers['upload-offset']);
      if (offset < upload.acked) wrong.push(`upload ${upload.mark} goes on at ${offset}, ${upload.acked} were acknowledged`);
      if (offset > upload.sent) wrong.push(`upload ${upload.mark} goes on at ${offset}, only ${upload.sent} were sent`);
      if (answer.bytes.length !== offset) wrong.push(`upload ${upload.mark} says ${offset} bytes and gives ${answer.bytes.length}`);
      if (sha256(answer.bytes) !== sha256(upload.bytes.subarray(0, offset)))
        wrong.push(`upload ${upload.mark}: its first ${offset} bytes are not those that were sent`);
      this.ledger.resumed(upload, answer);
      if (upload.acked < upload.bytes.length) continue;
      if (sha256(answer.bytes) !== upload.sha) wrong.push(`upload ${upload.mark} is whole and has another SHA-256`);
      upload.checked = true;
    }
    return wrong;
  }

  // Notes which jobs have ended; with `seconds`, waits for all of them.
  async jobs(seconds = 0) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const wrong = [];
      let waiting = 0;
      for (const upload of this.ledger.uploads.values()) {
        if (upload.job || upload.acked < upload.bytes.length) continue;
        const now = await this.wire.get(`/api/media/${upload.id}`, upload.owner.token);
        if (!now) {
          wrong.push(`video ${upload.mark} is gone`);
          continue;
        }
        if (now.status === 'READY' || now.status === 'FAILED') upload.job = now.status;
        else waiting += 1;
        if (upload.job === 'READY' && !now.hidden) wrong.push(...(await offered(this.wire, now, upload.owner.token)));
        if (upload.job && (upload.job === 'FAILED') !== upload.broken)
          wrong.push(`video ${upload.mark} ended ${upload.job}: ${now.error?.id}`);
      }
      if (wrong.length || !waiting || seconds === 0) return wrong;
      if (Date.now() > end) return [`${waiting} jobs came to no end within ${seconds} s`];
      await pause(100);
    }
  }
}

function idIn(op, answer) {
  const body = JSON.parse(answer.text || 'null');
  if (op.kind === 'register') return body.user.id;
  return op.kind === 'decide' ? body.actionId : body?.id;
}

export const shorten = (wrong) => [...wrong.slice(0, most), ...(wrong.length > most ? [`and ${wrong.length - most} more`] : [])];
