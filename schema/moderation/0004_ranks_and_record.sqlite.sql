-- As what somebody decided: who ranks below does not take it back. Decisions of before count as a moderator's.
ALTER TABLE moderation_action ADD COLUMN decided_as TEXT NOT NULL DEFAULT 'MODERATOR' CHECK (length(decided_as) <= 40);
-- Which decision a row of the record is about, so that both can be held against each other.
ALTER TABLE moderation_audit ADD COLUMN action_id INTEGER;
UPDATE moderation_audit SET action_id = CAST(substr(subject, instr(subject, ' action ') + 8) AS INTEGER)
    WHERE instr(subject, ' action ') > 0;
CREATE INDEX moderation_audit_action ON moderation_audit (action_id) WHERE action_id IS NOT NULL;
-- Who reported a thing does not judge it.
CREATE INDEX report_of_reporter ON report (subject_id, reporter_id);
