// The sixteen: members who write whatever members write, and moderators who decide. Each notes before it sends.
import { randomUUID } from 'node:crypto';
import { Cell } from './model.mjs';
import { announce, chunk, sha256, stamped } from './videos.mjs';

export const password = 'a long enough sentence';
const mostPerCycle = 30; // new things per client and cycle, so that checking stays quick; reactions and edits go on

class Client {
  constructor(ledger, wire, number) {
    Object.assign(this, { ledger, wire, number, person: null, made: 0 });
  }

  get dice() {
    return this.ledger.dice;
  }

  async run(stop) {
    this.made = 0;
    while (!stop.now) {
      const before = this.ledger.ops.length;
      await this.step();
      // Nothing to do for this one just now: the others go first.
      if (this.ledger.ops.length === before) await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async write(op) {
    this.ledger.note({ who: this.number, token: this.person?.token, ...op });
    const noted = this.ledger.ops.at(-1);
    this.ledger.settle(noted, await this.wire.send(noted.method, noted.path, noted));
    return noted;
  }

  // A POST with a key: cut off, it is asked again with the same key.
  make(kind, path, json, apply, more = {}) {
    this.made += 1;
    return this.write({
      kind,
      method: 'POST',
      path,
      json,
      key: randomUUID(),
      apply: (answer) => apply?.(answer.text ? JSON.parse(answer.text) : null, answer),
      ...more,
    });
  }

  // A PUT or DELETE that sets one fact: cut off, the fact may be either.
  change(kind, cell, value, method, path, json) {
    const before = [...cell.may];
    cell.maybe(value);
    return this.write({
      kind,
      method,
      path,
      json,
      apply: () => cell.set(value),
      refused: () => {
        cell.may = before;
      },
    });
  }
}

export class Member extends Client {
  async step() {
    if (!this.person) return this.join();
    if (this.upload?.arrived) this.upload = null;
    if (this.upload && this.dice.next() < 0.25) return this.sendBytes();
    const roll = this.dice.next();
    const full = this.made >= mostPerCycle;
    if (roll < 0.34) return this.react();
    if (roll < 0.44) return this.editComment();
    if (roll < 0.5) return this.changeMovie();
    if (full) return undefined;
    if (roll < 0.78) return this.comment();
    if (roll < 0.85) return this.addMovie();
    if (roll < 0.91) return this.report();
    if (roll < 0.955) return this.beRefused();
    if (roll < 0.965) return this.deleteSomething();
    if (roll < 0.975) return this.register(null);
    return this.startUpload();
  }

  // One attempt per life of the server; cut off, the key is asked again after the restart.
  async join() {
    if (this.joining?.outcome === 'UNKNOWN') return;
    this.joining = await this.register((person) => {
      this.person = person;
    });
  }

  register(then) {
    const mark = this.ledger.mark('u');
    const json = { email: `${mark}@chaos.example`, username: mark, password };
    return this.make(
      'register',
      '/api/auth/register',
      json,
      (made) => {
        const person = { mark, id: made.user.id, token: made.tokens.accessToken };
        this.ledger.people.push(person);
        then?.(person);
      },
      { mark, token: undefined },
    );
  }

  someMovie() {
    const recent = [...this.ledger.movies.values()].slice(-14);
    return recent.length ? this.dice.pick(recent) : null;
  }

  addMovie() {
    const mark = this.ledger.mark('m');
    const upload = this.ledger.free.shift();
    const status = this.dice.next() < 0.85 || upload ? 'RELEASED' : 'DRAFT';
    const json = { title: mark, status, genres: ['Chaos'], ...(upload && upload.owner === this.person ? { mediaId: upload.id } : {}) };
    if (upload && !json.mediaId) this.ledger.free.push(upload);
    const owner = this.person;
    return this.make(
      'movie',
      '/api/movies',
      json,
      (made) => {
        this.ledger.movies.set(made.id, {
          id: made.id,
          mark,
          owner,
          client: this.number,
          status: new Cell(status),
          text: new Cell(null),
          gone: new Cell(false),
          media: json.mediaId ?? null,
          busy: false,
        });
        this.ledger.touched.movies.add(made.id);
      },
      { mark },
    );
  }

  comment() {
    const movie = this.someMovie();
    if (!movie) return this.addMovie();
    const mark = this.ledger.mark('c');
    const above = [...this.ledger.comments.values()].slice(-60).filter((c) => c.movie === movie.id);
    const parent = above.length && this.dice.next() < 0.35 ? this.dice.pick(above).id : undefined;
    const text = `${mark} was here`;
    const author = this.person;
    this.ledger.touched.movies.add(movie.id);
    return this.make(
      'comment',
      `/api/movies/${movie.id}/comments`,
      { content: text, ...(parent ? { parentId: parent } : {}) },
      (made) => {
        this.ledger.comments.set(made.id, {
          id: made.id,
          mark,
          movie: movie.id,
          author,
          client: this.number,
          text: new Cell(text),
          gone: new Cell(false),
          busy: false,
        });
        this.ledger.touched.comments.add(made.id);
      },
      { mark },
    );
  }

  mine(map, most) {
    return [...map.values()].slice(-most).filter((thing) => thing.client === this.number && thing.gone.settled && !thing.gone.value);
  }

  editComment() {
    const own = this.mine(this.ledger.comments, 150);
    if (!own.length) return undefined;
    const comment = this.dice.pick(own);
    this.ledger.touched.comments.add(comment.id);
    const text = `${comment.mark} thought again, ${this.ledger.ops.length}`;
    return this.change('edit comment', comment.text, text, 'PUT', `/api/comments/${comment.id}`, { content: text });
  }

  changeMovie() {
    const own = this.mine(this.ledger.movies, 40);
    if (!own.length) return undefined;
    const movie = this.dice.pick(own);
    this.ledger.touched.movies.add(movie.id);
    if (this.dice.next() < 0.3) {
      const status = movie.status.may[0] === 'RELEASED' ? 'DRAFT' : 'RELEASED';
      return this.change('set status', movie.status, status, 'PUT', `/api/movies/${movie.id}`, { status });
    }
    const text = `words ${this.ledger.ops.length}`;
    return this.change('edit movie', movie.text, text, 'PUT', `/api/movies/${movie.id}`, { description: text });
  }

  react() {
    const movie = this.someMovie();
    if (!movie) return undefined;
    const comments = [...this.ledger.comments.values()].slice(-30);
    const [kind, id] = comments.length && this.dice.next() < 0.5 ? ['comments', this.dice.pick(comments).id] : ['movies', movie.id];
    const name = `${kind} ${id} ${this.person.id}`;
    if (!this.ledger.likes.has(name)) this.ledger.likes.set(name, { kind, id, person: this.person, type: new Cell(null) });
    const like = this.ledger.likes.get(name);
    this.ledger.touched.likes.add(name);
    this.ledger.touched[kind].add(id);
    const path = `/api/${kind}/${id}/like`;
    if (like.type.may[0] !== null && this.dice.next() < 0.4) return this.change('unlike', like.type, null, 'DELETE', path);
    const type = this.dice.pick(['LIKE', 'LOVE', 'WOW']);
    return this.change('like', like.type, type, 'PUT', path, { type });
  }

  deleteSomething() {
    const comments = this.mine(this.ledger.comments, 150);
    const movies = this.mine(this.ledger.movies, 40).filter((movie) => !movie.media);
    const [kind, list] = movies.length > 3 && this.dice.next() < 0.3 ? ['movies', movies] : ['comments', comments];
    if (!list.length) return undefined;
    const thing = this.dice.pick(list);
    this.ledger.touched[kind].add(thing.id);
    if (kind === 'comments') this.ledger.touched.movies.add(thing.movie);
    return this.change(`delete ${kind}`, thing.gone, true, 'DELETE', `/api/${kind}/${thing.id}`);
  }

  report() {
    const roll = this.dice.next();
    const movies = [...this.ledger.movies.values()].slice(-40);
    const free = (list) => list.filter((thing) => !thing.busy && thing.client !== this.number);
    const filmed = movies
      .filter((movie) => movie.media && this.ledger.uploads.get(movie.media)?.job === 'READY')
      .map((movie) => this.ledger.uploads.get(movie.media));
    const [kind, list] =
      roll < 0.3
        ? ['MOVIE', free(movies)]
        : roll < 0.4
          ? ['MEDIA', free(filmed)]
          : ['COMMENT', free([...this.ledger.comments.values()].slice(-80))];
    if (!list.length) return undefined;
    const subject = this.dice.pick(list);
    const mark = this.ledger.mark('r');
    subject.busy = true;
    const json = {
      contentType: kind,
      contentId: subject.id,
      reportType: this.dice.pick(['SPAM', 'MISLEADING', 'THREAT']),
      description: mark,
    };
    return this.make(
      'report',
      '/api/reports',
      json,
      (made) => {
        this.ledger.reports.set(made.id, {
          id: made.id,
          mark,
          kind,
          subject: subject.id,
          thing: subject,
          desk: this.dice.below(2),
          state: 'open',
          action: null,
          busy: false,
        });
      },
      {
        mark,
        refused: () => {
          subject.busy = false;
        },
      },
    );
  }

  // What must be turned down, and must leave nothing behind.
  beRefused() {
    const mark = this.ledger.mark('x');
    const movie = this.someMovie();
    const others = [...this.ledger.comments.values()].slice(-60).filter((c) => c.client !== this.number);
    const past = this.ledger.ops
      .slice(-400)
      .filter((op) => op.who === this.number && op.outcome === 'OK' && op.kind === 'comment' && op.key);
    const more = { mark, refusable: true };
    const ways = [
      () => this.make('refused', '/api/movies', { title: mark, duration: 0 }, null, more),
      () => this.make('refused', '/api/movies/1/comments', { content: `${mark} to nobody` }, null, more),
      () =>
        this.make('refused', '/api/auth/register', { email: `${mark}@chaos.example`, username: mark, password: 'short' }, null, {
          ...more,
          token: undefined,
        }),
    ];
    if (movie)
      ways.push(() => this.make('refused', `/api/movies/${movie.id}/comments`, { content: `${mark} ${'x'.repeat(1000)}` }, null, more));
    if (others.length)
      ways.push(() =>
        this.write({
          kind: 'refused',
          method: 'PUT',
          path: `/api/comments/${this.dice.pick(others).id}`,
          json: { content: `${mark} words for another` },
          ...more,
        }),
      );
    if (past.length)
      ways.push(() => {
        const op = this.dice.pick(past);
        return this.make('refused', op.path, { content: `${mark} same key` }, null, { ...more, key: op.key });
      });
    return this.dice.pick(ways)();
  }

  async startUpload() {
    const { ledger } = this;
    const waiting = [...ledger.uploads.values()].filter((upload) => !upload.job).length;
    if (this.upload || waiting >= 4 || ledger.uploadsLeft <= 0) return;
    ledger.uploadsLeft -= 1;
    const mark = ledger.mark('v');
    const broken = this.dice.next() < 0.2;
    const bytes = broken ? Buffer.from(`${mark} is no film. `.repeat(300)) : stamped(ledger.film, mark);
    const upload = {
      mark,
      owner: this.person,
      client: this.number,
      bytes,
      sha: sha256(bytes),
      acked: 0,
      sent: 0,
      broken,
      job: null,
      busy: false,
    };
    await this.make(
      'upload',
      '/api/media/uploads',
      undefined,
      (_, answer) => {
        upload.id = answer.headers.location.split('/').pop();
        ledger.uploads.set(upload.id, upload);
        this.upload = upload;
      },
      { mark, headers: announce(bytes.length, mark) },
    );
  }

  // The next few bytes. An offset that is not known is asked for first, as tus says.
  async sendBytes() {
    const { upload } = this;
    const path = `/api/media/uploads/${upload.id}`;
    if (upload.unsure) {
      const answer = await this.wire.send('HEAD', path, { token: upload.owner.token, headers: { 'tus-resumable': '1.0.0' } });
      if (answer.outcome === 'answered') this.ledger.resumed(upload, answer);
      return;
    }
    const piece = upload.bytes.subarray(upload.acked, upload.acked + 1 + this.dice.below(Math.ceil(upload.bytes.length / 3)));
    upload.sent = Math.max(upload.sent, upload.acked + piece.length);
    upload.unsure = true;
    const headers = chunk(upload.acked, this.dice.next() < 0.5 ? sha256(piece) : null);
    await this.write({
      kind: 'bytes',
      method: 'PATCH',
      path,
      bytes: piece,
      headers,
      apply: (answer) => {
        upload.acked = Number(answer.headers['upload-offset']);
        upload.unsure = false;
        this.ledger.arrive(upload);
      },
    });
  }
}

export class Desk extends Client {
  constructor(ledger, wire, number, person) {
    super(ledger, wire, number);
    this.person = person;
  }

  async step() {
    const mine = [...this.ledger.reports.values()].filter((report) => report.desk === this.number && !report.busy);
    const open = mine.filter((report) => report.state === 'open');
    const hiding = mine.filter((report) => report.state === 'hiding');
    if (open.length) return this.decide(this.dice.pick(open));
    // A few stay hidden for good.
    if (hiding.length > 4 || (hiding.length && this.dice.next() < 0.02)) return this.revert(hiding[0]);
    return undefined;
  }

  async decide(report) {
    report.busy = true;
    if (this.dice.next() < 0.5) await this.make('claim', `/api/reports/${report.id}/assign`, {}, null);
    const action = this.dice.next() < 0.75 ? 'HIDE' : 'NONE';
    const free = () => {
      report.busy = false;
    };
    await this.make(
      'decide',
      `/api/reports/${report.id}/resolve`,
      { action, resolution: this.ledger.mark('d') },
      (made) => {
        report.state = action === 'HIDE' ? 'hiding' : 'closed';
        report.action = made.actionId;
        if (action === 'NONE') report.thing.busy = false;
        free();
      },
      { refused: free, report },
    );
  }

  async revert(report) {
    report.busy = true;
    const free = () => {
      report.busy = false;
    };
    await this.make(
      'revert',
      `/api/moderation/actions/${report.action}/revert`,
      { reason: this.ledger.mark('w') },
      () => {
        report.state = 'restored';
        report.thing.busy = false;
        free();
      },
      { refused: free, report },
    );
  }
}
