// The shapes of the server's answers that the interface uses.
export type Role = 'USER' | 'MODERATOR' | 'ADMIN';
export type ReactionType = 'LIKE' | 'LOVE' | 'LAUGH' | 'WOW' | 'SAD' | 'ANGRY';
export type MovieStatus = 'DRAFT' | 'IN_PRODUCTION' | 'POST_PRODUCTION' | 'RELEASED' | 'CANCELLED';
export type MediaStatus = 'UPLOADING' | 'PROCESSING' | 'READY' | 'FAILED';
export type ReportStatus = 'PENDING' | 'UNDER_REVIEW' | 'RESOLVED' | 'DISMISSED';
export type ReportType =
  | 'SPAM' | 'HARASSMENT' | 'INAPPROPRIATE_CONTENT' | 'COPYRIGHT_VIOLATION'
  | 'HATE_SPEECH' | 'THREAT' | 'MISLEADING' | 'OTHER';
export type ReportedKind = 'MOVIE' | 'COMMENT' | 'MEDIA' | 'USER_PROFILE';

export interface Instance {
  name: string;
  version: string;
  visitorsRead: boolean;
  whoCreates: 'MEMBERS' | 'MODERATORS';
  registration: 'OPEN' | 'CLOSED';
  setupPending: boolean;
  maxUploadBytes: number;
}

export interface Person {
  id: string;
  username: string;
  displayName: string | null;
  avatarUrl: string | null;
}

export interface User extends Person {
  email?: string;
  role: Role;
  status: string;
  bio: string | null;
  firstName?: string | null;
  lastName?: string | null;
  website?: string | null;
  location?: string | null;
  visibility?: string;
  createdAt: string;
}

export interface Tokens {
  accessToken: string;
  refreshToken: string | null;
  expiresAt: string;
  refreshExpiresAt: string;
}

export interface Video {
  mediaId: string;
  status: MediaStatus;
  playable: boolean;
  hlsUrl: string | null;
  posterUrl: string | null;
  durationSeconds: number | null;
}

export interface Movie {
  id: string;
  title: string;
  description: string | null;
  releaseDate: string | null;
  duration: number | null;
  language: string | null;
  country: string | null;
  genres: string[];
  cast: string[];
  director: string | null;
  posterUrl: string | null;
  isAdult: boolean;
  status: MovieStatus;
  mediaId: string | null;
  version: number;
  likesCount: number;
  commentsCount: number;
  likedByMe: ReactionType | null;
  createdBy: Person | null;
  createdAt: string;
  updatedAt: string;
  video: Video | null;
  canEdit: boolean;
}

export interface Comment {
  id: string;
  movieId: string;
  parentId: string | null;
  content: string;
  author: Person | null;
  likesCount: number;
  repliesCount: number;
  likedByMe: ReactionType | null;
  isEdited: boolean;
  isDeleted: boolean;
  createdAt: string;
  updatedAt: string;
}

export interface Rendition {
  name: string;
  height: number | null;
  status: string;
  progress: number;
}

export interface Media {
  id: string;
  filename: string;
  size: number;
  status: MediaStatus;
  progress: number;
  playable: boolean;
  hlsUrl: string | null;
  posterUrl: string | null;
  durationSeconds: number | null;
  width: number | null;
  height: number | null;
  renditions: Rendition[];
  error: string | { id?: string; message?: string } | null;
  createdAt?: string;
}

export interface Report {
  id: string;
  contentType: ReportedKind;
  contentId: string;
  reportType: ReportType;
  description: string | null;
  priority: number;
  status: ReportStatus;
  reporter: Person | null;
  assignedTo: Person | null;
  resolution: string | null;
  actionId: string | null;
  actionReverted: boolean;
  createdAt: string;
  content: ReportedContent | null;
}

export interface ReportedContent {
  type: ReportedKind;
  id: string;
  title?: string | null;
  text?: string | null;
  author?: Person | null;
  hidden: boolean;
  url?: string | null;
}

export interface Session {
  id: string;
  current?: boolean;
  isCurrent?: boolean;
  userAgent?: string | null;
  ipAddress?: string | null;
  createdAt: string;
  lastActiveAt?: string | null;
  lastUsedAt?: string | null;
  expiresAt?: string | null;
}

export interface Page<T> {
  data: T[];
  pagination: { page: number; limit: number; total: number; pages: number; nextCursor: string | null };
}

export interface FieldError {
  pointer: string;
  id: string;
  message: string;
}
