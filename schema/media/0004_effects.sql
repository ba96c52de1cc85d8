-- What hides a medium stands among the effects.
INSERT INTO effect (subject_id, action_id, effect) SELECT medium_id, action_id, 'HIDE' FROM medium_hidden_by;
DROP TABLE medium_hidden_by;
