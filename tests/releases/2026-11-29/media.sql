PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE platform_migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL);
INSERT INTO platform_migration VALUES(1,'0001_events.sql','44f09c568c5b6b895171d0ca77d413915ead250c8b4a496b762dab27faad6603',1795964343118651);
INSERT INTO platform_migration VALUES(2,'0002_installation.sql','7612315c1f975688c60dcb2b69b4b4f7ef956fa8d5b466fc14c1767a4cec8bcc',1795964343119081);
CREATE TABLE outbox (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL CHECK (length(name) <= 100),
    version    INTEGER NOT NULL,
    payload    TEXT    NOT NULL CHECK (length(payload) <= 65536),
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE listener_cursor (
    listener   TEXT    NOT NULL CHECK (length(listener) <= 100),
    source     TEXT    NOT NULL CHECK (length(source) <= 50),
    seq        INTEGER NOT NULL,
    PRIMARY KEY (listener, source)
) STRICT;
INSERT INTO listener_cursor VALUES('media.titles','content',4);
INSERT INTO listener_cursor VALUES('media.moderated','moderation',14);
CREATE TABLE dead_event (
    listener   TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    seq        INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    payload    TEXT    NOT NULL,
    reason     TEXT    NOT NULL CHECK (length(reason) <= 2000),
    failed_at  INTEGER NOT NULL,
    PRIMARY KEY (listener, source, seq)
) STRICT;
CREATE TABLE idempotency_key (
    person          TEXT    NOT NULL CHECK (length(person) <= 32),
    idempotency_key TEXT    NOT NULL CHECK (length(idempotency_key) <= 200),
    request_sha256  TEXT    NOT NULL,
    reply           TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    PRIMARY KEY (person, idempotency_key)
) STRICT;
CREATE TABLE installation (
    one             INTEGER PRIMARY KEY CHECK (one = 1),
    installation_id TEXT    NOT NULL CHECK (length(installation_id) BETWEEN 1 AND 100),
    lived           INTEGER NOT NULL,
    last_id         INTEGER NOT NULL
) STRICT;
INSERT INTO installation VALUES(1,'-K0uBp5Tit_KyCwh32XqzA',1795964345386516,385444564804042753);
CREATE TABLE schema_migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL);
INSERT INTO schema_migration VALUES(1,'0001_media.sql','78d27b34255223beda0459d72536a91ff39f8bcff24b7fb6827e423f1008ab27',1795964343120175);
INSERT INTO schema_migration VALUES(2,'0002_keeping.sql','4b5b799ca7161b2cedffd68c147d0ff016a74a831a2a9cbce30a8a70f745f6fd',1795964343120681);
INSERT INTO schema_migration VALUES(3,'0003_tracks.sql','dff983646909d6a972dee5a66fa6d6772123f1622d6e0f0df3574ef42ee9783b',1795964343121536);
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
, tracks TEXT NOT NULL DEFAULT '{"sounds":[],"texts":[],"remarks":[]}' CHECK (length(tracks) <= 65536), added_texts TEXT NOT NULL DEFAULT '{"list":[]}' CHECK (length(added_texts) <= 16384)) STRICT;
CREATE TABLE owner_total (
    owner_id INTEGER PRIMARY KEY,
    media    INTEGER NOT NULL,
    bytes    INTEGER NOT NULL
) STRICT;
CREATE TABLE expired_upload (
    id         INTEGER PRIMARY KEY,
    owner_id   INTEGER NOT NULL,
    expired_at INTEGER NOT NULL
) STRICT;
CREATE TABLE job (
    medium_id   INTEGER PRIMARY KEY REFERENCES medium (id) ON DELETE CASCADE,
    tries       INTEGER NOT NULL DEFAULT 0,
    starts      INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER NOT NULL DEFAULT 0,
    queued_at   INTEGER NOT NULL
) STRICT;
CREATE TABLE medium_hidden_by (
    medium_id INTEGER NOT NULL,
    action_id INTEGER NOT NULL,
    PRIMARY KEY (medium_id, action_id)
) STRICT;
CREATE TABLE title (
    movie_id INTEGER PRIMARY KEY,
    media_id INTEGER NOT NULL,
    released INTEGER NOT NULL CHECK (released IN (0, 1)),
    hidden   INTEGER NOT NULL CHECK (hidden IN (0, 1))
) STRICT;
CREATE TABLE removal (
    id INTEGER PRIMARY KEY
) STRICT;
CREATE TABLE trashed (
    id    INTEGER PRIMARY KEY,
    since INTEGER NOT NULL
) STRICT;
DELETE FROM sqlite_sequence;
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);
CREATE INDEX medium_owner ON medium (owner_id, id);
CREATE INDEX medium_expiry ON medium (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX job_free ON job (lease_until, queued_at);
CREATE INDEX title_media ON title (media_id);
COMMIT;
