-- Edits and deletions of messages, numbered by chat.
CREATE TABLE changes (
  app_id         BIGINT       NOT NULL,
  chat_number    BIGINT       NOT NULL,
  number         BIGINT       NOT NULL,
  message_number BIGINT       NULL,
  -- edit or delete
  kind           VARCHAR(8)   CHARACTER SET ascii COLLATE ascii_bin NULL,
  -- applied, none (the message was deleted or lost, or a later change came first), conflict (it had another revision),
  -- pending (it has no row yet), or lost: what stood here is gone, and nobody knows which message it was about.
  effect         VARCHAR(8)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  author         VARCHAR(128) NULL,
  -- What the message said before an applied change; null once the message is deleted.
  body           TEXT         NULL,
  metadata       TEXT         NULL,
  -- Recognises the same change when it is delivered again.
  fingerprint    BINARY(16)   NOT NULL,
  -- The job of a pending change.
  job            MEDIUMTEXT   NULL,
  created_at     DATETIME(6)  NOT NULL,
  PRIMARY KEY (app_id, chat_number, number),
  KEY changes_message (app_id, chat_number, message_number, number)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The number of the last change that was applied, and when. A message that nobody has changed pays a few bits.
ALTER TABLE messages
  ADD COLUMN revision            BIGINT      NULL,
  ADD COLUMN edited_at           DATETIME(6) NULL,
  ADD COLUMN deleted_at          DATETIME(6) NULL,
  -- Recognises the message as it was created when it is delivered again after a change.
  ADD COLUMN created_fingerprint BINARY(16)  NULL;

-- How many rows the chat has in changes, of those how many are pending, and how many of its messages are deleted.
ALTER TABLE chats
  ADD COLUMN changes_count BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN pending_count BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN deleted_count BIGINT NOT NULL DEFAULT 0;
