-- Comments under titles: a tree per title, whose counts move in the transaction that moves the rows.

CREATE TABLE comment (
    id         INTEGER PRIMARY KEY,
    movie_id   INTEGER NOT NULL,
    parent_id  INTEGER NOT NULL DEFAULT 0, -- 0: top level
    depth      INTEGER NOT NULL CHECK (depth BETWEEN 0 AND 8),
    author_id  INTEGER NOT NULL,
    content    TEXT    NOT NULL CHECK (length(content) <= 1000),
    is_edited  INTEGER NOT NULL DEFAULT 0 CHECK (is_edited IN (0, 1)),
    is_deleted INTEGER NOT NULL DEFAULT 0 CHECK (is_deleted IN (0, 1)),
    is_hidden  INTEGER NOT NULL DEFAULT 0 CHECK (is_hidden IN (0, 1)), -- comment_hidden_by has a row for it
    is_listed  INTEGER NOT NULL DEFAULT 1 CHECK (is_listed IN (0, 1)), -- shown, or a tombstone above something listed
    version    INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (is_deleted = 0 OR content = '')
) STRICT;
-- What everybody's lists read, and what moderators' lists read.
CREATE INDEX comment_listed ON comment (movie_id, parent_id, is_listed, created_at, id);
CREATE INDEX comment_all ON comment (movie_id, parent_id, created_at, id);

CREATE TABLE comment_count (
    comment_id     INTEGER PRIMARY KEY,
    likes          INTEGER NOT NULL DEFAULT 0 CHECK (likes >= 0),
    replies        INTEGER NOT NULL DEFAULT 0 CHECK (replies >= 0),        -- neither hidden nor deleted
    listed_replies INTEGER NOT NULL DEFAULT 0 CHECK (listed_replies >= 0), -- with tombstones
    kept_replies   INTEGER NOT NULL DEFAULT 0 CHECK (kept_replies >= 0)    -- rows
) STRICT;

CREATE TABLE title_count (
    movie_id INTEGER PRIMARY KEY,
    likes    INTEGER NOT NULL DEFAULT 0 CHECK (likes >= 0),
    comments INTEGER NOT NULL DEFAULT 0 CHECK (comments >= 0),   -- of any depth, neither hidden nor deleted
    listed_top INTEGER NOT NULL DEFAULT 0 CHECK (listed_top >= 0),
    kept_top INTEGER NOT NULL DEFAULT 0 CHECK (kept_top >= 0),
    is_gone  INTEGER NOT NULL DEFAULT 0 CHECK (is_gone IN (0, 1)) -- the title was deleted: nothing is added any more
) STRICT;

CREATE TABLE comment_hidden_by (
    comment_id INTEGER NOT NULL,
    action_id  INTEGER NOT NULL,
    PRIMARY KEY (comment_id, action_id)
) STRICT, WITHOUT ROWID;
