-- The number of the last change of the chat itself that was applied, and when; a deleted chat keeps its row and counts.
ALTER TABLE chats
  ADD COLUMN revision            BIGINT      NULL,
  ADD COLUMN edited_at           DATETIME(6) NULL,
  ADD COLUMN deleted_at          DATETIME(6) NULL,
  -- Recognises the chat as it was created when it is delivered again after a change.
  ADD COLUMN created_fingerprint BINARY(16)  NULL;

-- A deleted app keeps its row, so that its token is never given out again.
ALTER TABLE apps
  ADD COLUMN deleted_at DATETIME(6) NULL;

-- What is to be erased: a deleted chat, a deleted app, or what one author wrote. A row goes when nothing is left.
CREATE TABLE erasures (
  app_id         BIGINT         NOT NULL,
  -- 0: all chats of the app
  chat_number    BIGINT         NOT NULL,
  -- '': of all authors. By its bytes: a collation ignores spaces at the end.
  author         VARBINARY(512) NOT NULL,
  requested_at   DATETIME(6)    NOT NULL,
  -- How far the app's messages have been looked through for those of the author.
  seen_chat      BIGINT         NOT NULL DEFAULT 0,
  seen_message   BIGINT         NOT NULL DEFAULT 0,
  -- When the last row was erased. A late writer may bring a document back for a while after that.
  rows_erased_at DATETIME(6)    NULL,
  PRIMARY KEY (app_id, chat_number, author)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
