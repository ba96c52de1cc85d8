-- Which words there are is not for the database to say: they grow.
CREATE TABLE movie_new (
    id           INTEGER PRIMARY KEY,
    version      INTEGER NOT NULL CHECK (version >= 1),
    hidden       INTEGER NOT NULL CHECK (hidden IN (0, 1)),
    status       TEXT    NOT NULL CHECK (length(status) <= 40),
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
INSERT INTO movie_new (id, version, hidden, status, title, title_fold, description, release_date, duration, language, country, genres, cast_names, director, poster_url, is_adult, media_id, created_by, created_at, updated_at, released_at)
    SELECT id, version, hidden, status, title, title_fold, description, release_date, duration, language, country, genres, cast_names, director, poster_url, is_adult, media_id, created_by, created_at, updated_at, released_at FROM movie;
DROP TABLE movie;
ALTER TABLE movie_new RENAME TO movie;
