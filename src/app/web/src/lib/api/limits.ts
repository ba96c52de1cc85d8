// Lengths, numbers and choices of the server's own description. Made by `npm run api`, never by hand.

export const limits = {
  Adding: {
    language: { minLength: 2, maxLength: 35 },
    name: { maxLength: 100 },
    content: { minLength: 1, maxLength: 2097152 },
  },
  CreateComment: {
    content: { minLength: 1, maxLength: 1000 },
  },
  CreateMovie: {
    title: { minLength: 1, maxLength: 500 },
    description: { maxLength: 5000 },
    releaseDate: { minLength: 10, maxLength: 10 },
    duration: { minimum: 1, maximum: 2000 },
    language: { minLength: 2, maxLength: 2 },
    country: { minLength: 2, maxLength: 2 },
    genres: { maxItems: 10, items: { maxLength: 50 } },
    cast: { maxItems: 50, items: { maxLength: 100 } },
    director: { maxLength: 200 },
    posterUrl: { maxLength: 500 },
  },
  CreateReport: {
    description: { maxLength: 2000 },
  },
  Login: {
    emailOrUsername: { minLength: 1, maxLength: 254 },
    password: { minLength: 1, maxLength: 1024 },
  },
  OperatorAccount: {
    operatorToken: { minLength: 1, maxLength: 200 },
    email: { minLength: 3, maxLength: 254 },
    username: { minLength: 3, maxLength: 30, pattern: '^[A-Za-z0-9_]+$' },
    password: { minLength: 8, maxLength: 256 },
  },
  Refresh: {
    refreshToken: { minLength: 1, maxLength: 200 },
  },
  Register: {
    email: { minLength: 3, maxLength: 254 },
    username: { minLength: 3, maxLength: 30, pattern: '^[A-Za-z0-9_]+$' },
    password: { minLength: 8, maxLength: 256 },
    displayName: { minLength: 1, maxLength: 100 },
  },
  ResolveReport: {
    resolution: { minLength: 1, maxLength: 2000 },
  },
  RevertAction: {
    reason: { minLength: 1, maxLength: 2000 },
  },
  SetLogLevel: {
    operatorToken: { minLength: 1, maxLength: 200 },
    seconds: { minimum: 0, maximum: 86400 },
  },
  Setup: {
    token: { minLength: 1, maxLength: 200 },
    email: { minLength: 3, maxLength: 254 },
    username: { minLength: 3, maxLength: 30, pattern: '^[A-Za-z0-9_]+$' },
    password: { minLength: 8, maxLength: 256 },
    displayName: { minLength: 1, maxLength: 100 },
  },
  UpdateComment: {
    content: { minLength: 1, maxLength: 1000 },
  },
  UpdateMovie: {
    title: { minLength: 1, maxLength: 500 },
    description: { maxLength: 5000 },
    releaseDate: { minLength: 10, maxLength: 10 },
    duration: { minimum: 1, maximum: 2000 },
    language: { minLength: 2, maxLength: 2 },
    country: { minLength: 2, maxLength: 2 },
    genres: { maxItems: 10, items: { maxLength: 50 } },
    cast: { maxItems: 50, items: { maxLength: 100 } },
    director: { maxLength: 200 },
    posterUrl: { maxLength: 500 },
  },
  UpdateUser: {
    displayName: { minLength: 1, maxLength: 100 },
    bio: { maxLength: 500 },
    website: { maxLength: 500 },
    location: { maxLength: 100 },
    avatarUrl: { maxLength: 500 },
    coverImageUrl: { maxLength: 500 },
  },
  listGenres: {
    limit: { minimum: 1, maximum: 100 },
    search: { maxLength: 100 },
    year: { maxItems: 100, items: { minimum: 1, maximum: 9999 } },
  },
  listJobs: {
    limit: { minimum: 1, maximum: 100 },
  },
  cancelJob: {
    reason: { minLength: 1, maxLength: 1000 },
  },
  listMedia: {
    limit: { minimum: 1, maximum: 100 },
  },
  deleteMedia: {
    reason: { minLength: 1, maxLength: 1000 },
  },
  listModerationActions: {
    limit: { minimum: 1, maximum: 100 },
  },
  listMovies: {
    limit: { minimum: 1, maximum: 100 },
    search: { maxLength: 100 },
    genre: { maxItems: 10, items: { maxLength: 50 } },
    year: { maxItems: 100, items: { minimum: 1, maximum: 9999 } },
    createdBy: { minLength: 1, maxLength: 19 },
  },
  listComments: {
    limit: { minimum: 1, maximum: 100 },
  },
  listReports: {
    limit: { minimum: 1, maximum: 100 },
    priority: { minimum: 1, maximum: 4 },
  },
  getUploadDigest: {
    from: { minimum: 0 },
    to: { minimum: 1 },
  },
  listUsers: {
    limit: { minimum: 1, maximum: 100 },
    search: { minLength: 1, maxLength: 30, pattern: '^[A-Za-z0-9_]+$' },
  },
  listYears: {
    limit: { minimum: 1, maximum: 100 },
    search: { maxLength: 100 },
    genre: { maxItems: 10, items: { maxLength: 50 } },
  },
} as const;

export const choices = {
  Comment: {
    contentType: ['MOVIE', 'COMMENT', 'MEDIA', 'USER_PROFILE'],
    likedByMe: ['LIKE', 'LOVE', 'LAUGH', 'ANGRY', 'SAD', 'WOW'],
    tombstone: ['DELETED', 'HIDDEN'],
  },
  CreateMovie: {
    status: ['DRAFT', 'IN_PRODUCTION', 'POST_PRODUCTION', 'RELEASED', 'CANCELLED'],
  },
  CreateReport: {
    contentType: ['MOVIE', 'COMMENT', 'MEDIA', 'USER_PROFILE'],
    reportType: ['SPAM', 'HARASSMENT', 'INAPPROPRIATE_CONTENT', 'COPYRIGHT_VIOLATION', 'HATE_SPEECH', 'THREAT', 'MISLEADING', 'OTHER'],
  },
  Instance: {
    whoCreates: ['MEMBERS', 'MODERATORS'],
    registration: ['OPEN', 'CLOSED'],
  },
  JobView: {
    priority: ['LOW', 'NORMAL', 'HIGH'],
  },
  LogLevelNow: {
    level: ['debug', 'info', 'warn', 'error'],
  },
  MediaView: {
    status: ['UPLOADING', 'PROCESSING', 'READY', 'FAILED'],
  },
  ModerationAction: {
    action: ['HIDE'],
    contentType: ['MOVIE', 'COMMENT', 'MEDIA', 'USER_PROFILE'],
  },
  Movie: {
    status: ['DRAFT', 'IN_PRODUCTION', 'POST_PRODUCTION', 'RELEASED', 'CANCELLED'],
  },
  MovieVideo: {
    status: ['UPLOADING', 'PROCESSING', 'READY', 'FAILED'],
  },
  Notice: {
    kind: ['SIGN_IN_FAILED', 'SIGN_IN_LOCKED', 'REFRESH_REPLAYED'],
  },
  OperatorAccount: {
    role: ['VISITOR', 'USER', 'MODERATOR', 'ADMIN'],
  },
  PutJob: {
    priority: ['LOW', 'NORMAL', 'HIGH'],
  },
  ReactionView: {
    type: ['LIKE', 'LOVE', 'LAUGH', 'ANGRY', 'SAD', 'WOW'],
  },
  Rendition: {
    status: ['WAITING', 'PROCESSING', 'READY'],
  },
  Report: {
    contentType: ['MOVIE', 'COMMENT', 'MEDIA', 'USER_PROFILE'],
    reportType: ['SPAM', 'HARASSMENT', 'INAPPROPRIATE_CONTENT', 'COPYRIGHT_VIOLATION', 'HATE_SPEECH', 'THREAT', 'MISLEADING', 'OTHER'],
    status: ['PENDING', 'UNDER_REVIEW', 'RESOLVED', 'DISMISSED'],
  },
  ReportedContent: {
    type: ['MOVIE', 'COMMENT', 'MEDIA', 'USER_PROFILE'],
  },
  ResolveReport: {
    action: ['NONE', 'HIDE'],
  },
  ResolvedReport: {
    contentType: ['MOVIE', 'COMMENT', 'MEDIA', 'USER_PROFILE'],
    reportType: ['SPAM', 'HARASSMENT', 'INAPPROPRIATE_CONTENT', 'COPYRIGHT_VIOLATION', 'HATE_SPEECH', 'THREAT', 'MISLEADING', 'OTHER'],
    status: ['PENDING', 'UNDER_REVIEW', 'RESOLVED', 'DISMISSED'],
  },
  SetLogLevel: {
    level: ['debug', 'info', 'warn', 'error'],
  },
  SetReaction: {
    type: ['LIKE', 'LOVE', 'LAUGH', 'ANGRY', 'SAD', 'WOW'],
  },
  UpdateMovie: {
    status: ['DRAFT', 'IN_PRODUCTION', 'POST_PRODUCTION', 'RELEASED', 'CANCELLED'],
  },
  User: {
    role: ['VISITOR', 'USER', 'MODERATOR', 'ADMIN'],
    status: ['ACTIVE', 'SUSPENDED', 'BANNED', 'PENDING_VERIFICATION', 'DELETED'],
  },
  listMovies: {
    status: ['DRAFT', 'IN_PRODUCTION', 'POST_PRODUCTION', 'RELEASED', 'CANCELLED'],
    sortBy: ['createdAt', 'title', 'releaseDate'],
    sortOrder: ['asc', 'desc'],
  },
  listComments: {
    sortBy: ['createdAt'],
    sortOrder: ['asc', 'desc'],
  },
  listReports: {
    status: ['PENDING', 'UNDER_REVIEW', 'RESOLVED', 'DISMISSED'],
    reportType: ['SPAM', 'HARASSMENT', 'INAPPROPRIATE_CONTENT', 'COPYRIGHT_VIOLATION', 'HATE_SPEECH', 'THREAT', 'MISLEADING', 'OTHER'],
    contentType: ['MOVIE', 'COMMENT', 'MEDIA', 'USER_PROFILE'],
  },
  listUsers: {
    role: ['VISITOR', 'USER', 'MODERATOR', 'ADMIN'],
  },
} as const;
