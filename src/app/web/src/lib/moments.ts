// Times written in comments ("00:12:40") and how far a person has come in a film. Pure except for storage.
import { keep, recall } from './storage';

export type Piece = { text: string } | { text: string; seconds: number };

const stamp = /(?<![\d:])(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d)(?![\d:])/g;

/** Splits a text into plain pieces and moments. 12:40 and 00:12:40 both count. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(stamp)) {
    const at = match.index;
    if (at > from) found.push({ text: text.slice(from, at) });
    const seconds = Number(match[1] ?? 0) * 3600 + Number(match[2]) * 60 + Number(match[3]);
    found.push({ text: match[0], seconds });
    from = at + match[0].length;
  }
  if (from < text.length) found.push({ text: text.slice(from) });
  return found;
}

/** The first moment named in a text, in seconds. */
export function firstMoment(text: string): number | null {
  for (const piece of pieces(text)) if ('seconds' in piece) return piece.seconds;
  return null;
}

export interface Place {
  id: string;
  title: string;
  posterUrl: string | null;
  stillUrl: string | null;
  at: number;
  duration: number;
  when: number;
}

const limit = 40;
const name = (person: string | null) => `mozi.places.${person ?? 'guest'}`;

/** Films begun in this browser by this person, latest first. */
export function places(person: string | null): Place[] {
  return recall<Place[]>(name(person)) ?? [];
}

export function placeOf(person: string | null, id: string): Place | null {
  return places(person).find((p) => p.id === id) ?? null;
}

/** Seen to within the last 3 % (or 20 s) counts as finished. */
export function finished(place: Place): boolean {
  return place.duration > 0 && place.at >= place.duration - Math.max(20, place.duration * 0.03);
}

export function keepPlace(person: string | null, place: Place) {
  keep(name(person), [place, ...places(person).filter((p) => p.id !== place.id)].slice(0, limit));
}

export function dropPlace(person: string | null, id: string) {
  keep(
    name(person),
    places(person).filter((p) => p.id !== id),
  );
}
