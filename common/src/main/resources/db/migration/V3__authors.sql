-- What a message may say besides its body. Messages that do not say it pay a few bits, and no index.
ALTER TABLE messages
  ADD COLUMN author   VARCHAR(128) NULL,
  ADD COLUMN metadata TEXT         NULL,
  ADD COLUMN reply_to BIGINT       NULL;
