-- Which version of folding the titles are searched and sorted by, and up to which title it has been written: NULL when all are.

CREATE TABLE title_folding (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL,
    up_to   INTEGER
) STRICT;
