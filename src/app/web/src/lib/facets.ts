// What a list of titles can be narrowed by, as it stands in the address: several choices with commas. Pure.
import { limits } from './api/limits';

/** The choices of a value in the address, none twice. */
export const choices = (text: string | null | undefined) => [
  ...new Set(
    (text ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  ),
];

/** The value for the address with one choice added or taken away. */
export function toggled(text: string | null | undefined, choice: string): string {
  const all = choices(text);
  return (all.includes(choice) ? all.filter((other) => other !== choice) : [...all, choice]).join(',');
}

/** "1990s" for 1994. */
export const decadeOf = (year: number) => `${Math.floor(year / 10)}0s`;

const decade = /^(\d{1,3}0)s$/;
const single = /^\d{1,4}$/;

/** The choices of years and decades: a year stands for its decade where both are named, so that more words never widen. */
export function yearChoices(text: string | null | undefined): string[] {
  const all = choices(text);
  const within = new Set(all.filter((choice) => single.test(choice)).map((year) => decadeOf(Number(year))));
  return all.filter((choice) => !within.has(choice));
}

/** The value for the address with this year in the place of another, and of its decade; none for "". */
export const withYear = (text: string | null | undefined, year: string, before: string) =>
  yearChoices([...choices(text).filter((choice) => choice !== before), year].join(',')).join(',');

/** The value for the address with a decade added, in the place of years in it, or taken away. */
export const withDecade = (text: string | null | undefined, choice: string) =>
  toggled(
    choices(text)
      .filter((other) => !single.test(other) || decadeOf(Number(other)) !== choice)
      .join(','),
    choice,
  );

const { maxItems: most, items: one } = limits.listMovies.year;

/** "1990s,1974" as the single years that the server is asked for; what is neither is left out. */
export function yearsOf(text: string | null | undefined): number[] {
  const found = new Set<number>();
  for (const choice of yearChoices(text)) {
    const start = decade.exec(choice)?.[1];
    if (start) for (let year = Number(start); year < Number(start) + 10; year++) found.add(year);
    else if (single.test(choice)) found.add(Number(choice));
  }
  return [...found].filter((year) => year >= one.minimum && year <= one.maximum).slice(0, most);
}

export interface Option {
  /** What stands for it in the address; of a chosen one, as it stands there. */
  key: string;
  name: string;
  /** How many titles it would leave; null while that is not known. */
  count: number | null;
  chosen: boolean;
}

/** Decades with titles, the latest first; `now` says how many are left, what it does not name has none; null: not known yet. */
export function decadeOptions(all: { year: number }[], now: { year: number; titlesCount: number }[] | null, chosen: string[]): Option[] {
  const none = now ? 0 : null;
  const counts = new Map<string, number | null>();
  for (const { year } of all) counts.set(decadeOf(year), none);
  for (const { year, titlesCount } of now ?? []) counts.set(decadeOf(year), (counts.get(decadeOf(year)) ?? 0) + titlesCount);
  for (const choice of chosen) if (decade.test(choice) && !counts.has(choice)) counts.set(choice, none);
  return [...counts]
    .map(([key, count]) => ({ key, name: key, count, chosen: chosen.includes(key) }))
    .sort((a, b) => parseInt(b.key) - parseInt(a.key));
}

interface Genre {
  name: string;
  slug: string;
  titlesCount: number;
}

/** Genres in the order of the whole catalogue, so that no box moves under the hand; a chosen one that is unknown stands first. */
export function genreOptions(all: Genre[], now: Genre[] | null, chosen: string[]): Option[] {
  const none = now ? 0 : null;
  const left = new Map(now?.map((genre) => [genre.slug, genre.titlesCount]));
  const slugs = new Set(all.map((genre) => genre.slug));
  const rest = new Set(chosen);
  const options = [...all, ...(now ?? []).filter((genre) => !slugs.has(genre.slug))].map(({ name, slug }) => {
    const choice = chosen.find((one) => [slug, name.toLowerCase()].includes(one.toLowerCase()));
    if (choice) rest.delete(choice);
    return { key: choice ?? slug, name, count: left.get(slug) ?? none, chosen: choice !== undefined };
  });
  return [...[...rest].map((name) => ({ key: name, name, count: none, chosen: true })), ...options];
}
