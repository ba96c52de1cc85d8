-- What hides a profile stands among the effects.
INSERT INTO effect (subject_id, action_id, effect) SELECT account_id, action_id, 'HIDE' FROM profile_hidden_by;
DROP TABLE profile_hidden_by;
