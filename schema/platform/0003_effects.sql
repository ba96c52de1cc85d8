-- What moderators' decisions do to this module's own things. Hidden is what any action hides.

CREATE TABLE effect (
    subject_id INTEGER NOT NULL,
    action_id  INTEGER NOT NULL,
    effect     TEXT    NOT NULL CHECK (length(effect) BETWEEN 1 AND 40),
    PRIMARY KEY (subject_id, action_id, effect)
) STRICT, WITHOUT ROWID;
