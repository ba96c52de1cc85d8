-- Titles, their genres, the shelves that lists are read from, and what moderation hides.

CREATE TABLE movie (
    id           INTEGER PRIMARY KEY,
    version      INTEGER NOT NULL CHECK (version >= 1),
    hidden       INTEGER NOT NULL CHECK (hidden IN (0, 1)),
    status       TEXT    NOT NULL CHECK (status IN ('DRAFT', 'IN_PRODUCTION', 'POST_PRODUCTION', 'RELEASED', 'CANCELLED')),
    title        TEXT    NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    title_fold   TEXT    NOT NULL CHECK (length(title_fold) <= 9000),
    description  TEXT    CHECK (length(description) <= 5000),
    release_date TEXT    CHECK (length(release_date) = 10),
    duration     INTEGER CHECK (duration BETWEEN 1 AND 2000),
    language     TEXT    CHECK (length(language) = 2),
    country      TEXT    CHECK (length(country) = 2),
    genres       TEXT    NOT NULL CHECK (length(genres) <= 10000),
    cast_names   TEXT    NOT NULL CHECK (length(cast_names) <= 40000),
    director     TEXT    CHECK (length(director) <= 200),
    poster_url   TEXT    CHECK (length(poster_url) <= 500),
    is_adult     INTEGER NOT NULL CHECK (is_adult IN (0, 1)),
    media_id     INTEGER,
    created_by   INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    released_at  INTEGER
) STRICT;

-- A genre's name is as it was first written. `genres` of a movie is a copy of the names for reads of one row.
CREATE TABLE genre (
    slug       TEXT NOT NULL PRIMARY KEY CHECK (length(slug) BETWEEN 1 AND 150),
    name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 50),
    created_at INTEGER NOT NULL
) STRICT;

-- Every list is a walk along one shelf in one state: kind 0 all titles, 1 a year, 2 a genre (its slug), 3 a person's own.
-- State 0-4 is the status in the order above, 5 hidden whatever the status, 6 (own only) everything that is not hidden.
-- Titles without a date come last both ways: date_down is '' for them, date_up '9999-99-99'.
CREATE TABLE movie_shelf (
    kind      INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),
    shelf     TEXT    NOT NULL CHECK (length(shelf) <= 150),
    state     INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6),
    movie_id  INTEGER NOT NULL,
    title_key TEXT    NOT NULL CHECK (length(title_key) <= 96),
    date_down TEXT    NOT NULL CHECK (length(date_down) <= 10),
    date_up   TEXT    NOT NULL CHECK (length(date_up) = 10),
    PRIMARY KEY (kind, shelf, state, movie_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX movie_shelf_title ON movie_shelf (kind, shelf, state, title_key, movie_id);
CREATE INDEX movie_shelf_date_down ON movie_shelf (kind, shelf, state, date_down, movie_id);
CREATE INDEX movie_shelf_date_up ON movie_shelf (kind, shelf, state, date_up, movie_id);

-- How many titles stand on each shelf, so that no list has to count.
CREATE TABLE shelf_count (
    kind   INTEGER NOT NULL,
    shelf  TEXT    NOT NULL,
    state  INTEGER NOT NULL,
    titles INTEGER NOT NULL CHECK (titles >= 0),
    PRIMARY KEY (kind, shelf, state)
) STRICT, WITHOUT ROWID;
CREATE INDEX shelf_count_most ON shelf_count (kind, state, titles, shelf);

-- Hidden while any action stands.
CREATE TABLE movie_hidden_by (
    movie_id  INTEGER NOT NULL,
    action_id INTEGER NOT NULL,
    PRIMARY KEY (movie_id, action_id)
) STRICT, WITHOUT ROWID;
