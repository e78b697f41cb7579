-- What a chat may say of itself.
ALTER TABLE chats
  ADD COLUMN name     VARCHAR(255) NULL,
  ADD COLUMN metadata TEXT         NULL;
