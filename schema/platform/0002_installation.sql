-- Which installation this database belongs to, and how long that has lived: time that only passes while a server runs, so that
-- nothing ends because a clock jumped or the machine was off. last_id: ids given out later are larger, whatever the clock says.

CREATE TABLE installation (
    one             INTEGER PRIMARY KEY CHECK (one = 1),
    installation_id TEXT    NOT NULL CHECK (length(installation_id) BETWEEN 1 AND 100),
    lived           INTEGER NOT NULL,
    last_id         INTEGER NOT NULL
) STRICT;
