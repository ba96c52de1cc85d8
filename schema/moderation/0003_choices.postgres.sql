-- Which words there are is not for the database to say: they grow.
ALTER TABLE report DROP CONSTRAINT report_of_subject_status_check, ADD CONSTRAINT report_status_length CHECK (length(status) <= 40);
ALTER TABLE report DROP CONSTRAINT report_of_subject_check; -- which of them end a report
ALTER TABLE moderation_audit DROP CONSTRAINT moderation_audit_what_check, ADD CONSTRAINT moderation_audit_what_length CHECK (length(what) <= 40);
