// What a person chose about sound and text: by language for every film, moved in time for one film and track.
import { keep, recall } from '../lib/storage';
import type { Wish } from './tracks';

export const sizes = ['S', 'M', 'L', 'XL'] as const;
export const grounds = ['None', 'Shade', 'Box'] as const;

export interface Choices {
  sound: Wish | null;
  /** Null where the person never chose. */
  text: Wish | 'off' | null;
  size: (typeof sizes)[number];
  ground: (typeof grounds)[number];
  /** Loud and quiet are brought nearer to each other. */
  even: boolean;
  /** Subtitles are said to a screen reader as well. */
  aloud: boolean;
}

const plain: Choices = { sound: null, text: null, size: 'M', ground: 'Box', even: false, aloud: false };
const name = (what: string, person: string | null) => `mozi.${what}.${person ?? 'guest'}`;

export const choicesOf = (person: string | null): Choices => ({ ...plain, ...recall<Partial<Choices>>(name('choices', person)) });

export const keepChoices = (person: string | null, choices: Choices) => keep(name('choices', person), choices);

const limit = 200;
type Offset = [key: string, seconds: number];

export function offsetOf(person: string | null, key: string): number {
  return recall<Offset[]>(name('offsets', person))?.find(([k]) => k === key)?.[1] ?? 0;
}

/** Keeps how far the text of one film and track is moved; 0 forgets it. */
export function keepOffset(person: string | null, key: string, seconds: number) {
  const others = (recall<Offset[]>(name('offsets', person)) ?? []).filter(([k]) => k !== key);
  keep(name('offsets', person), (seconds ? [[key, seconds] as Offset, ...others] : others).slice(0, limit));
}
