-- The first epoch that has ended since the positions were last compared with their record in Elasticsearch, and how
-- far MySQL had persisted batches then; null if none has.
ALTER TABLE partition_positions
  ADD COLUMN ended_epoch     BIGINT NULL,
  ADD COLUMN ended_persisted BIGINT NULL;
