-- Which words there are is not for the database to say: they grow.
CREATE TABLE medium_new (
    id         INTEGER PRIMARY KEY,
    owner_id   INTEGER NOT NULL,
    filename   TEXT    NOT NULL CHECK (length(filename) BETWEEN 1 AND 255),
    metadata   TEXT    NOT NULL CHECK (length(metadata) <= 4096),
    size       INTEGER CHECK (size >= 0),
    received   INTEGER NOT NULL DEFAULT 0 CHECK (received >= 0),
    status     TEXT    NOT NULL CHECK (length(status) <= 40),
    progress   REAL    NOT NULL DEFAULT 0,
    playable   INTEGER NOT NULL DEFAULT 0 CHECK (playable IN (0, 1)),
    poster     INTEGER NOT NULL DEFAULT 0 CHECK (poster IN (0, 1)),
    run        INTEGER NOT NULL DEFAULT 0,
    duration_s REAL,
    width      INTEGER,
    height     INTEGER,
    renditions TEXT    NOT NULL DEFAULT '[]' CHECK (length(renditions) <= 4096),
    reason     TEXT    NOT NULL DEFAULT '' CHECK (length(reason) <= 100),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    tracks      TEXT NOT NULL DEFAULT '{"sounds":[],"texts":[],"remarks":[]}' CHECK (length(tracks) <= 65536),
    added_texts TEXT NOT NULL DEFAULT '{"list":[]}' CHECK (length(added_texts) <= 16384)
) STRICT;
INSERT INTO medium_new (id, owner_id, filename, metadata, size, received, status, progress, playable, poster, run, duration_s, width, height, renditions, reason, created_at, expires_at, tracks, added_texts)
    SELECT id, owner_id, filename, metadata, size, received, status, progress, playable, poster, run, duration_s, width, height, renditions, reason, created_at, expires_at, tracks, added_texts FROM medium;
DROP TABLE medium;
ALTER TABLE medium_new RENAME TO medium;
CREATE INDEX medium_owner ON medium (owner_id, id);
CREATE INDEX medium_expiry ON medium (expires_at) WHERE expires_at IS NOT NULL;
