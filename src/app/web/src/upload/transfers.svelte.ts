// Uploads under way in this tab. Light: the upload library itself loads with the first file.
import { call, get } from '../lib/api/client';
import { Problem, toProblem } from '../lib/api/problem';
import { bearer, session } from '../lib/api/session.svelte';
import type { Media } from '../lib/api/types';
import { phrase } from '../lib/bidi';
import { uuid } from '../lib/ids';
import { getMedia } from '../lib/media';
import { tell } from '../lib/news';
import { toast } from '../lib/say.svelte';
import { addressOf, begunElsewhere, endpoint, idOf } from './address';
import { Comparison, Different } from './comparison';
import { digest, fingerprint } from './digests';
import { keepFor, keptOf, type Kept } from './kept';
import { library } from './library';
import { firstChunk, nextChunk, outcome, smallerChunk } from './outcome';
import { Pace } from './pace';

export type Phase = 'waiting' | 'moving' | 'comparing' | 'paused' | 'lost' | 'refused' | 'arrived';

interface Running {
  start(): void;
  abort(): Promise<void>;
}

/** What tus-js-client tells of a failure. */
interface Failure extends Error {
  originalRequest?: { getHeader(name: string): string | undefined } | null;
  originalResponse?: { getStatus(): number; getBody(): string; getHeader(name: string): string | undefined } | null;
  causingError?: Error | null;
}

const pauses = [2, 4, 8, 15, 30];
const paused = new Error('paused');

export class Transfer {
  readonly person = session.user?.id;
  readonly key: string;
  readonly name: string;
  readonly size: number;
  file = $state.raw<File | null>(null);
  phase = $state<Phase>('waiting');
  sent = $state(0);
  speed = $state(0);
  why = $state('');
  /** Refused, but going on may help later. */
  mayGoOn = $state(true);
  /** Refused because this person keeps as much here as they may. */
  full = $state(false);
  /** Something that was found out about it and is worth knowing until it has arrived. */
  note = $state('');
  compared = $state(0);
  lostSince = $state(0);
  again = $state(0);
  /** Waits here while more of it arrives: another tab or device sends it. */
  elsewhere = $state(false);
  mediaId = $state<string | null>(null);
  media = $state.raw<Media | null>(null);
  url: string | null = null;
  print: string | null;
  #creation: string;
  #run: Running | null = null;
  #comparison: Comparison | null = null;
  #wrote = false; // bytes of this file may have reached the server
  #pace = new Pace();
  #chunk = firstChunk;
  #disguised = false; // PATCH goes as POST
  #attempt = 0;
  #silent = 0; // chunks in a row that nobody answered
  #ticker: ReturnType<typeof setInterval> | undefined;
  #saved = 0;
  #looked = false;

  constructor(kept: Kept) {
    this.key = kept.key;
    this.#creation = kept.creation ?? kept.key;
    this.name = kept.name;
    this.size = kept.size;
    this.sent = kept.sent;
    this.url = kept.url;
    this.print = kept.print ?? null;
    if (kept.url) this.mediaId = idOf(kept.url);
    if (kept.url && kept.sent >= kept.size) this.phase = 'arrived';
  }

  get left(): number {
    return this.speed > 0 ? (this.size - this.sent) / this.speed : Infinity;
  }

  async begin(file: File) {
    this.file = file;
    this.phase = 'moving';
    this.#run = null;
    this.#wrote = false;
    this.print ??= await fingerprint(file);
    this.#compareWith(file);
    const { Upload } = await library();
    const upload = new Upload(file, {
      endpoint: this.url ? null : endpoint, // an upload whose address is refused is not quietly begun a second time
      uploadUrl: this.url,
      metadata: { filename: file.name, filetype: file.type || 'application/octet-stream', fingerprint: this.print },
      chunkSize: this.#chunk,
      overridePatchMethod: this.#disguised,
      retryDelays: null,
      storeFingerprintForResuming: false,
      onBeforeRequest: async (request) => {
        const at = request.getHeader('Upload-Offset');
        if (at !== undefined) await this.#mayWrite(Number(at), upload.options.chunkSize ?? 0);
        const token = await bearer();
        if (this.phase === 'paused') throw paused;
        if (token) request.setHeader('Authorization', `Bearer ${token}`);
        if (at === undefined && request.getMethod() === 'POST') request.setHeader('Idempotency-Key', this.#creation);
        began = performance.now();
      },
      onUploadUrlAvailable: () => {
        this.url = upload.url;
        if (this.url) this.mediaId = idOf(this.url);
        upload.options.endpoint = null;
        this.save();
      },
      onProgress: (sent) => this.#progress(sent),
      onChunkComplete: (bytes, accepted) => {
        this.#comparison?.own(accepted);
        this.#attempt = this.#silent = 0;
        if (bytes >= this.#chunk) upload.options.chunkSize = this.#chunk = nextChunk(bytes, (performance.now() - began) / 1000);
      },
      onSuccess: () => void this.#complete(),
      onError: (error) => this.#stopped(error),
    });
    let began = 0;
    this.#run = {
      start: () => {
        upload.options.chunkSize = this.#chunk;
        upload.options.overridePatchMethod = this.#disguised;
        upload.start();
      },
      abort: () => upload.abort(),
    };
    if (this.phase === 'moving') this.#run.start();
  }

  #compareWith(file: File) {
    this.#comparison?.stop();
    const theirs = async (from: number, to: number) =>
      (await get<{ sha256: string }>(`${endpoint}/${this.mediaId}/digest`, { from, to })).sha256;
    this.#comparison = new Comparison({ mine: (from, to) => digest(file, from, to), theirs }, (part) => (this.compared = part));
  }

  // Bytes go behind what the server has only when that is the beginning of this file, and the last ones when all of it is.
  async #mayWrite(offset: number, length: number) {
    await this.#comparison?.reach(offset);
    if (offset + length >= this.size) await this.#compareRest();
    if (this.phase === 'paused') throw paused;
    this.#wrote = true;
  }

  async #compareRest() {
    const before = this.phase;
    this.phase = 'comparing';
    try {
      await this.#comparison?.whole();
    } finally {
      if (this.phase === 'comparing') this.phase = before;
    }
  }

  #progress(sent: number) {
    this.phase = 'moving';
    this.sent = sent;
    this.speed = this.#pace.add(performance.now(), sent);
    if (performance.now() - this.#saved > 2000) this.save();
  }

  async #complete() {
    try {
      await this.#comparison?.reach(this.size); // it may have been somebody else who sent the last byte
      await this.#compareRest();
    } catch (thrown) {
      this.#stopped(thrown as Error);
      return;
    }
    this.sent = this.size;
    this.speed = 0;
    this.note = '';
    this.phase = 'arrived';
    this.save();
    if (this.mediaId) tell({ what: 'media', id: this.mediaId });
  }

  /** How much the server has kept of what waits for its file: the page that sent it may not have heard. */
  look(media: Media) {
    if (this.phase !== 'waiting' || this.file) return;
    const sent = media.status === 'UPLOADING' ? Math.round(media.progress * this.size) : this.size;
    this.elsewhere = this.#looked && sent > this.sent;
    this.#looked = true;
    this.sent = sent;
    if (media.status === 'UPLOADING') return;
    this.media = media;
    this.phase = 'arrived';
  }

  /** Takes the row away; what has arrived stays among the uploads. */
  dismiss() {
    this.save(true);
    const at = transfers.list.indexOf(this);
    if (at >= 0) transfers.list.splice(at, 1);
  }

  #stopped(error: Failure) {
    if (this.phase === 'paused') return;
    this.speed = 0;
    this.#pace.reset();
    const cause = error.causingError ?? error;
    if (cause instanceof Different) return this.#differs();
    if (cause.name === 'NotReadableError' || cause.name === 'NotFoundError') {
      this.file = null;
      return this.#refuse('The file has changed or moved on this device. Choose it again.');
    }
    const answer = error.originalResponse;
    const chunk = error.originalRequest?.getHeader('Upload-Offset') !== undefined;
    // An answer to the comparison counts like one to the upload.
    const status = cause instanceof Problem ? Math.max(0, cause.status) : (answer?.getStatus() ?? 0);
    const ours = cause instanceof Problem || (answer?.getHeader('Content-Type') ?? '').includes('problem+json');
    const after = cause instanceof Problem ? cause.retryAfter : Number(answer?.getHeader('Retry-After') || NaN);
    this.#act(
      outcome({ status, body: answer?.getBody() ?? '', chunk, ours, retryAfter: after || null }),
      status === 0 && chunk && !(cause instanceof Problem),
    );
  }

  #act(next: ReturnType<typeof outcome>, silent: boolean) {
    switch (next.act) {
      case 'wait':
        if (silent) this.#weaken();
        return this.#lose(next.why, next.seconds);
      case 'renew':
        return void this.#renew();
      case 'smaller':
        if (smallerChunk(this.#chunk) === this.#chunk)
          return this.#refuse('Something between this device and the server takes no files of this size.', false);
        this.#chunk = smallerChunk(this.#chunk);
        return this.#soon();
      case 'disguise':
        if (this.#disguised) return this.#refuse('Something between this device and the server lets no upload through.', false);
        this.#disguised = true;
        return this.#soon();
      case 'elsewhere':
        this.phase = 'paused';
        this.why = next.why;
        return;
      case 'anew':
        this.#forgetServer();
        return this.#refuse(next.why);
      case 'refuse':
        return this.#refuse(next.why, next.later, next.full);
    }
  }

  // Nobody says why a chunk got no answer: less at once, and now and then in the disguise that such networks let through.
  #weaken() {
    this.#chunk = smallerChunk(this.#chunk);
    if (++this.#silent % 2 === 0) this.#disguised = !this.#disguised;
  }

  #refuse(why: string, mayGoOn = true, full = false) {
    this.phase = 'refused';
    this.why = why;
    this.mayGoOn = mayGoOn;
    this.full = full;
  }

  #lose(why: string, seconds: number | null) {
    if (this.phase !== 'lost') this.lostSince = Date.now();
    this.phase = 'lost';
    this.why = why;
    this.#plan(seconds);
  }

  #soon() {
    this.phase = 'moving';
    setTimeout(() => {
      if (this.phase === 'moving') this.#run?.start();
    });
  }

  async #renew() {
    try {
      if (await bearer(true)) return this.#attempt++ < 3 ? this.#soon() : this.#lose('The server is busy', null);
      this.#refuse('You are signed out. Sign in again and it goes on from here.');
    } catch {
      this.#lose('', null);
    }
  }

  // The file in hand is not the one that was begun. Nothing of it may stay behind the beginning of another.
  #differs() {
    const file = this.file!;
    this.#comparison?.stop();
    if (this.#wrote) {
      const mixed = this.mediaId;
      if (mixed) void call('DELETE', `/api/media/${mixed}`).catch(() => undefined); // it is never gone on with, so it expires at the latest
      this.#forgetServer();
      this.note = anew;
      sayAnew(this);
      void this.begin(file);
      return;
    }
    this.file = null;
    this.phase = 'waiting';
    sayAnew(file);
    void start(file, null, anew);
  }

  #forgetServer() {
    this.url = null;
    this.mediaId = null;
    this.sent = 0;
    this.#creation = uuid();
    this.save();
  }

  #plan(seconds: number | null) {
    this.again = Math.round(seconds ?? pauses[Math.min(this.#attempt++, pauses.length - 1)]!);
    clearInterval(this.#ticker);
    this.#ticker = setInterval(() => {
      if (--this.again <= 0) this.goOn();
    }, 1000);
  }

  goOn() {
    clearInterval(this.#ticker);
    this.why = this.phase === 'lost' ? this.why : '';
    if (this.file && (!this.#run || this.phase === 'refused')) {
      void this.begin(this.file);
      return;
    }
    if (this.phase !== 'lost') this.phase = 'moving';
    this.#run?.start();
  }

  async pause() {
    clearInterval(this.#ticker);
    this.phase = 'paused';
    this.why = '';
    await this.#run?.abort();
    this.#pace.reset();
    this.speed = 0;
    this.save();
  }

  /** Writes what a later page needs to go on; with `done` only forgets it. */
  save(done = false) {
    this.#saved = performance.now();
    const mine: Kept = {
      key: this.key,
      name: this.name,
      size: this.size,
      sent: this.sent,
      url: this.url,
      began: Date.now(),
      creation: this.#creation,
      ...(this.print && { print: this.print }),
    };
    keepFor(this.person, mine, done);
  }

  /** Stops and takes back what has arrived. */
  async discard() {
    clearInterval(this.#ticker);
    this.#comparison?.stop();
    await this.#run?.abort();
    if (this.mediaId) {
      await call('DELETE', `/api/media/${this.mediaId}`).catch((thrown) => {
        if (toProblem(thrown).status !== 404) throw thrown;
      });
    }
    this.dismiss();
  }
}

const anew = 'This is another film than the one that was begun, so it starts from the beginning.';
const sayAnew = ({ name }: { name: string }) => toast(phrase`${name}: ` + anew);

export const transfers = $state<{ list: Transfer[] }>({ list: [] });

function start(file: File, print: string | null, note = '', url: string | null = null): Transfer {
  const fresh: Kept = { key: uuid(), name: file.name, size: file.size, sent: 0, url, began: Date.now(), ...(print && { print }) };
  transfers.list.unshift(new Transfer(fresh));
  const transfer = transfers.list[0]!;
  transfer.note = note;
  transfer.save();
  void transfer.begin(file);
  return transfer;
}

/** Takes a file: goes on with the upload of it that was begun here or elsewhere, or begins one. Throws when it cannot be read. */
export async function take(file: File): Promise<Transfer> {
  const print = await fingerprint(file);
  const here = transfers.list.filter((t) => t.phase !== 'arrived' && t.size === file.size);
  const under = here.find((t) => t.file && t.print === print);
  if (under) return under;
  const waits = here.find((t) => !t.file && (t.print ? t.print === print : t.name === file.name));
  if (waits) {
    void waits.begin(file);
    return waits;
  }
  const url = await begunElsewhere(file, print);
  const namesake = !url && here.some((t) => !t.file && t.name === file.name);
  if (namesake) sayAnew(file);
  return start(file, print, namesake ? anew : '', url);
}

/** The same for a row that waits for its file; what is another file begins a row of its own. */
export async function resume(transfer: Transfer, file: File): Promise<Transfer> {
  const same = file.size === transfer.size && (!transfer.print || transfer.print === (await fingerprint(file)));
  if (!same) {
    if (file.name !== transfer.name || file.size !== transfer.size) sayAnew(file);
    return take(file); // says it itself of a namesake
  }
  void transfer.begin(file);
  return transfer;
}

/** A row for a file that has arrived before, so that it can become a title. */
export function adopt(media: Media): Transfer {
  const known = transfers.list.find((t) => t.mediaId === media.id);
  if (known) return known;
  const url = addressOf(media.id);
  transfers.list.unshift(
    new Transfer({ key: media.id, name: media.filename ?? 'A film', size: media.size ?? 0, sent: media.size ?? 0, url, began: Date.now() }),
  );
  transfers.list[0]!.media = media;
  return transfers.list[0]!;
}

/** Puts what an earlier page left behind into the list, waiting for its file. Done when the server has said what became of the rest. */
export async function bringBack(): Promise<void> {
  for (const k of keptOf(session.user?.id)) {
    if (transfers.list.some((t) => t.key === k.key)) continue;
    transfers.list.push(new Transfer(k));
  }
  const unknown = transfers.list.filter((t) => t.phase === 'arrived' && t.mediaId && !t.media);
  await Promise.allSettled(unknown.map(async (t) => (t.media = await getMedia(t.mediaId!))));
}

let parked: Transfer[] = [];

/** Called when another person comes or goes: uploads of the one before stop, are shown to nobody else, and go on when that one is back. */
export async function changeHands() {
  const now = session.user?.id;
  const left = transfers.list.filter((t) => t.person !== now && t.phase !== 'arrived');
  const back = parked.filter((t) => t.person === now);
  transfers.list = [...transfers.list.filter((t) => t.person === now), ...back];
  parked = [...parked.filter((t) => t.person !== now), ...left];
  for (const transfer of back) transfer.goOn();
  await Promise.all(left.map((t) => t.pause()));
}

/** What stops when the person leaves or the tab is closed. */
export const underWay = () => transfers.list.filter((t) => t.phase === 'moving' || t.phase === 'lost');

addEventListener('online', () => {
  for (const t of transfers.list) if (t.phase === 'lost') t.goOn();
});
