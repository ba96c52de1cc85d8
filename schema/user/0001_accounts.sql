-- Accounts, their sessions and refresh tokens.

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
CREATE INDEX account_created ON account (created_at, id);
CREATE INDEX account_role ON account (role, created_at, id);

CREATE TABLE account_count (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    total INTEGER NOT NULL
) STRICT;
INSERT INTO account_count (id, total) VALUES (1, 0);

CREATE TABLE session (
    id           INTEGER PRIMARY KEY,
    account_id   INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    ip_address   TEXT    NOT NULL CHECK (length(ip_address) <= 64),
    user_agent   TEXT    NOT NULL CHECK (length(user_agent) <= 300),
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX session_account ON session (account_id, last_used_at);
CREATE INDEX session_expiry ON session (expires_at);

-- Every refresh token ever given in a session that lives, by hash: one that was used before kills the session.
CREATE TABLE refresh_token (
    token_sha256 TEXT    PRIMARY KEY,
    session_id   INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    used_at      INTEGER
) STRICT;
CREATE INDEX refresh_token_session ON refresh_token (session_id);

-- The one-time link that makes the first admin.
CREATE TABLE setup_token (
    token_sha256 TEXT    PRIMARY KEY,
    created_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE profile_hidden_by (
    account_id INTEGER NOT NULL,
    action_id  INTEGER NOT NULL,
    PRIMARY KEY (account_id, action_id)
) STRICT;
