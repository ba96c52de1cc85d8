-- Preparations are taken by owner: what for that has to be known of a job stands in it.
ALTER TABLE job ADD COLUMN owner_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
UPDATE job SET owner_id = (SELECT m.owner_id FROM medium m WHERE m.id = job.medium_id),
    bytes = (SELECT coalesce(m.size, m.received) FROM medium m WHERE m.id = job.medium_id);
DROP INDEX job_free;
CREATE INDEX job_of_owner ON job (owner_id, priority DESC, bytes, queued_at);
CREATE INDEX job_queued ON job (queued_at, medium_id);
-- Unfinished uploads of one person are counted.
CREATE INDEX medium_open ON medium (owner_id) WHERE expires_at IS NOT NULL;
