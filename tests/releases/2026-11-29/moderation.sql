PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE platform_migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL);
INSERT INTO platform_migration VALUES(1,'0001_events.sql','44f09c568c5b6b895171d0ca77d413915ead250c8b4a496b762dab27faad6603',1795964343130529);
INSERT INTO platform_migration VALUES(2,'0002_installation.sql','7612315c1f975688c60dcb2b69b4b4f7ef956fa8d5b466fc14c1767a4cec8bcc',1795964343130990);
CREATE TABLE outbox (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL CHECK (length(name) <= 100),
    version    INTEGER NOT NULL,
    payload    TEXT    NOT NULL CHECK (length(payload) <= 65536),
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO outbox VALUES(1,'moderation.report.created',1,'{"reportId":"385444556021170176","contentType":"MOVIE","contentId":385444555886952448,"priority":2}',1795964343369318);
INSERT INTO outbox VALUES(2,'moderation.content.hidden',1,'{"actionId":"385444556029558784","contentType":"MOVIE","contentId":385444555886952448}',1795964343371722);
INSERT INTO outbox VALUES(3,'moderation.report.resolved',1,'{"reportId":"385444556021170176","contentType":"MOVIE","contentId":385444555886952448,"actionId":"385444556029558784","alsoResolved":0}',1795964343371959);
INSERT INTO outbox VALUES(4,'moderation.report.created',1,'{"reportId":"385444556042141696","contentType":"COMMENT","contentId":385444555970838528,"priority":2}',1795964343374503);
INSERT INTO outbox VALUES(5,'moderation.content.hidden',1,'{"actionId":"385444556054724608","contentType":"COMMENT","contentId":385444555970838528}',1795964343377172);
INSERT INTO outbox VALUES(6,'moderation.report.resolved',1,'{"reportId":"385444556042141696","contentType":"COMMENT","contentId":385444555970838528,"actionId":"385444556054724608","alsoResolved":0}',1795964343377381);
INSERT INTO outbox VALUES(7,'moderation.report.created',1,'{"reportId":"385444556067307520","contentType":"USER_PROFILE","contentId":385444555853398016,"priority":2}',1795964343380411);
INSERT INTO outbox VALUES(8,'moderation.content.hidden',1,'{"actionId":"385444556075696128","contentType":"USER_PROFILE","contentId":385444555853398016}',1795964343382204);
INSERT INTO outbox VALUES(9,'moderation.report.resolved',1,'{"reportId":"385444556067307520","contentType":"USER_PROFILE","contentId":385444555853398016,"actionId":"385444556075696128","alsoResolved":0}',1795964343382305);
INSERT INTO outbox VALUES(10,'moderation.report.created',1,'{"reportId":"385444556084084736","contentType":"COMMENT","contentId":385444555979227136,"priority":2}',1795964343384182);
INSERT INTO outbox VALUES(11,'moderation.content.hidden',1,'{"actionId":"385444556100861952","contentType":"COMMENT","contentId":385444555979227136}',1795964343389097);
INSERT INTO outbox VALUES(12,'moderation.report.resolved',1,'{"reportId":"385444556084084736","contentType":"COMMENT","contentId":385444555979227136,"actionId":"385444556100861952","alsoResolved":0}',1795964343389269);
INSERT INTO outbox VALUES(13,'moderation.content.restored',1,'{"actionId":"385444556100861952","contentType":"COMMENT","contentId":385444555979227136}',1795964343391640);
INSERT INTO outbox VALUES(14,'moderation.report.created',1,'{"reportId":"385444556121833472","contentType":"MOVIE","contentId":385444555870175232,"priority":2}',1795964343393546);
CREATE TABLE listener_cursor (
    listener   TEXT    NOT NULL CHECK (length(listener) <= 100),
    source     TEXT    NOT NULL CHECK (length(source) <= 50),
    seq        INTEGER NOT NULL,
    PRIMARY KEY (listener, source)
) STRICT;
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
INSERT INTO installation VALUES(1,'-K0uBp5Tit_KyCwh32XqzA',1795964345386804,385444564808237056);
CREATE TABLE schema_migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL);
INSERT INTO schema_migration VALUES(1,'0001_reports.sql','712d648ee3093ddf8ea949ce26cd64fe053d3cc33f7b3fca88b8aee14af6f481',1795964343132208);
CREATE TABLE report (
    id           INTEGER PRIMARY KEY,
    reporter_id  INTEGER NOT NULL,
    content_type TEXT    NOT NULL CHECK (content_type IN ('MOVIE', 'COMMENT', 'MEDIA', 'USER_PROFILE')),
    content_id   INTEGER NOT NULL,
    owner_id     INTEGER NOT NULL, 
    report_type  TEXT    NOT NULL CHECK (report_type IN ('SPAM', 'HARASSMENT', 'INAPPROPRIATE_CONTENT', 'COPYRIGHT_VIOLATION', 'HATE_SPEECH', 'THREAT', 'MISLEADING', 'OTHER')),
    description  TEXT    CHECK (length(description) <= 2000),
    rank         INTEGER NOT NULL CHECK (rank BETWEEN 0 AND 3), 
    status       TEXT    NOT NULL CHECK (status IN ('PENDING', 'UNDER_REVIEW', 'RESOLVED', 'DISMISSED')),
    assigned_to  INTEGER,
    resolution   TEXT    CHECK (length(resolution) <= 2000),
    action_id    INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    resolved_at  INTEGER,
    CHECK ((status IN ('RESOLVED', 'DISMISSED')) = (resolved_at IS NOT NULL)),
    CHECK (status <> 'UNDER_REVIEW' OR assigned_to IS NOT NULL)
) STRICT;
INSERT INTO report VALUES(385444556021170176,385444555719180288,'MOVIE',385444555886952448,385444555593351168,'SPAM',NULL,2,'RESOLVED',385444555383635968,'Against the rules.',385444556029558784,1795964343369094,1795964343371643,1795964343371643);
INSERT INTO report VALUES(385444556042141696,385444555593351168,'COMMENT',385444555970838528,385444555853398016,'SPAM',NULL,2,'RESOLVED',385444555383635968,'Against the rules.',385444556054724608,1795964343374400,1795964343377125,1795964343377125);
INSERT INTO report VALUES(385444556067307520,385444555593351168,'USER_PROFILE',385444555853398016,385444555853398016,'SPAM',NULL,2,'RESOLVED',385444555383635968,'Against the rules.',385444556075696128,1795964343380287,1795964343382150,1795964343382150);
INSERT INTO report VALUES(385444556084084736,385444555593351168,'COMMENT',385444555979227136,385444555853398016,'SPAM',NULL,2,'RESOLVED',385444555383635968,'Against the rules.',385444556100861952,1795964343384062,1795964343388960,1795964343388960);
INSERT INTO report VALUES(385444556121833472,385444555719180288,'MOVIE',385444555870175232,385444555593351168,'SPAM',NULL,2,'PENDING',NULL,NULL,NULL,1795964343393456,1795964343393456,NULL);
CREATE TABLE moderation_action (
    id            INTEGER PRIMARY KEY,
    action        TEXT    NOT NULL CHECK (action IN ('HIDE')),
    content_type  TEXT    NOT NULL CHECK (content_type IN ('MOVIE', 'COMMENT', 'MEDIA', 'USER_PROFILE')),
    content_id    INTEGER NOT NULL,
    owner_id      INTEGER NOT NULL,
    report_id     INTEGER NOT NULL,
    moderator_id  INTEGER NOT NULL,
    reason        TEXT    NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    created_at    INTEGER NOT NULL,
    reverted_at   INTEGER,
    reverted_by   INTEGER,
    revert_reason TEXT    CHECK (length(revert_reason) BETWEEN 1 AND 2000),
    CHECK ((reverted_at IS NULL) = (reverted_by IS NULL))
) STRICT;
INSERT INTO moderation_action VALUES(385444556029558784,'HIDE','MOVIE',385444555886952448,385444555593351168,385444556021170176,385444555383635968,'Against the rules.',1795964343371643,NULL,NULL,NULL);
INSERT INTO moderation_action VALUES(385444556054724608,'HIDE','COMMENT',385444555970838528,385444555853398016,385444556042141696,385444555383635968,'Against the rules.',1795964343377125,NULL,NULL,NULL);
INSERT INTO moderation_action VALUES(385444556075696128,'HIDE','USER_PROFILE',385444555853398016,385444555853398016,385444556067307520,385444555383635968,'Against the rules.',1795964343382150,NULL,NULL,NULL);
INSERT INTO moderation_action VALUES(385444556100861952,'HIDE','COMMENT',385444555979227136,385444555853398016,385444556084084736,385444555383635968,'Against the rules.',1795964343388960,1795964343391561,385444555383635968,'A mistake.');
CREATE TABLE moderation_audit (
    seq           INTEGER PRIMARY KEY,
    actor_id      INTEGER NOT NULL,
    what          TEXT    NOT NULL CHECK (what IN ('REPORT_DISMISSED', 'CONTENT_HIDDEN', 'CONTENT_RESTORED')),
    subject       TEXT    NOT NULL CHECK (length(subject) <= 200),
    reason        TEXT    NOT NULL CHECK (length(reason) <= 2000),
    at            INTEGER NOT NULL,
    previous_hash TEXT    NOT NULL,
    hash          TEXT    NOT NULL UNIQUE
) STRICT;
INSERT INTO moderation_audit VALUES(1,385444555383635968,'CONTENT_HIDDEN','MOVIE 385444555886952448 report 385444556021170176 action 385444556029558784','Against the rules.',1795964343371643,'','1de7155cdd3754d85251dc9715ab27375328b88c2b7c2ed32619c2690378feaf');
INSERT INTO moderation_audit VALUES(2,385444555383635968,'CONTENT_HIDDEN','COMMENT 385444555970838528 report 385444556042141696 action 385444556054724608','Against the rules.',1795964343377125,'1de7155cdd3754d85251dc9715ab27375328b88c2b7c2ed32619c2690378feaf','acdc0bef3869d9b3a85ab7609ea284b60585cefb2fe32eb18201105c54f9b3d0');
INSERT INTO moderation_audit VALUES(3,385444555383635968,'CONTENT_HIDDEN','USER_PROFILE 385444555853398016 report 385444556067307520 action 385444556075696128','Against the rules.',1795964343382150,'acdc0bef3869d9b3a85ab7609ea284b60585cefb2fe32eb18201105c54f9b3d0','9ccc0dbf950b4a2215510244daad4d942772084fe780c780dd3a96294a32dc71');
INSERT INTO moderation_audit VALUES(4,385444555383635968,'CONTENT_HIDDEN','COMMENT 385444555979227136 report 385444556084084736 action 385444556100861952','Against the rules.',1795964343388960,'9ccc0dbf950b4a2215510244daad4d942772084fe780c780dd3a96294a32dc71','a5b51b2f620490b1fe87f2a6fab9f35b6c1e38db4af228d9498beedf85685bc9');
INSERT INTO moderation_audit VALUES(5,385444555383635968,'CONTENT_RESTORED','COMMENT 385444555979227136 report 385444556084084736 action 385444556100861952','A mistake.',1795964343391561,'a5b51b2f620490b1fe87f2a6fab9f35b6c1e38db4af228d9498beedf85685bc9','234d2b6b776178bcf1aa59eebe7da086d05fee56514ca554c66e299c8031d0ac');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('outbox',14);
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);
CREATE UNIQUE INDEX report_open ON report (reporter_id, content_type, content_id, report_type) WHERE status IN ('PENDING', 'UNDER_REVIEW');
CREATE INDEX report_content ON report (content_type, content_id, status);
CREATE INDEX report_queue ON report (rank, created_at, id);
CREATE INDEX report_queue_status ON report (status, rank, created_at, id);
CREATE INDEX report_queue_assigned ON report (assigned_to, rank, created_at, id);
CREATE INDEX report_queue_type ON report (report_type, rank, created_at, id);
CREATE INDEX report_queue_content ON report (content_type, rank, created_at, id);
CREATE INDEX moderation_action_newest ON moderation_action (created_at, id);
CREATE INDEX moderation_action_standing ON moderation_action (content_id, content_type) WHERE reverted_at IS NULL;
COMMIT;
