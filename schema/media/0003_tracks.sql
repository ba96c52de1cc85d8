-- What a medium offers beside its picture, and what was left out of it: JSON, written whole with every preparation.
ALTER TABLE medium ADD COLUMN tracks TEXT NOT NULL DEFAULT '{"sounds":[],"texts":[],"remarks":[]}' CHECK (length(tracks) <= 65536);
-- Subtitles that people added; they outlive a preparation.
ALTER TABLE medium ADD COLUMN added_texts TEXT NOT NULL DEFAULT '{"list":[]}' CHECK (length(added_texts) <= 16384);
