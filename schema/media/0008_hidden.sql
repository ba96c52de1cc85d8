-- What is hidden is held against what decided it.
CREATE INDEX title_hidden ON title (movie_id) WHERE hidden = 1;
