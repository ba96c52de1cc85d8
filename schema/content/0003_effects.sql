-- What hides a title stands among the effects.
INSERT INTO effect (subject_id, action_id, effect) SELECT movie_id, action_id, 'HIDE' FROM movie_hidden_by;
DROP TABLE movie_hidden_by;
UPDATE listener_cursor SET listener = 'content.moderated' WHERE listener = 'content.movies';
UPDATE dead_event SET listener = 'content.moderated' WHERE listener = 'content.movies';
