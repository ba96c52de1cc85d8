// Uploads under way in this tab. Light: the upload library itself loads with the first file.
import { call } from '../lib/api/client';
import { Problem, sentence, toProblem } from '../lib/api/problem';
import { bearer, session } from '../lib/api/session.svelte';
import type { Media } from '../lib/api/types';
import { uuid } from '../lib/ids';
import { forget, keep, recall } from '../lib/storage';
import { Pace } from './pace';

export type Phase = 'waiting' | 'moving' | 'paused' | 'lost' | 'refused' | 'arrived';

/** What is kept in this browser so that an upload survives a reload. */
export interface Kept {
  key: string;
  name: string;
  size: number;
  sent: number;
  /** Address of the upload on the server, once it is known. */
  url: string | null;
  began: number;
  /** Idempotency key of the creation; a new one when the server has forgotten the upload. */
  creation?: string;
}

interface Running {
  start(): void;
  abort(): Promise<void>;
}

const endpoint = '/api/media/uploads';
const storeName = (person = session.user?.id) => `mozi.uploads.${person ?? ''}`;
const pauses = [2, 4, 8, 15, 30];

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
  lostSince = $state(0);
  again = $state(0);
  mediaId = $state<string | null>(null);
  media = $state.raw<Media | null>(null);
  url: string | null = null;
  #creation: string;
  #run: Running | null = null;
  #pace = new Pace();
  #attempt = 0;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #saved = 0;

  constructor(kept: Kept) {
    this.key = kept.key;
    this.#creation = kept.creation ?? kept.key;
    this.name = kept.name;
    this.size = kept.size;
    this.sent = kept.sent;
    this.url = kept.url;
    if (kept.url) this.mediaId = idOf(kept.url);
    if (kept.url && kept.sent >= kept.size) this.phase = 'arrived';
  }

  get left(): number {
    return this.speed > 0 ? (this.size - this.sent) / this.speed : Infinity;
  }

  async begin(file: File) {
    this.file = file;
    this.phase = 'moving';
    const { Upload } = await import('tus-js-client');
    const upload = new Upload(file, {
      endpoint,
      uploadUrl: this.url,
      metadata: { filename: file.name, filetype: file.type || 'application/octet-stream' },
      chunkSize: 32 * 1024 * 1024,
      retryDelays: null,
      storeFingerprintForResuming: false,
      onBeforeRequest: async (request) => {
        const token = await bearer();
        if (token) request.setHeader('Authorization', `Bearer ${token}`);
        if (request.getMethod() === 'POST') request.setHeader('Idempotency-Key', this.#creation);
      },
      onUploadUrlAvailable: () => {
        this.url = upload.url;
        if (this.url) this.mediaId = idOf(this.url);
        this.save();
      },
      onProgress: (sent) => this.#progress(sent),
      onSuccess: () => this.#arrived(),
      onError: (error) => this.#stopped(error),
    });
    this.#run = { start: () => upload.start(), abort: () => upload.abort() };
    upload.start();
  }

  #progress(sent: number) {
    this.phase = 'moving';
    this.#attempt = 0;
    this.sent = sent;
    this.speed = this.#pace.add(performance.now(), sent);
    if (performance.now() - this.#saved > 2000) this.save();
  }

  #arrived() {
    this.sent = this.size;
    this.speed = 0;
    this.phase = 'arrived';
    this.save();
  }

  /** Takes the row away; what has arrived stays among the uploads. */
  dismiss() {
    this.save(true);
    const at = transfers.list.indexOf(this);
    if (at >= 0) transfers.list.splice(at, 1);
  }

  #stopped(error: Error & { originalResponse?: { getStatus(): number; getBody(): string } | null }) {
    this.speed = 0;
    this.#pace.reset();
    const status = error.originalResponse?.getStatus() ?? 0;
    const wait = status === 0 || status === 429 || status === 503 || status === 502 || status === 504 || status === 423 || status === 401;
    if (wait && this.#attempt < 500) {
      if (this.phase !== 'lost') this.lostSince = Date.now();
      this.phase = 'lost';
      this.why = status === 0 ? '' : 'The server is busy';
      this.#plan();
      return;
    }
    this.phase = 'refused';
    this.why = refusal(status, error.originalResponse?.getBody());
    if (status === 404 || status === 410) {
      this.url = null;
      this.mediaId = null;
      this.#creation = uuid();
      this.save();
    }
  }

  #plan() {
    this.again = pauses[Math.min(this.#attempt++, pauses.length - 1)]!;
    clearInterval(this.#ticker);
    this.#ticker = setInterval(() => {
      if (--this.again <= 0) this.goOn();
    }, 1000);
  }

  goOn() {
    clearInterval(this.#ticker);
    if (!this.#run) return;
    if (this.phase === 'refused' && this.file) {
      void this.begin(this.file);
      return;
    }
    if (this.phase !== 'lost') this.phase = 'moving';
    this.#run.start();
  }

  async pause() {
    clearInterval(this.#ticker);
    await this.#run?.abort();
    this.#pace.reset();
    this.speed = 0;
    this.phase = 'paused';
    this.save();
  }

  /** Writes what a later page needs to go on; with `done` only forgets it. */
  save(done = false) {
    this.#saved = performance.now();
    const name = storeName(this.person);
    const rest = kept(name).filter((k) => k.key !== this.key);
    const mine: Kept = { key: this.key, name: this.name, size: this.size, sent: this.sent, url: this.url, began: Date.now(), creation: this.#creation };
    const all = done ? rest : [mine, ...rest].slice(0, 20);
    if (all.length) keep(name, all);
    else forget(name);
  }

  /** Stops and takes back what has arrived. */
  async discard() {
    clearInterval(this.#ticker);
    await this.#run?.abort();
    if (this.mediaId) {
      await call('DELETE', `/api/media/${this.mediaId}`).catch((thrown) => {
        if (toProblem(thrown).status !== 404) throw thrown;
      });
    }
    this.dismiss();
  }
}

export const transfers = $state<{ list: Transfer[] }>({ list: [] });

function idOf(url: string): string {
  return decodeURIComponent(new URL(url, location.origin).pathname.split('/').pop() ?? '');
}

function refusal(status: number, body: string | undefined): string {
  try {
    const problem = JSON.parse(body ?? '') as { detail?: string; title?: string };
    if (problem.detail || problem.title) return problem.detail ?? problem.title ?? '';
  } catch {
    // Not a problem document; the status has to do.
  }
  if (status === 404 || status === 410) return 'The server no longer keeps the first part. Start this file again.';
  if (status === 413) return 'The file is larger than this place accepts.';
  if (status === 507) return sentence(new Problem(507));
  return 'The server did not accept this file.';
}

function kept(name = storeName()): Kept[] {
  return recall<Kept[]>(name) ?? [];
}

/** Takes a file: goes on with a kept upload of the same name and size, or begins a new one. */
export function take(file: File): Transfer {
  const open = transfers.list.find((t) => !t.file && t.name === file.name && t.size === file.size);
  if (open) {
    void open.begin(file);
    return open;
  }
  transfers.list.unshift(new Transfer({ key: uuid(), name: file.name, size: file.size, sent: 0, url: null, began: Date.now() }));
  const fresh = transfers.list[0]!;
  fresh.save();
  void fresh.begin(file);
  return fresh;
}

/** A row for a file that has arrived before, so that it can become a title. */
export function adopt(media: Media): Transfer {
  const known = transfers.list.find((t) => t.mediaId === media.id);
  if (known) return known;
  const url = `${endpoint}/${encodeURIComponent(media.id)}`;
  transfers.list.unshift(new Transfer({ key: media.id, name: media.filename ?? 'A film', size: media.size ?? 0, sent: media.size ?? 0, url, began: Date.now() }));
  transfers.list[0]!.media = media;
  return transfers.list[0]!;
}

/** Puts what an earlier page left behind into the list, waiting for its file. */
export function bringBack() {
  for (const k of kept()) {
    if (!transfers.list.some((t) => t.key === k.key)) transfers.list.push(new Transfer(k));
  }
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
