-- Which words there are is not for the database to say: they grow.
CREATE TABLE report_new (
    id           INTEGER PRIMARY KEY,
    reporter_id  INTEGER NOT NULL,
    subject_kind TEXT    NOT NULL CHECK (length(subject_kind) <= 40),
    subject_id   INTEGER NOT NULL,
    owner_id     INTEGER NOT NULL, -- whose it was when it was reported
    report_type  TEXT    NOT NULL CHECK (length(report_type) <= 40),
    description  TEXT    CHECK (length(description) <= 2000),
    rank         INTEGER NOT NULL CHECK (rank BETWEEN 0 AND 3), -- place in the queue: 4 - priority
    status       TEXT    NOT NULL CHECK (length(status) <= 40),
    assigned_to  INTEGER,
    resolution   TEXT    CHECK (length(resolution) <= 2000),
    action_id    INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    resolved_at  INTEGER,
    CHECK (status <> 'UNDER_REVIEW' OR assigned_to IS NOT NULL)
) STRICT;
INSERT INTO report_new (id, reporter_id, subject_kind, subject_id, owner_id, report_type, description, rank, status, assigned_to, resolution, action_id, created_at, updated_at, resolved_at)
    SELECT id, reporter_id, subject_kind, subject_id, owner_id, report_type, description, rank, status, assigned_to, resolution, action_id, created_at, updated_at, resolved_at FROM report;
DROP TABLE report;
ALTER TABLE report_new RENAME TO report;
CREATE UNIQUE INDEX report_open ON report (reporter_id, subject_id, report_type) WHERE status IN ('PENDING', 'UNDER_REVIEW');
CREATE INDEX report_subject ON report (subject_id, status);
CREATE INDEX report_queue ON report (rank, created_at, id);
CREATE INDEX report_queue_status ON report (status, rank, created_at, id);
CREATE INDEX report_queue_assigned ON report (assigned_to, rank, created_at, id);
CREATE INDEX report_queue_type ON report (report_type, rank, created_at, id);
CREATE INDEX report_queue_kind ON report (subject_kind, rank, created_at, id);

CREATE TABLE moderation_audit_new (
    seq           INTEGER PRIMARY KEY,
    actor_id      INTEGER NOT NULL,
    what          TEXT    NOT NULL CHECK (length(what) <= 40),
    subject       TEXT    NOT NULL CHECK (length(subject) <= 200),
    reason        TEXT    NOT NULL CHECK (length(reason) <= 2000),
    at            INTEGER NOT NULL,
    previous_hash TEXT    NOT NULL,
    hash          TEXT    NOT NULL UNIQUE
) STRICT;
INSERT INTO moderation_audit_new (seq, actor_id, what, subject, reason, at, previous_hash, hash)
    SELECT seq, actor_id, what, subject, reason, at, previous_hash, hash FROM moderation_audit;
DROP TABLE moderation_audit;
ALTER TABLE moderation_audit_new RENAME TO moderation_audit;
