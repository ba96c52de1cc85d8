-- Which words there are is not for the database to say: they grow.
ALTER TABLE account DROP CONSTRAINT account_role_check, ADD CONSTRAINT account_role_length CHECK (length(role) <= 40);
ALTER TABLE account DROP CONSTRAINT account_status_check, ADD CONSTRAINT account_status_length CHECK (length(status) <= 40);
