PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE platform_migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL);
INSERT INTO platform_migration VALUES(1,'0001_events.sql','44f09c568c5b6b895171d0ca77d413915ead250c8b4a496b762dab27faad6603',1795964343113700);
INSERT INTO platform_migration VALUES(2,'0002_installation.sql','7612315c1f975688c60dcb2b69b4b4f7ef956fa8d5b466fc14c1767a4cec8bcc',1795964343114150);
CREATE TABLE outbox (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL CHECK (length(name) <= 100),
    version    INTEGER NOT NULL,
    payload    TEXT    NOT NULL CHECK (length(payload) <= 65536),
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO outbox VALUES(1,'content.movie.created',1,'{"movieId":"385444555870175232","title":"Nosferatu","createdBy":"385444555593351168","mediaId":null,"released":true,"hidden":false}',1795964343333487);
INSERT INTO outbox VALUES(2,'content.movie.created',1,'{"movieId":"385444555886952448","title":"Rude","createdBy":"385444555593351168","mediaId":null,"released":true,"hidden":false}',1795964343337130);
INSERT INTO outbox VALUES(3,'content.movie.created',1,'{"movieId":"385444555895341056","title":"Draft","createdBy":"385444555593351168","mediaId":null,"released":false,"hidden":false}',1795964343339942);
INSERT INTO outbox VALUES(4,'content.movie.updated',1,'{"movieId":"385444555886952448","title":"Rude","createdBy":"385444555593351168","mediaId":null,"released":true,"hidden":true}',1795964343373329);
CREATE TABLE listener_cursor (
    listener   TEXT    NOT NULL CHECK (length(listener) <= 100),
    source     TEXT    NOT NULL CHECK (length(source) <= 50),
    seq        INTEGER NOT NULL,
    PRIMARY KEY (listener, source)
) STRICT;
INSERT INTO listener_cursor VALUES('content.movies','moderation',14);
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
INSERT INTO installation VALUES(1,'-K0uBp5Tit_KyCwh32XqzA',1795964345386189,385444564804042752);
CREATE TABLE schema_migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL);
INSERT INTO schema_migration VALUES(1,'0001_movies.sql','79fc77c81347084f9f0dfbe11a972f5898705f30337ac4c7b8bf0e7954a2e181',1795964343115294);
INSERT INTO schema_migration VALUES(2,'0002_title_folding.sql','04ecb14670a57333cc0cf78810cb24886d6780200e5289de2762762345efd6d8',1795964343115781);
CREATE TABLE movie (
    id           INTEGER PRIMARY KEY,
    version      INTEGER NOT NULL CHECK (version >= 1),
    hidden       INTEGER NOT NULL CHECK (hidden IN (0, 1)),
    status       TEXT    NOT NULL CHECK (status IN ('DRAFT', 'IN_PRODUCTION', 'POST_PRODUCTION', 'RELEASED', 'CANCELLED')),
    title        TEXT    NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    title_fold   TEXT    NOT NULL CHECK (length(title_fold) <= 9000),
    description  TEXT    CHECK (length(description) <= 5000),
    release_date TEXT    CHECK (length(release_date) = 10),
    duration     INTEGER CHECK (duration BETWEEN 1 AND 2000),
    language     TEXT    CHECK (length(language) = 2),
    country      TEXT    CHECK (length(country) = 2),
    genres       TEXT    NOT NULL CHECK (length(genres) <= 10000),
    cast_names   TEXT    NOT NULL CHECK (length(cast_names) <= 40000),
    director     TEXT    CHECK (length(director) <= 200),
    poster_url   TEXT    CHECK (length(poster_url) <= 500),
    is_adult     INTEGER NOT NULL CHECK (is_adult IN (0, 1)),
    media_id     INTEGER,
    created_by   INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    released_at  INTEGER
) STRICT;
INSERT INTO movie VALUES(385444555870175232,1,0,'RELEASED','Nosferatu','nosferatu',NULL,'1922-03-04',NULL,NULL,NULL,'["Drama"]','[]',NULL,NULL,0,NULL,385444555593351168,1795964343333260,1795964343333260,1795964343333269);
INSERT INTO movie VALUES(385444555886952448,1,1,'RELEASED','Rude','rude',NULL,'1922-03-04',NULL,NULL,NULL,'["Drama"]','[]',NULL,NULL,0,NULL,385444555593351168,1795964343337033,1795964343337033,1795964343337040);
INSERT INTO movie VALUES(385444555895341056,1,0,'DRAFT','Draft','draft',NULL,'1922-03-04',NULL,NULL,NULL,'["Drama"]','[]',NULL,NULL,0,NULL,385444555593351168,1795964343339854,1795964343339854,NULL);
CREATE TABLE genre (
    slug       TEXT NOT NULL PRIMARY KEY CHECK (length(slug) BETWEEN 1 AND 150),
    name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 50),
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO genre VALUES('drama','Drama',1795964343333260);
CREATE TABLE movie_shelf (
    kind      INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),
    shelf     TEXT    NOT NULL CHECK (length(shelf) <= 150),
    state     INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6),
    movie_id  INTEGER NOT NULL,
    title_key TEXT    NOT NULL CHECK (length(title_key) <= 96),
    date_down TEXT    NOT NULL CHECK (length(date_down) <= 10),
    date_up   TEXT    NOT NULL CHECK (length(date_up) = 10),
    PRIMARY KEY (kind, shelf, state, movie_id)
) STRICT, WITHOUT ROWID;
INSERT INTO movie_shelf VALUES(0,'',0,385444555895341056,'draft','1922-03-04','1922-03-04');
INSERT INTO movie_shelf VALUES(0,'',3,385444555870175232,'nosferatu','1922-03-04','1922-03-04');
INSERT INTO movie_shelf VALUES(0,'',5,385444555886952448,'rude','1922-03-04','1922-03-04');
INSERT INTO movie_shelf VALUES(1,'1922',0,385444555895341056,'draft','1922-03-04','1922-03-04');
INSERT INTO movie_shelf VALUES(1,'1922',3,385444555870175232,'nosferatu','1922-03-04','1922-03-04');
INSERT INTO movie_shelf VALUES(1,'1922',5,385444555886952448,'rude','1922-03-04','1922-03-04');
INSERT INTO movie_shelf VALUES(2,'drama',0,385444555895341056,'draft','1922-03-04','1922-03-04');
INSERT INTO movie_shelf VALUES(2,'drama',3,385444555870175232,'nosferatu','1922-03-04','1922-03-04');
INSERT INTO movie_shelf VALUES(2,'drama',5,385444555886952448,'rude','1922-03-04','1922-03-04');
INSERT INTO movie_shelf VALUES(3,'385444555593351168',0,385444555895341056,'draft','1922-03-04','1922-03-04');
INSERT INTO movie_shelf VALUES(3,'385444555593351168',3,385444555870175232,'nosferatu','1922-03-04','1922-03-04');
INSERT INTO movie_shelf VALUES(3,'385444555593351168',5,385444555886952448,'rude','1922-03-04','1922-03-04');
INSERT INTO movie_shelf VALUES(3,'385444555593351168',6,385444555870175232,'nosferatu','1922-03-04','1922-03-04');
INSERT INTO movie_shelf VALUES(3,'385444555593351168',6,385444555895341056,'draft','1922-03-04','1922-03-04');
CREATE TABLE shelf_count (
    kind   INTEGER NOT NULL,
    shelf  TEXT    NOT NULL,
    state  INTEGER NOT NULL,
    titles INTEGER NOT NULL CHECK (titles >= 0),
    PRIMARY KEY (kind, shelf, state)
) STRICT, WITHOUT ROWID;
INSERT INTO shelf_count VALUES(0,'',0,1);
INSERT INTO shelf_count VALUES(0,'',3,1);
INSERT INTO shelf_count VALUES(0,'',5,1);
INSERT INTO shelf_count VALUES(1,'1922',0,1);
INSERT INTO shelf_count VALUES(1,'1922',3,1);
INSERT INTO shelf_count VALUES(1,'1922',5,1);
INSERT INTO shelf_count VALUES(2,'drama',0,1);
INSERT INTO shelf_count VALUES(2,'drama',3,1);
INSERT INTO shelf_count VALUES(2,'drama',5,1);
INSERT INTO shelf_count VALUES(3,'385444555593351168',0,1);
INSERT INTO shelf_count VALUES(3,'385444555593351168',3,1);
INSERT INTO shelf_count VALUES(3,'385444555593351168',5,1);
INSERT INTO shelf_count VALUES(3,'385444555593351168',6,2);
CREATE TABLE movie_hidden_by (
    movie_id  INTEGER NOT NULL,
    action_id INTEGER NOT NULL,
    PRIMARY KEY (movie_id, action_id)
) STRICT, WITHOUT ROWID;
INSERT INTO movie_hidden_by VALUES(385444555886952448,385444556029558784);
CREATE TABLE title_folding (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL,
    up_to   INTEGER
) STRICT;
INSERT INTO title_folding VALUES(1,2,NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('outbox',4);
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);
CREATE INDEX movie_shelf_title ON movie_shelf (kind, shelf, state, title_key, movie_id);
CREATE INDEX movie_shelf_date_down ON movie_shelf (kind, shelf, state, date_down, movie_id);
CREATE INDEX movie_shelf_date_up ON movie_shelf (kind, shelf, state, date_up, movie_id);
CREATE INDEX shelf_count_most ON shelf_count (kind, state, titles, shelf);
COMMIT;
