-- Comments and reactions know a subject, whatever it is. One table of reactions, one of counts.
ALTER TABLE comment RENAME COLUMN movie_id TO subject_id;
ALTER TABLE comment ADD COLUMN subject_kind TEXT NOT NULL DEFAULT 'MOVIE';

INSERT INTO effect (subject_id, action_id, effect) SELECT comment_id, action_id, 'HIDE' FROM comment_hidden_by;
DROP TABLE comment_hidden_by;

CREATE TABLE reaction (
    subject_id INTEGER NOT NULL,
    person_id  INTEGER NOT NULL,
    type       TEXT    NOT NULL CHECK (length(type) <= 20),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (subject_id, person_id)
) STRICT, WITHOUT ROWID;
INSERT INTO reaction (subject_id, person_id, type, created_at) SELECT movie_id, person_id, type, created_at FROM title_like;
INSERT INTO reaction (subject_id, person_id, type, created_at) SELECT comment_id, person_id, type, created_at FROM comment_like;
DROP TABLE title_like;
DROP TABLE comment_like;

-- Of a thing people comment on: everything below it. Of a comment: its direct replies.
CREATE TABLE subject_count (
    subject_id INTEGER PRIMARY KEY,
    likes      INTEGER NOT NULL DEFAULT 0 CHECK (likes >= 0),
    comments   INTEGER NOT NULL DEFAULT 0 CHECK (comments >= 0), -- neither hidden nor deleted
    listed     INTEGER NOT NULL DEFAULT 0 CHECK (listed >= 0),   -- right below it, with tombstones
    kept       INTEGER NOT NULL DEFAULT 0 CHECK (kept >= 0),     -- right below it, rows
    is_gone    INTEGER NOT NULL DEFAULT 0 CHECK (is_gone IN (0, 1)) -- nothing is added any more
) STRICT;
INSERT INTO subject_count (subject_id, likes, comments, listed, kept, is_gone) SELECT movie_id, likes, comments, listed_top, kept_top, is_gone FROM title_count;
INSERT INTO subject_count (subject_id, likes, comments, listed, kept, is_gone) SELECT n.comment_id, n.likes, n.replies, n.listed_replies, n.kept_replies, c.is_deleted FROM comment_count n JOIN comment c ON c.id = n.comment_id;
DROP TABLE title_count;
DROP TABLE comment_count;
