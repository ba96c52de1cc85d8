// The form of a title as text, and its way to and from what the server takes. Pure.
import { limits } from './api/limits';
import type { Movie } from './api/types';

export interface MovieDraft {
  title: string;
  description: string;
  releaseDate: string;
  duration: string;
  language: string;
  country: string;
  director: string;
  genres: string;
  cast: string;
  isAdult: boolean;
}

export const emptyDraft = (title = ''): MovieDraft => ({
  title,
  description: '',
  releaseDate: '',
  duration: '',
  language: '',
  country: '',
  director: '',
  genres: '',
  cast: '',
  isAdult: false,
});

export const draftOf = (m: Movie): MovieDraft => ({
  title: m.title,
  description: m.description ?? '',
  releaseDate: m.releaseDate?.slice(0, 10) ?? '',
  duration: m.duration ? String(m.duration) : '',
  language: m.language ?? '',
  country: m.country ?? '',
  director: m.director ?? '',
  genres: m.genres.join(', '),
  cast: m.cast.join(', '),
  isAdult: m.isAdult,
});

const list = (text: string) => [
  ...new Set(
    text
      .split(',')
      .map((t) => t.trim())
      .filter(Boolean),
  ),
];

/** The body of a create; empty fields are left out. */
export function bodyOf(d: MovieDraft): Record<string, unknown> {
  const minutes = Number(d.duration.trim());
  return {
    title: d.title.trim(),
    ...(d.description.trim() && { description: d.description.trim() }),
    ...(d.releaseDate && { releaseDate: d.releaseDate }),
    ...(d.duration.trim() && { duration: Number.isInteger(minutes) ? minutes : d.duration }),
    ...(d.language && { language: d.language }),
    ...(d.country && { country: d.country }),
    ...(d.director.trim() && { director: d.director.trim() }),
    genres: list(d.genres),
    cast: list(d.cast),
    isAdult: d.isAdult,
  };
}

/** What can be said without asking the server. */
export function faults(d: MovieDraft): Record<string, string> {
  const found: Record<string, string> = {};
  if (!d.title.trim()) found.title = 'It needs a title.';
  const minutes = Number(d.duration.trim());
  const { minimum, maximum } = limits.CreateMovie.duration;
  if (d.duration.trim() && !(Number.isInteger(minutes) && minutes >= minimum && minutes <= maximum))
    found.duration = `Whole minutes, such as 98; up to ${maximum}.`;
  return found;
}

/** "the_glass_tide_master_v3.mov" suggests "The glass tide master v3". */
export function titleFromFile(name: string): string {
  const words = name
    .replace(/\.[a-z0-9]{2,5}$/i, '')
    .replace(/[._]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words ? words[0]!.toLocaleUpperCase() + words.slice(1) : '';
}
