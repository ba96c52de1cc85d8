-- Which words there are is not for the database to say: they grow.
CREATE TABLE account_new (
    id               INTEGER PRIMARY KEY,
    email            TEXT    NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    email_key        TEXT    NOT NULL UNIQUE,
    username         TEXT    NOT NULL CHECK (length(username) BETWEEN 3 AND 30),
    username_key     TEXT    NOT NULL UNIQUE,
    display_name     TEXT    NOT NULL CHECK (length(display_name) BETWEEN 1 AND 100),
    password_hash    TEXT    NOT NULL,
    role             TEXT    NOT NULL CHECK (length(role) <= 40),
    status           TEXT    NOT NULL CHECK (length(status) <= 40),
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
INSERT INTO account_new (id, email, email_key, username, username_key, display_name, password_hash, role, status, bio, website, location, avatar_url, cover_image_url, is_private, version, created_at, updated_at, last_login_at)
    SELECT id, email, email_key, username, username_key, display_name, password_hash, role, status, bio, website, location, avatar_url, cover_image_url, is_private, version, created_at, updated_at, last_login_at FROM account;
DROP TABLE account;
ALTER TABLE account_new RENAME TO account;
CREATE INDEX account_created ON account (created_at, id);
CREATE INDEX account_role ON account (role, created_at, id);
