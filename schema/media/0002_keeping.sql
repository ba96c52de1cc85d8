-- Folders of films are removed because somebody said so, or put aside because nobody knows them; never removed for being unknown.

-- Deleted by somebody; the folder goes as soon as there is time.
CREATE TABLE removal (
    id INTEGER PRIMARY KEY
) STRICT;

-- Put aside, since when (lived time). What lies in the trash without a line here gets one, and its time begins.
CREATE TABLE trashed (
    id    INTEGER PRIMARY KEY,
    since INTEGER NOT NULL
) STRICT;
