-- What is hidden is held against what decided it: by title, and on whichever shelf.
CREATE INDEX movie_hidden ON movie (id) WHERE hidden = 1;
CREATE INDEX movie_shelf_hidden ON movie_shelf (movie_id) WHERE state = 5;
CREATE INDEX movie_shelf_movie ON movie_shelf (movie_id, state);
