-- How many comments somebody wrote on the last day they wrote any, in days since 1970 by the clock.
CREATE TABLE written (
    author_id INTEGER PRIMARY KEY,
    day       INTEGER NOT NULL,
    comments  INTEGER NOT NULL
) STRICT;
