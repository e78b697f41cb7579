-- What MySQL knows of each partition's positions and epoch.
CREATE TABLE partition_positions (
  partition_number INT    NOT NULL,
  epoch            BIGINT NOT NULL DEFAULT 0,
  persisted        BIGINT NOT NULL DEFAULT 0,
  seen             BIGINT NOT NULL DEFAULT 0,
  -- The epoch that began because MySQL was set back, until the numbers that it has lost are filled; else 0.
  fill_due         BIGINT NOT NULL DEFAULT 0,
  -- The same epoch, until a search index has been built that has nothing of what MySQL has lost; else 0.
  index_due        BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (partition_number)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What stood in a row with this time is lost: MySQL was set back to an earlier state. The number stays.
ALTER TABLE chats ADD COLUMN lost_at DATETIME(6) NULL;
ALTER TABLE messages ADD COLUMN lost_at DATETIME(6) NULL;

-- What all services of this deployment agree on, in one row.
CREATE TABLE deployment (
  id         INT NOT NULL,
  partitions INT NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The version of the index's documents. A live index of an older version is replaced.
ALTER TABLE search_indexes ADD COLUMN layout INT NOT NULL DEFAULT 1;
