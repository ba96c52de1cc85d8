-- What an upload takes on the disk with all that was made from it, kept as files come and go: quotas and lists count what is there. Of
-- uploads from before, what was made is measured after the start; until then `made` is NULL and counts nothing.
ALTER TABLE medium ADD COLUMN made INTEGER CHECK (made >= 0);
ALTER TABLE medium ADD COLUMN on_disk INTEGER NOT NULL DEFAULT 0 CHECK (on_disk >= 0);
UPDATE medium SET on_disk = coalesce(size, received);
UPDATE owner_total SET bytes = (SELECT coalesce(sum(m.on_disk), 0) FROM medium m WHERE m.owner_id = owner_total.owner_id);
CREATE INDEX medium_on_disk ON medium (on_disk, id);
CREATE INDEX medium_of_owner_on_disk ON medium (owner_id, on_disk, id);
CREATE INDEX medium_unmeasured ON medium (id) WHERE made IS NULL;
CREATE INDEX owner_total_bytes ON owner_total (bytes, owner_id) WHERE media > 0;
