-- Reports, what was decided on them, and the record of who decided what.

CREATE TABLE report (
    id           INTEGER PRIMARY KEY,
    reporter_id  INTEGER NOT NULL,
    content_type TEXT    NOT NULL CHECK (content_type IN ('MOVIE', 'COMMENT', 'MEDIA', 'USER_PROFILE')),
    content_id   INTEGER NOT NULL,
    owner_id     INTEGER NOT NULL, -- whose it was when it was reported
    report_type  TEXT    NOT NULL CHECK (report_type IN ('SPAM', 'HARASSMENT', 'INAPPROPRIATE_CONTENT', 'COPYRIGHT_VIOLATION', 'HATE_SPEECH', 'THREAT', 'MISLEADING', 'OTHER')),
    description  TEXT    CHECK (length(description) <= 2000),
    rank         INTEGER NOT NULL CHECK (rank BETWEEN 0 AND 3), -- place in the queue: 4 - priority
    status       TEXT    NOT NULL CHECK (status IN ('PENDING', 'UNDER_REVIEW', 'RESOLVED', 'DISMISSED')),
    assigned_to  INTEGER,
    resolution   TEXT    CHECK (length(resolution) <= 2000),
    action_id    INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    resolved_at  INTEGER,
    CHECK ((status IN ('RESOLVED', 'DISMISSED')) = (resolved_at IS NOT NULL)),
    CHECK (status <> 'UNDER_REVIEW' OR assigned_to IS NOT NULL)
) STRICT;
-- One open report per person, thing and reason.
CREATE UNIQUE INDEX report_open ON report (reporter_id, content_type, content_id, report_type) WHERE status IN ('PENDING', 'UNDER_REVIEW');
CREATE INDEX report_content ON report (content_type, content_id, status);
-- The queue, whole and by each of its filters.
CREATE INDEX report_queue ON report (rank, created_at, id);
CREATE INDEX report_queue_status ON report (status, rank, created_at, id);
CREATE INDEX report_queue_assigned ON report (assigned_to, rank, created_at, id);
CREATE INDEX report_queue_type ON report (report_type, rank, created_at, id);
CREATE INDEX report_queue_content ON report (content_type, rank, created_at, id);

CREATE TABLE moderation_action (
    id            INTEGER PRIMARY KEY,
    action        TEXT    NOT NULL CHECK (action IN ('HIDE')),
    content_type  TEXT    NOT NULL CHECK (content_type IN ('MOVIE', 'COMMENT', 'MEDIA', 'USER_PROFILE')),
    content_id    INTEGER NOT NULL,
    owner_id      INTEGER NOT NULL,
    report_id     INTEGER NOT NULL,
    moderator_id  INTEGER NOT NULL,
    reason        TEXT    NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    created_at    INTEGER NOT NULL,
    reverted_at   INTEGER,
    reverted_by   INTEGER,
    revert_reason TEXT    CHECK (length(revert_reason) BETWEEN 1 AND 2000),
    CHECK ((reverted_at IS NULL) = (reverted_by IS NULL))
) STRICT;
CREATE INDEX moderation_action_newest ON moderation_action (created_at, id);
CREATE INDEX moderation_action_standing ON moderation_action (content_id, content_type) WHERE reverted_at IS NULL;

-- Append-only: each row's hash covers the row and the hash before it.
CREATE TABLE moderation_audit (
    seq           INTEGER PRIMARY KEY,
    actor_id      INTEGER NOT NULL,
    what          TEXT    NOT NULL CHECK (what IN ('REPORT_DISMISSED', 'CONTENT_HIDDEN', 'CONTENT_RESTORED')),
    subject       TEXT    NOT NULL CHECK (length(subject) <= 200),
    reason        TEXT    NOT NULL CHECK (length(reason) <= 2000),
    at            INTEGER NOT NULL,
    previous_hash TEXT    NOT NULL,
    hash          TEXT    NOT NULL UNIQUE
) STRICT;
