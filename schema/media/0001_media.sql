-- Media: uploads on their way, what became of them, the work still to do, and which titles show them.

CREATE TABLE medium (
    id         INTEGER PRIMARY KEY,
    owner_id   INTEGER NOT NULL,
    filename   TEXT    NOT NULL CHECK (length(filename) BETWEEN 1 AND 255),
    metadata   TEXT    NOT NULL CHECK (length(metadata) <= 4096),
    size       INTEGER CHECK (size >= 0),
    received   INTEGER NOT NULL DEFAULT 0 CHECK (received >= 0),
    status     TEXT    NOT NULL CHECK (status IN ('UPLOADING', 'PROCESSING', 'READY', 'FAILED')),
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
    expires_at INTEGER
) STRICT;
CREATE INDEX medium_owner ON medium (owner_id, id);
CREATE INDEX medium_expiry ON medium (expires_at) WHERE expires_at IS NOT NULL;

-- Kept sums, so that lists need no counting and quotas no adding up. `bytes` counts declared sizes from the start.
CREATE TABLE owner_total (
    owner_id INTEGER PRIMARY KEY,
    media    INTEGER NOT NULL,
    bytes    INTEGER NOT NULL
) STRICT;

-- Uploads that ran out of time: their address says so for a while.
CREATE TABLE expired_upload (
    id         INTEGER PRIMARY KEY,
    owner_id   INTEGER NOT NULL,
    expired_at INTEGER NOT NULL
) STRICT;

-- Work to do. It is free when its lease has passed; `starts` also counts those that ended with the server.
CREATE TABLE job (
    medium_id   INTEGER PRIMARY KEY REFERENCES medium (id) ON DELETE CASCADE,
    tries       INTEGER NOT NULL DEFAULT 0,
    starts      INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER NOT NULL DEFAULT 0,
    queued_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX job_free ON job (lease_until, queued_at);

CREATE TABLE medium_hidden_by (
    medium_id INTEGER NOT NULL,
    action_id INTEGER NOT NULL,
    PRIMARY KEY (medium_id, action_id)
) STRICT;

-- What content has told about titles that show a medium.
CREATE TABLE title (
    movie_id INTEGER PRIMARY KEY,
    media_id INTEGER NOT NULL,
    released INTEGER NOT NULL CHECK (released IN (0, 1)),
    hidden   INTEGER NOT NULL CHECK (hidden IN (0, 1))
) STRICT;
CREATE INDEX title_media ON title (media_id);
