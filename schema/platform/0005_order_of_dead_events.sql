-- What a dead event is about (the first field of its payload): later ones about the same wait behind it. '': nothing is known.
ALTER TABLE dead_event ADD COLUMN about TEXT NOT NULL DEFAULT '' CHECK (length(about) <= 200);
CREATE INDEX dead_event_about ON dead_event (listener, source, about);
-- Up to where this log has been forgotten: a listener whose place lies before that has missed something.
CREATE TABLE outbox_trim (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    up_to INTEGER NOT NULL
) STRICT;
INSERT INTO outbox_trim (one, up_to) VALUES (1, 0);
