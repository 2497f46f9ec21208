-- Only in the template database: the runtime databases made from it. Procedures accept no other name.
CREATE TABLE IF NOT EXISTS instance (
  name VARCHAR(64) NOT NULL COMMENT 'name of the runtime database',
  created_at DATETIME(6) NOT NULL COMMENT 'when it was made, UTC',
  PRIMARY KEY (name)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'runtime databases';
