-- What apply_retention removed. The loader looks here for flows forgotten since it last looked.
CREATE TABLE IF NOT EXISTS retention_history (
  nth BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'number of the removal',
  removed_at DATETIME(6) NOT NULL COMMENT 'when, UTC',
  table_name VARCHAR(64) NOT NULL COMMENT 'table it was removed from; flow: with its instances',
  partition_name VARCHAR(64) NOT NULL COMMENT 'partition that went; empty for flow',
  row_count BIGINT UNSIGNED NOT NULL COMMENT 'rows that went; of a partition, the server''s estimate',
  PRIMARY KEY (nth),
  KEY table_name (table_name, nth)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'what retention removed';
