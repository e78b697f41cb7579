-- Only SQL that MySQL 8.4 and MariaDB share. Times are UTC.
CREATE TABLE apps (
  id          BIGINT       NOT NULL AUTO_INCREMENT,
  token       VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name        VARCHAR(255) NOT NULL,
  chats_count BIGINT       NOT NULL DEFAULT 0,
  created_at  DATETIME(6)  NOT NULL,
  updated_at  DATETIME(6)  NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY apps_token (token)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Clustered in reading order; the worker locks parents itself, so no foreign keys check them again.
CREATE TABLE chats (
  app_id BIGINT      NOT NULL,
  number         BIGINT      NOT NULL,
  messages_count BIGINT      NOT NULL DEFAULT 0,
  created_at     DATETIME(6) NOT NULL,
  PRIMARY KEY (app_id, number)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE messages (
  app_id BIGINT      NOT NULL,
  chat_number    BIGINT      NOT NULL,
  number         BIGINT      NOT NULL,
  body           TEXT        NOT NULL,
  created_at     DATETIME(6) NOT NULL,
  PRIMARY KEY (app_id, chat_number, number)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- One row for a range of one chat's persisted messages that the search index does not hold yet.
CREATE TABLE search_outbox (
  id               BIGINT      NOT NULL AUTO_INCREMENT,
  partition_number INT         NOT NULL,
  app_id   BIGINT      NOT NULL,
  chat_number      BIGINT      NOT NULL,
  first_number     BIGINT      NOT NULL,
  last_number      BIGINT      NOT NULL,
  attempts         INT         NOT NULL DEFAULT 0,
  due_at           DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  KEY search_outbox_due (partition_number, due_at, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The search indexes that must hold every message: the live one, and one that a reindex is building.
CREATE TABLE search_indexes (
  name        VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  role        VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  index_uuid  VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
