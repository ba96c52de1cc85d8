-- One index serves both orders of a thread: a comment costs one scattered page instead of two. is_listed comes last, so that a
-- visitor's walk skips what is not listed without reading the rows.
DROP INDEX comment_listed;
DROP INDEX comment_all;
CREATE INDEX comment_order ON comment (movie_id, parent_id, created_at, id, is_listed);
