-- A listener that is new here first reads what there is: how far it has come. NULL: done, it follows the log.
ALTER TABLE listener_cursor ADD COLUMN rebuilding TEXT CHECK (length(rebuilding) <= 200);
ALTER TABLE dead_event ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
