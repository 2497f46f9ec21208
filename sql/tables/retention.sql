-- What apply_retention keeps of a table; tables not listed keep everything. Where both limits are given, what either one
-- refuses goes. Empty at first: nothing is ever dropped unasked.
CREATE TABLE IF NOT EXISTS retention (
  table_name VARCHAR(64) NOT NULL COMMENT 'a partitioned table; or flow, for flows that ended and nothing refers to any more',
  keep_days INT UNSIGNED NULL COMMENT 'days to keep, counted from the newest that holds data; 1 or more',
  keep_mib BIGINT UNSIGNED NULL COMMENT 'MiB to keep, rows and keys, by the server''s own estimate; not for flow',
  PRIMARY KEY (table_name)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'how much of a table is kept';
