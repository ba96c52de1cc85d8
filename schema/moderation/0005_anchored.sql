-- The record of decisions has an anchor outside this database: where that is gone, what it said is lost.
CREATE TABLE audit_anchored (
    one INTEGER PRIMARY KEY CHECK (one = 1)
) STRICT;
