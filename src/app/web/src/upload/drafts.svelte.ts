// What is written about each upload: kept in this browser at every key, on the server when saved.
import { Act } from '../lib/api/act';
import { call, post } from '../lib/api/client';
import type { Movie } from '../lib/api/types';
import { bodyOf, emptyDraft, titleFromFile, type MovieDraft } from '../lib/draft';
import { tell } from '../lib/news';
import { forget, keep, personal, recall } from '../lib/storage';
import type { Transfer } from './transfers.svelte';

interface KeptDraft {
  draft: MovieDraft;
  movieId: string | null;
  version: number;
  released: boolean;
}

export class UploadDraft {
  readonly name: string;
  draft = $state<MovieDraft>(emptyDraft());
  movieId = $state<string | null>(null);
  released = $state(false);
  dirty = $state(false);
  /** This browser has no room for it: it is on this page only. */
  unkept = $state(false);
  #version = 0;
  #act = new Act();

  constructor(transfer: Transfer) {
    this.name = `${personal('about', transfer.person)}.${transfer.key}`;
    const old = recall<KeptDraft>(this.name);
    this.draft = old?.draft ?? emptyDraft(titleFromFile(transfer.name));
    this.movieId = old?.movieId ?? null;
    this.released = old?.released ?? false;
    this.#version = old?.version ?? 0;
  }

  keep() {
    this.unkept =
      !keep(this.name, { draft: this.draft, movieId: this.movieId, version: this.#version, released: this.released } satisfies KeptDraft) &&
      this.dirty;
  }

  edited() {
    this.dirty = true;
    this.keep();
  }

  forget() {
    forget(this.name);
  }

  /** Saves on the server: makes the title the first time. Throws Problem. */
  async save(mediaId: string, status: 'DRAFT' | 'RELEASED'): Promise<Movie> {
    const body = { ...bodyOf(this.draft), status, mediaId };
    let movie: Movie;
    if (this.movieId) {
      movie = await call<Movie>('PUT', `/api/movies/${this.movieId}`, { body: { ...body, version: this.#version } });
    } else {
      const first = { ...body, status: 'DRAFT' };
      movie = await this.#act.run(first, (key) => post<Movie>('/api/movies', first, key));
      this.#take(movie);
      if (status === 'RELEASED') movie = await call<Movie>('PUT', `/api/movies/${movie.id}`, { body: { status, version: movie.version } });
    }
    this.#take(movie);
    return movie;
  }

  #take(movie: Movie) {
    this.movieId = movie.id;
    this.#version = movie.version;
    this.released = movie.status === 'RELEASED';
    this.dirty = false;
    this.keep();
    tell({ what: 'movie', id: movie.id, value: movie });
  }
}

const open = new Map<string, UploadDraft>();

export function draftFor(transfer: Transfer): UploadDraft {
  let found = open.get(transfer.key);
  if (!found) open.set(transfer.key, (found = new UploadDraft(transfer)));
  return found;
}
