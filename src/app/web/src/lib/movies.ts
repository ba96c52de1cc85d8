// Calls about titles.
import { get, type Query } from './api/client';
import { era, remember } from './cache';
import { span, year } from './format';
import { limits } from './api/limits';
import { poll, type Viewer } from './polling';
import type { Genre, Movie, MovieStatus, Page, SortBy, SortOrder, Year } from './api/types';

export interface MovieQuery extends Query {
  search?: string | null;
  genre?: string | null;
  createdBy?: string;
  year?: string | null;
  status?: MovieStatus | null;
  sortBy?: SortBy;
  sortOrder?: SortOrder;
  after?: string | null;
  limit?: number;
}

export const listMovies = (query: MovieQuery, signal?: AbortSignal) => get<Page<Movie>>('/api/movies', query, signal);
export const getMovie = (id: string, signal?: AbortSignal) => get<Movie>(`/api/movies/${encodeURIComponent(id)}`, undefined, signal);

/** Every page of a short list. */
async function whole<T>(path: string, query: Query, signal?: AbortSignal): Promise<T[]> {
  const found: T[] = [];
  for (let page = 1, pages = 1; page <= Math.min(pages, 5); page++) {
    const answer = await get<Page<T>>(path, { ...query, limit: limits.listGenres.limit.maximum, page }, signal);
    found.push(...answer.data);
    pages = answer.pagination.pages;
  }
  return found;
}

/** What is left of each genre under a search and years; and of each year under a search and genres. */
export const listGenres = (query: { search?: string; year?: string }, signal?: AbortSignal) => whole<Genre>('/api/genres', query, signal);
export const listYears = (query: { search?: string; genre?: string }, signal?: AbortSignal) => whole<Year>('/api/years', query, signal);

/** Genres that occur in these titles, the most frequent first. */
export function genresOf(movies: Movie[]): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const movie of movies) for (const genre of movie.genres) counts.set(genre, (counts.get(genre) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}

/** How long a title is, in seconds; 0 where nobody knows. */
export const lengthOf = (movie: Movie) => (movie.duration ? movie.duration * 60 : (movie.video?.durationSeconds ?? 0));

/** Year and length in few words, and whom it is not for. */
export const factsOf = ({ releaseDate, duration, isAdult }: Movie) =>
  [year(releaseDate), duration ? span(duration * 60) : '', isAdult ? '18+' : ''].filter(Boolean).join(', ');

/** Year and length, as the player writes them under the title. */
export const shortBill = (movie: Movie) =>
  [year(movie.releaseDate), lengthOf(movie) ? span(lengthOf(movie)) : ''].filter(Boolean).join('\u2003');

export const movieKey = (id: string) => `movie/${id}`;

/** Its video is on its way: it will play or stop. */
export const preparing = ({ video }: Movie) => video !== null && !video.playable && video.status !== 'FAILED';

/** Follows a title until its video plays or has stopped. */
export const pollMovie = (known: Movie, viewer: Viewer<Movie>) =>
  poll(
    'movie',
    known.id,
    {
      ask: (signal) => getMovie(known.id, signal),
      final: (movie) => !preparing(movie),
      state: ({ video }) => `${video?.status}/${video?.playable}`,
      known,
      every: 3000,
    },
    viewer,
  );

/** Loads a title and its screen ahead of a likely click. Silent. */
export async function prefetch(id: string): Promise<void> {
  void import('../screens/Film.svelte').catch(() => undefined);
  const asked = era();
  try {
    remember(movieKey(id), await getMovie(id), asked);
  } catch {
    // The click will say what is wrong.
  }
}
