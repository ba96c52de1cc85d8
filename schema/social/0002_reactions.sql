-- Reactions: one per person and thing.

CREATE TABLE title_like (
    movie_id   INTEGER NOT NULL,
    person_id  INTEGER NOT NULL,
    type       TEXT    NOT NULL CHECK (type IN ('LIKE', 'LOVE', 'LAUGH', 'ANGRY', 'SAD', 'WOW')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (movie_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE comment_like (
    comment_id INTEGER NOT NULL,
    person_id  INTEGER NOT NULL,
    type       TEXT    NOT NULL CHECK (type IN ('LIKE', 'LOVE', 'LAUGH', 'ANGRY', 'SAD', 'WOW')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (comment_id, person_id)
) STRICT, WITHOUT ROWID;
