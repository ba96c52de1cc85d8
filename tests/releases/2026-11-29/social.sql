PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE platform_migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL);
INSERT INTO platform_migration VALUES(1,'0001_events.sql','44f09c568c5b6b895171d0ca77d413915ead250c8b4a496b762dab27faad6603',1795964343125172);
INSERT INTO platform_migration VALUES(2,'0002_installation.sql','7612315c1f975688c60dcb2b69b4b4f7ef956fa8d5b466fc14c1767a4cec8bcc',1795964343125591);
CREATE TABLE outbox (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL CHECK (length(name) <= 100),
    version    INTEGER NOT NULL,
    payload    TEXT    NOT NULL CHECK (length(payload) <= 65536),
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO outbox VALUES(1,'social.comment.created',1,'{"commentId":"385444555912118272","movieId":"385444555870175232","authorId":"385444555719180288","parentId":null,"parentAuthorId":null,"content":"The shadow on the stairs at 0:05."}',1795964343343386);
INSERT INTO outbox VALUES(2,'social.comment.created',1,'{"commentId":"385444555924701184","movieId":"385444555870175232","authorId":"385444555719180288","parentId":null,"parentAuthorId":null,"content":"To be deleted."}',1795964343346060);
INSERT INTO outbox VALUES(3,'social.comment.created',1,'{"commentId":"385444555937284096","movieId":"385444555870175232","authorId":"385444555593351168","parentId":"385444555912118272","parentAuthorId":"385444555719180288","content":"And nobody turns it off."}',1795964343349431);
INSERT INTO outbox VALUES(4,'social.comment.created',1,'{"commentId":"385444555945672704","movieId":"385444555870175232","authorId":"385444555593351168","parentId":"385444555924701184","parentAuthorId":"385444555719180288","content":"Stays below it."}',1795964343351863);
INSERT INTO outbox VALUES(5,'social.comment.deleted',1,'{"commentId":"385444555924701184","movieId":"385444555870175232"}',1795964343355303);
INSERT INTO outbox VALUES(6,'social.comment.created',1,'{"commentId":"385444555970838528","movieId":"385444555870175232","authorId":"385444555853398016","parentId":null,"parentAuthorId":null,"content":"Buy cheap watches."}',1795964343357435);
INSERT INTO outbox VALUES(7,'social.comment.created',1,'{"commentId":"385444555979227136","movieId":"385444555870175232","authorId":"385444555853398016","parentId":null,"parentAuthorId":null,"content":"Buy more watches."}',1795964343359287);
CREATE TABLE listener_cursor (
    listener   TEXT    NOT NULL CHECK (length(listener) <= 100),
    source     TEXT    NOT NULL CHECK (length(source) <= 50),
    seq        INTEGER NOT NULL,
    PRIMARY KEY (listener, source)
) STRICT;
INSERT INTO listener_cursor VALUES('social.titles','content',4);
INSERT INTO listener_cursor VALUES('social.moderated','moderation',14);
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
INSERT INTO installation VALUES(1,'-K0uBp5Tit_KyCwh32XqzA',1795964345387125,385444564808237057);
CREATE TABLE schema_migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL);
INSERT INTO schema_migration VALUES(1,'0001_comments.sql','2fe39e4a75bb81ae4a1c9b8ee694929e4c434512178b02f75b9a11b9cb61e817',1795964343126753);
INSERT INTO schema_migration VALUES(2,'0002_reactions.sql','f93dc3d74ca8466ae8d2e26ab4d41f6af93b60745bf1d07e1e571118fb2f2368',1795964343127321);
INSERT INTO schema_migration VALUES(3,'0003_one_order_of_comments.sql','05eb55df0be94a7d990e717f4881ac24d466d9c88b58906d1895aebec1b47fc7',1795964343127752);
CREATE TABLE comment (
    id         INTEGER PRIMARY KEY,
    movie_id   INTEGER NOT NULL,
    parent_id  INTEGER NOT NULL DEFAULT 0, 
    depth      INTEGER NOT NULL CHECK (depth BETWEEN 0 AND 8),
    author_id  INTEGER NOT NULL,
    content    TEXT    NOT NULL CHECK (length(content) <= 1000),
    is_edited  INTEGER NOT NULL DEFAULT 0 CHECK (is_edited IN (0, 1)),
    is_deleted INTEGER NOT NULL DEFAULT 0 CHECK (is_deleted IN (0, 1)),
    is_hidden  INTEGER NOT NULL DEFAULT 0 CHECK (is_hidden IN (0, 1)), 
    is_listed  INTEGER NOT NULL DEFAULT 1 CHECK (is_listed IN (0, 1)), 
    version    INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (is_deleted = 0 OR content = '')
) STRICT;
INSERT INTO comment VALUES(385444555912118272,385444555870175232,0,0,385444555719180288,'The shadow on the stairs at 0:05.',0,0,0,1,1,1795964343343288,1795964343343288);
INSERT INTO comment VALUES(385444555924701184,385444555870175232,0,0,385444555719180288,'',0,1,0,1,1,1795964343346037,1795964343346037);
INSERT INTO comment VALUES(385444555937284096,385444555870175232,385444555912118272,1,385444555593351168,'And nobody turns it off.',0,0,0,1,1,1795964343349297,1795964343349297);
INSERT INTO comment VALUES(385444555945672704,385444555870175232,385444555924701184,1,385444555593351168,'Stays below it.',0,0,0,1,1,1795964343351834,1795964343351834);
INSERT INTO comment VALUES(385444555970838528,385444555870175232,0,0,385444555853398016,'Buy cheap watches.',0,0,1,0,1,1795964343357410,1795964343357410);
INSERT INTO comment VALUES(385444555979227136,385444555870175232,0,0,385444555853398016,'Buy more watches.',0,0,0,1,1,1795964343359262,1795964343359262);
CREATE TABLE comment_count (
    comment_id     INTEGER PRIMARY KEY,
    likes          INTEGER NOT NULL DEFAULT 0 CHECK (likes >= 0),
    replies        INTEGER NOT NULL DEFAULT 0 CHECK (replies >= 0),        
    listed_replies INTEGER NOT NULL DEFAULT 0 CHECK (listed_replies >= 0), 
    kept_replies   INTEGER NOT NULL DEFAULT 0 CHECK (kept_replies >= 0)    
) STRICT;
INSERT INTO comment_count VALUES(385444555912118272,1,1,1,1);
INSERT INTO comment_count VALUES(385444555924701184,0,1,1,1);
INSERT INTO comment_count VALUES(385444555937284096,0,0,0,0);
INSERT INTO comment_count VALUES(385444555945672704,1,0,0,0);
INSERT INTO comment_count VALUES(385444555970838528,0,0,0,0);
INSERT INTO comment_count VALUES(385444555979227136,0,0,0,0);
CREATE TABLE title_count (
    movie_id INTEGER PRIMARY KEY,
    likes    INTEGER NOT NULL DEFAULT 0 CHECK (likes >= 0),
    comments INTEGER NOT NULL DEFAULT 0 CHECK (comments >= 0),   
    listed_top INTEGER NOT NULL DEFAULT 0 CHECK (listed_top >= 0),
    kept_top INTEGER NOT NULL DEFAULT 0 CHECK (kept_top >= 0),
    is_gone  INTEGER NOT NULL DEFAULT 0 CHECK (is_gone IN (0, 1)) 
) STRICT;
INSERT INTO title_count VALUES(385444555870175232,2,4,3,4,0);
CREATE TABLE comment_hidden_by (
    comment_id INTEGER NOT NULL,
    action_id  INTEGER NOT NULL,
    PRIMARY KEY (comment_id, action_id)
) STRICT, WITHOUT ROWID;
INSERT INTO comment_hidden_by VALUES(385444555970838528,385444556054724608);
CREATE TABLE title_like (
    movie_id   INTEGER NOT NULL,
    person_id  INTEGER NOT NULL,
    type       TEXT    NOT NULL CHECK (type IN ('LIKE', 'LOVE', 'LAUGH', 'ANGRY', 'SAD', 'WOW')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (movie_id, person_id)
) STRICT, WITHOUT ROWID;
INSERT INTO title_like VALUES(385444555870175232,385444555719180288,'LOVE',1795964343361074);
INSERT INTO title_like VALUES(385444555870175232,385444555853398016,'LIKE',1795964343363082);
CREATE TABLE comment_like (
    comment_id INTEGER NOT NULL,
    person_id  INTEGER NOT NULL,
    type       TEXT    NOT NULL CHECK (type IN ('LIKE', 'LOVE', 'LAUGH', 'ANGRY', 'SAD', 'WOW')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (comment_id, person_id)
) STRICT, WITHOUT ROWID;
INSERT INTO comment_like VALUES(385444555912118272,385444555593351168,'WOW',1795964343364804);
INSERT INTO comment_like VALUES(385444555945672704,385444555719180288,'LIKE',1795964343366649);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('outbox',7);
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);
CREATE INDEX comment_order ON comment (movie_id, parent_id, created_at, id, is_listed);
COMMIT;
