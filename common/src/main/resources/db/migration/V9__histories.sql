-- A deletion blanks the latest changes of its message at once. The others are blanked in steps, as deleted chats are erased.
ALTER TABLE erasures
  -- 0: all messages of the chat
  ADD COLUMN message_number BIGINT NOT NULL DEFAULT 0 AFTER chat_number,
  -- How far the message's changes have been blanked.
  ADD COLUMN seen_change    BIGINT NOT NULL DEFAULT 0 AFTER seen_message,
  DROP PRIMARY KEY,
  ADD PRIMARY KEY (app_id, chat_number, message_number, author);
