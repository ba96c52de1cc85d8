-- Which words there are is not for the database to say: they grow.
ALTER TABLE medium DROP CONSTRAINT medium_status_check, ADD CONSTRAINT medium_status_length CHECK (length(status) <= 40);
