PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE platform_migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL);
INSERT INTO platform_migration VALUES(1,'0001_events.sql','44f09c568c5b6b895171d0ca77d413915ead250c8b4a496b762dab27faad6603',1795964343106962);
INSERT INTO platform_migration VALUES(2,'0002_installation.sql','7612315c1f975688c60dcb2b69b4b4f7ef956fa8d5b466fc14c1767a4cec8bcc',1795964343107539);
CREATE TABLE outbox (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL CHECK (length(name) <= 100),
    version    INTEGER NOT NULL,
    payload    TEXT    NOT NULL CHECK (length(payload) <= 65536),
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO outbox VALUES(1,'user.created',1,'{"userId":"385444555383635968","username":"vera"}',1795964343217745);
INSERT INTO outbox VALUES(2,'user.created',1,'{"userId":"385444555593351168","username":"ada"}',1795964343267599);
INSERT INTO outbox VALUES(3,'user.created',1,'{"userId":"385444555719180288","username":"ben"}',1795964343297669);
INSERT INTO outbox VALUES(4,'user.created',1,'{"userId":"385444555853398016","username":"eve"}',1795964343329686);
CREATE TABLE listener_cursor (
    listener   TEXT    NOT NULL CHECK (length(listener) <= 100),
    source     TEXT    NOT NULL CHECK (length(source) <= 50),
    seq        INTEGER NOT NULL,
    PRIMARY KEY (listener, source)
) STRICT;
INSERT INTO listener_cursor VALUES('user.moderated','moderation',14);
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
INSERT INTO installation VALUES(1,'-K0uBp5Tit_KyCwh32XqzA',1795964345388875,385444564808237058);
CREATE TABLE schema_migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL);
INSERT INTO schema_migration VALUES(1,'0001_accounts.sql','f5abe7b080deda3b4a9aad222e878b0623d54f58d0ddbfdd270c79ce20ea96ef',1795964343109104);
INSERT INTO schema_migration VALUES(2,'0002_refresh_grace.sql','afea4689bbc11f50ee664faca146097d21e5310cf142daed4907f895a1d47334',1795964343110723);
CREATE TABLE account (
    id               INTEGER PRIMARY KEY,
    email            TEXT    NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    email_key        TEXT    NOT NULL UNIQUE,
    username         TEXT    NOT NULL CHECK (length(username) BETWEEN 3 AND 30),
    username_key     TEXT    NOT NULL UNIQUE,
    display_name     TEXT    NOT NULL CHECK (length(display_name) BETWEEN 1 AND 100),
    password_hash    TEXT    NOT NULL,
    role             TEXT    NOT NULL CHECK (role IN ('USER', 'MODERATOR', 'ADMIN')),
    status           TEXT    NOT NULL CHECK (status IN ('ACTIVE', 'SUSPENDED', 'BANNED', 'PENDING_VERIFICATION', 'DELETED')),
    bio              TEXT    CHECK (length(bio) <= 500),
    website          TEXT    CHECK (length(website) <= 500),
    location         TEXT    CHECK (length(location) <= 100),
    avatar_url       TEXT    CHECK (length(avatar_url) <= 500),
    cover_image_url  TEXT    CHECK (length(cover_image_url) <= 500),
    is_private       INTEGER NOT NULL DEFAULT 0 CHECK (is_private IN (0, 1)),
    version          INTEGER NOT NULL DEFAULT 1,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    last_login_at    INTEGER
) STRICT;
INSERT INTO account VALUES(385444555383635968,'vera@example.org','vera@example.org','vera','vera','vera','$argon2id$v=19$m=19456,t=2,p=1$x7BLhWvjEfVlR83CCcXVng$RXtPiHHqd9hDrZHii9Xog9lBNqIeSf6msdR5lIHDS2I','ADMIN','ACTIVE',NULL,NULL,NULL,NULL,NULL,0,1,1795964343217571,1795964343217571,NULL);
INSERT INTO account VALUES(385444555593351168,'ada@example.org','ada@example.org','ada','ada','ada','$argon2id$v=19$m=19456,t=2,p=1$5IaiZ2eEvUSxDfgjLdlOEg$JiAh/frwb9IH87BAfpxF2oS/mo09CW8j6MpgbTIEre0','USER','ACTIVE',NULL,NULL,NULL,NULL,NULL,0,1,1795964343267492,1795964343267492,NULL);
INSERT INTO account VALUES(385444555719180288,'ben@example.org','ben@example.org','ben','ben','ben','$argon2id$v=19$m=19456,t=2,p=1$nAQxxdxtzZ/cyhJr6tVPcA$GeuVHJqSM0BFoYvlfh4rWOsu148L1Co8VUL/ZT6iIs8','USER','ACTIVE',NULL,NULL,NULL,NULL,NULL,0,1,1795964343297594,1795964343297594,NULL);
INSERT INTO account VALUES(385444555853398016,'eve@example.org','eve@example.org','eve','eve','eve','$argon2id$v=19$m=19456,t=2,p=1$YtDeIS5AaDVfJph+F5+r/w$hBgCuORiqe3Kvd8Tst2uPK3a2CkQ/KMVYtpBFvPrgIk','USER','ACTIVE',NULL,NULL,NULL,NULL,NULL,0,1,1795964343329584,1795964343329584,NULL);
CREATE TABLE account_count (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    total INTEGER NOT NULL
) STRICT;
INSERT INTO account_count VALUES(1,4);
CREATE TABLE session (
    id           INTEGER PRIMARY KEY,
    account_id   INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    ip_address   TEXT    NOT NULL CHECK (length(ip_address) <= 64),
    user_agent   TEXT    NOT NULL CHECK (length(user_agent) <= 300),
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
INSERT INTO session VALUES(385444555383635969,385444555383635968,'127.0.0.1','node',1795964343217820,1795964343217820,1798556343136568);
INSERT INTO session VALUES(385444555593351169,385444555593351168,'127.0.0.1','node',1795964343267627,1795964343267627,1798556343136568);
INSERT INTO session VALUES(385444555719180289,385444555719180288,'127.0.0.1','node',1795964343297692,1795964343297692,1798556343136568);
INSERT INTO session VALUES(385444555853398017,385444555853398016,'127.0.0.1','node',1795964343329715,1795964343329715,1798556343136568);
CREATE TABLE refresh_token (
    token_sha256 TEXT    PRIMARY KEY,
    session_id   INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    used_at      INTEGER
, successor TEXT CHECK (length(successor) <= 500)) STRICT;
INSERT INTO refresh_token VALUES('1ca800267e43823d9fd227d1d1f93203dc295f4a017feff20a51b9beb5709264',385444555383635969,NULL,NULL);
INSERT INTO refresh_token VALUES('dc6460d9ac601c0a7fb0317ead69428f04a50486b383bf284bf5a84da406e621',385444555593351169,NULL,NULL);
INSERT INTO refresh_token VALUES('554d5b93eaaf6aad2cd602944d70c0e32cfc5da8a70c59b18413252a7fd84d0b',385444555719180289,NULL,NULL);
INSERT INTO refresh_token VALUES('85bec264804e8bb48885064bb5b8ab6f0ef6bbac4de8b6f560e83152c5471f91',385444555853398017,NULL,NULL);
CREATE TABLE setup_token (
    token_sha256 TEXT    PRIMARY KEY,
    created_at   INTEGER NOT NULL
) STRICT;
CREATE TABLE profile_hidden_by (
    account_id INTEGER NOT NULL,
    action_id  INTEGER NOT NULL,
    PRIMARY KEY (account_id, action_id)
) STRICT;
INSERT INTO profile_hidden_by VALUES(385444555853398016,385444556075696128);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('outbox',4);
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);
CREATE INDEX account_created ON account (created_at, id);
CREATE INDEX account_role ON account (role, created_at, id);
CREATE INDEX session_account ON session (account_id, last_used_at);
CREATE INDEX session_expiry ON session (expires_at);
CREATE INDEX refresh_token_session ON refresh_token (session_id);
COMMIT;
