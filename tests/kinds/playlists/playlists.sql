-- Playlists, a kind of thing that is made up (tests/kinds/run.sh).
CREATE TABLE playlist (
    id         INTEGER PRIMARY KEY,
    owner_id   INTEGER NOT NULL,
    title      TEXT    NOT NULL CHECK (length(title) <= 200),
    hidden     INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX playlist_hidden ON playlist (id) WHERE hidden = 1;
