-- How often another run of Redis was checked. What was claimed from an earlier run is not persisted any more.
ALTER TABLE partition_positions ADD COLUMN term BIGINT NOT NULL DEFAULT 0;
