-- Up to which day a table has been emptied. Written before the rows go, so that a removal that was interrupted is never
-- taken for a day that is whole. What is made from rows, minutes or hours is not made again for days before the mark.
CREATE TABLE IF NOT EXISTS retention_mark (
  table_name VARCHAR(64) NOT NULL COMMENT 'a partitioned table',
  removed_before DATE NOT NULL COMMENT 'first day, UTC, that was kept: of earlier days there is only what came since',
  marked_at DATETIME(6) NOT NULL COMMENT 'when something was last removed, UTC',
  PRIMARY KEY (table_name)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'up to which day tables have been emptied';
