-- What a person is told about their own account: one row of each kind from each network.
CREATE TABLE notice (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    kind       TEXT    NOT NULL CHECK (length(kind) <= 40),
    network    TEXT    NOT NULL CHECK (length(network) <= 64),
    times      INTEGER NOT NULL,
    first_at   INTEGER NOT NULL,
    last_at    INTEGER NOT NULL,
    UNIQUE (account_id, kind, network)
) STRICT;
CREATE INDEX notice_latest ON notice (account_id, last_at, id);
-- When a session ends however much it is used, in lived time. Those from before get one with their next use.
ALTER TABLE session ADD COLUMN ends_at INTEGER;
