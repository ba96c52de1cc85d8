-- Reports and decisions know a subject, whatever it is: which kinds and effects there are is not for the database to say.
CREATE TABLE report_of_subject (
    id           INTEGER PRIMARY KEY,
    reporter_id  INTEGER NOT NULL,
    subject_kind TEXT    NOT NULL CHECK (length(subject_kind) <= 40),
    subject_id   INTEGER NOT NULL,
    owner_id     INTEGER NOT NULL, -- whose it was when it was reported
    report_type  TEXT    NOT NULL CHECK (length(report_type) <= 40),
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
INSERT INTO report_of_subject (id, reporter_id, subject_kind, subject_id, owner_id, report_type, description, rank, status, assigned_to, resolution, action_id, created_at, updated_at, resolved_at)
    SELECT id, reporter_id, content_type, content_id, owner_id, report_type, description, rank, status, assigned_to, resolution, action_id, created_at, updated_at, resolved_at FROM report;
DROP TABLE report;
ALTER TABLE report_of_subject RENAME TO report;
-- One open report per person, thing and reason.
CREATE UNIQUE INDEX report_open ON report (reporter_id, subject_id, report_type) WHERE status IN ('PENDING', 'UNDER_REVIEW');
CREATE INDEX report_subject ON report (subject_id, status);
-- The queue, whole and by each of its filters.
CREATE INDEX report_queue ON report (rank, created_at, id);
CREATE INDEX report_queue_status ON report (status, rank, created_at, id);
CREATE INDEX report_queue_assigned ON report (assigned_to, rank, created_at, id);
CREATE INDEX report_queue_type ON report (report_type, rank, created_at, id);
CREATE INDEX report_queue_kind ON report (subject_kind, rank, created_at, id);

CREATE TABLE action_on_subject (
    id            INTEGER PRIMARY KEY,
    action        TEXT    NOT NULL CHECK (length(action) <= 40),
    subject_kind  TEXT    NOT NULL CHECK (length(subject_kind) <= 40),
    subject_id    INTEGER NOT NULL,
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
INSERT INTO action_on_subject (id, action, subject_kind, subject_id, owner_id, report_id, moderator_id, reason, created_at, reverted_at, reverted_by, revert_reason)
    SELECT id, action, content_type, content_id, owner_id, report_id, moderator_id, reason, created_at, reverted_at, reverted_by, revert_reason FROM moderation_action;
DROP TABLE moderation_action;
ALTER TABLE action_on_subject RENAME TO moderation_action;
CREATE INDEX moderation_action_newest ON moderation_action (created_at, id);
CREATE INDEX moderation_action_standing ON moderation_action (subject_id) WHERE reverted_at IS NULL;
