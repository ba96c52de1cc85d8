// Words for the server's enumerations.
import type {
  MediaStatus,
  MovieStatus,
  Notice,
  NoticeKind,
  ReactionType,
  Report,
  ReportStatus,
  ReportType,
  ReportedKind,
  Role,
} from './api/types';
import { phrase } from './bidi';

const movie: Record<MovieStatus, string> = {
  DRAFT: 'Draft',
  IN_PRODUCTION: 'In production',
  POST_PRODUCTION: 'Post-production',
  RELEASED: 'Released',
  CANCELLED: 'Cancelled',
};
export const statusWord = (s: MovieStatus) => movie[s] ?? s;

const media: Record<MediaStatus, string> = {
  UPLOADING: 'Arriving',
  PROCESSING: 'Converting',
  READY: 'Ready',
  FAILED: 'Stopped',
};
export const mediaWord = (s: MediaStatus) => media[s] ?? s;

/** In the order in which they are offered. */
const reason: Record<ReportType, { name: string; hint: string }> = {
  SPAM: { name: 'Spam', hint: 'Advertising, or the same again and again' },
  HARASSMENT: { name: 'Harassment', hint: 'Aimed at a person, to hurt' },
  HATE_SPEECH: { name: 'Hate', hint: 'Against people for what they are' },
  THREAT: { name: 'Threat', hint: 'Announces harm' },
  INAPPROPRIATE_CONTENT: { name: 'Not fit for this place', hint: 'Cruel or explicit without warning' },
  COPYRIGHT_VIOLATION: { name: 'Not theirs to share', hint: 'Copyright of somebody else' },
  MISLEADING: { name: 'Misleading', hint: 'Passes for something it is not' },
  OTHER: { name: 'Something else', hint: 'Say what, below' },
};
export const reasons = (Object.keys(reason) as ReportType[]).map((type) => ({ type, ...reason[type] }));
export const reasonWord = (t: ReportType) => reason[t]?.name ?? t;

const roles: Record<Role, string> = { VISITOR: 'Visitor', USER: 'Member', MODERATOR: 'Moderator', ADMIN: 'Administrator' };
export const roleWord = (r: Role) => roles[r] ?? r;

const notices: Record<NoticeKind, (times: number) => string> = {
  SIGN_IN_FAILED: (times) => (times === 1 ? 'A wrong password' : `${times} wrong passwords`),
  SIGN_IN_LOCKED: () => 'Too many wrong passwords: signing in from there had to wait',
  REFRESH_REPLAYED: () => 'A sign-in was used in two places at once, and ended',
};
export const noticeWord = ({ kind, times }: Pick<Notice, 'kind' | 'times'>) => notices[kind]?.(times) ?? kind;

const report: Record<ReportStatus, string> = {
  PENDING: 'Waiting',
  UNDER_REVIEW: 'Under review',
  RESOLVED: 'Decided',
  DISMISSED: 'Dismissed',
};
export const reportWord = (s: ReportStatus) => report[s] ?? s;

/** Kinds that people call otherwise than the API does. */
const kinds: Partial<Record<ReportedKind, string>> = { MOVIE: 'title', MEDIA: 'video', USER_PROFILE: 'profile' };
export const kindWord = (k: ReportedKind) => kinds[k] ?? k.toLowerCase().replaceAll('_', ' ');

const reaction: Record<ReactionType, string> = { LIKE: 'Like', LOVE: 'Love', LAUGH: 'Laugh', WOW: 'Wow', SAD: 'Sad', ANGRY: 'Angry' };
export const reactionWord = (t: ReactionType) => reaction[t] ?? t;
/** In the order in which they are offered. */
export const reactionTypes = Object.keys(reaction) as ReactionType[];

export const nameOf = (person: { displayName: string | null; username: string } | null | undefined) =>
  person ? person.displayName || person.username : 'Somebody who left';

/** What a report is about: "the title Night train", "the comment by Ines". */
export function thingOf({ contentType, content }: Report): string {
  const kind = kindWord(contentType);
  if (contentType === 'MOVIE' && content?.title) return phrase`the ${kind} ${content.title}`;
  return content?.author ? phrase`the ${kind} by ${nameOf(content.author)}` : `the ${kind}`;
}

/** Those that people choose from; what a film already has comes beside them. */
export const languages = [
  'en',
  'hu',
  'de',
  'fr',
  'es',
  'it',
  'pt',
  'nl',
  'pl',
  'cs',
  'sk',
  'ro',
  'sv',
  'no',
  'da',
  'fi',
  'uk',
  'ru',
  'tr',
  'el',
  'ar',
  'he',
  'fa',
  'hi',
  'zh',
  'ja',
  'ko',
];
