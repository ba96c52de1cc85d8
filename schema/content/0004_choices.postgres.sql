-- Which words there are is not for the database to say: they grow.
ALTER TABLE movie DROP CONSTRAINT movie_status_check, ADD CONSTRAINT movie_status_length CHECK (length(status) <= 40);
