-- A refresh token that is sent again shortly after its use gets the one that followed it: kept here for that while, sealed with a key of which
-- the used token is a part. `used_at` is lived time from here on; what was used before has no successor here, so it is a replay.
ALTER TABLE refresh_token ADD COLUMN successor TEXT CHECK (length(successor) <= 500);
