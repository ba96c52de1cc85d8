-- What is hidden is held against what decided it.
CREATE INDEX comment_hidden ON comment (id) WHERE is_hidden = 1;
