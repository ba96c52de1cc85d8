// News: whoever learns that something is no longer what it was tells it here, and whoever shows it hears, in every tab of this browser.
// A change made in this tab, another tab and what asks the server again and again all come this way; who hears does not know which.
import type { Comment, Media, Movie, Report } from './api/types';

/** What there is news of, and what it then is. */
interface Values {
  movie: Movie;
  media: Media;
  /** One comment has changed. */
  comment: Comment;
  /** Those of a title are more by one. */
  comments: Comment;
  report: Report;
  /** A person's session here is over. */
  session: null;
  /** A person's comments that wait to be sent. */
  unsent: null;
}

export type What = keyof Values;

export interface News<W extends What = What> {
  what: W;
  id: string;
  /** Which part of it is new: of a title's comments, that one. */
  part?: string;
  /** What it is now where the teller knows, null where it is gone. Other tabs hear of the end, and else ask for themselves. */
  value?: Values[W] | null;
}

export type Hear<W extends What = What> = (news: News<W>, elsewhere: boolean) => void;

const kinds: Record<What, true> = { movie: true, media: true, comment: true, comments: true, report: true, session: true, unsent: true };
const hearers = new Map<string, Set<Hear>>();
const nameOf = (what: What, id?: string) => (id === undefined ? what : `${what}/${id}`);

/** `hear` is called with news of that subject, or of every one of its kind. Answers how to stop. */
export function on<W extends What>(what: W, id: string | undefined, hear: Hear<W>): () => void {
  const name = nameOf(what, id);
  const here = hearers.get(name) ?? new Set<Hear>();
  hearers.set(name, here.add(hear as unknown as Hear));
  return () => {
    here.delete(hear as unknown as Hear);
    if (!here.size && hearers.get(name) === here) hearers.delete(name);
  };
}

function deliver(news: News, elsewhere: boolean) {
  for (const name of [nameOf(news.what, news.id), nameOf(news.what)])
    for (const hear of [...(hearers.get(name) ?? [])]) hear(news, elsewhere);
}

/** Tells this tab at once, and the others of the same person. */
export function tell<W extends What>(news: News<W>) {
  const { what, id, part, value } = news;
  channel?.postMessage({ what, id, ...(part !== undefined && { part }), ...(value === null && { gone: true }), person: person() });
  deliver(news as News, false);
}

// --- other tabs ---

let person: () => string | null = () => null;

/** Says who is here: a tab believes only tabs of the same person. */
export function newsFor(whose: () => string | null) {
  person = whose;
}

const isId = (value: unknown): value is string => typeof value === 'string' && /^[1-9]\d{0,18}$/.test(value);

/** News out of a message, which may come from a page of another build; null where it is none, or another person's. */
export function newsIn(message: unknown): News | null {
  if (typeof message !== 'object' || message === null) return null;
  const { what, id, part, gone, person: whose } = message as Record<string, unknown>;
  if (whose !== person() || typeof what !== 'string' || !Object.hasOwn(kinds, what) || !isId(id)) return null;
  if ((part !== undefined && !isId(part)) || (gone !== undefined && gone !== true)) return null;
  return { what: what as What, id, ...(part !== undefined && { part }), ...(gone && { value: null }) };
}

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('mozi.news');
channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const news = newsIn(data);
  if (news) deliver(news, true);
});

// A message may come before what was kept: the box of unsent comments tells of itself when it can be read.
addEventListener('storage', ({ key }) => {
  const whose = /^mozi\.unsent\.(\d+)$/.exec(key ?? '')?.[1];
  if (whose && whose === person()) deliver({ what: 'unsent', id: whose }, true);
});
