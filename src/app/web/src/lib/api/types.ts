// Short names for the shapes of the server's answers. They are generated (`npm run api`) from the server's own
// description, and so are its limits and choices as values, in limits.ts; nothing is declared twice.
import type { choices } from './limits';
import type { components } from './schema';

type Schemas = components['schemas'];

export type Instance = Schemas['Instance'];
export type User = Schemas['User'];
export type Role = User['role'];
export type Tokens = Schemas['Tokens'];
export type Session = Schemas['Session'];
export type Notice = Schemas['Notice'];
export type NoticeKind = Notice['kind'];
/** The description leaves the reaction a plain string; it is one of the six. */
export type Movie = Omit<Schemas['Movie'], 'likedByMe'> & { likedByMe: ReactionType | null };
export type MovieStatus = Movie['status'];
export type Video = Schemas['MovieVideo'];
export type Comment = Schemas['Comment'];
export type Genre = Schemas['Genre'];
export type Year = Schemas['Year'];
export type Media = Schemas['MediaView'];
export type MediaStatus = Media['status'];
export type Rendition = Schemas['Rendition'];
export type Report = Schemas['Report'];
export type ResolvedReport = Schemas['ResolvedReport'];
export type ReportedContent = Schemas['ReportedContent'];
export type ReportStatus = Report['status'];
export type ReportType = Report['reportType'];
export type ReportedKind = Report['contentType'];
export type ModerationAction = Schemas['ModerationAction'];
/** What a moderator decides about a report. */
export type Decision = Schemas['ResolveReport']['action'];
export type SortBy = (typeof choices.listMovies.sortBy)[number];
export type SortOrder = (typeof choices.listMovies.sortOrder)[number];
export type ReportSummary = Schemas['ReportSummary'];
export type ReactionType = Schemas['ReactionView']['type'];
export type FieldError = Schemas['Problem']['errors'][number];

/** What every mention of a person has; names may be missing where the server only knows an id. */
export interface Person {
  id: string;
  username: string;
  displayName: string | null;
  avatarUrl: string | null;
}

export interface Page<T> {
  data: T[];
  pagination: Schemas['Pagination'];
}
