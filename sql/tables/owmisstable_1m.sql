-- One-way missed per minute: owmisstable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owmisstable_1m (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  at_hop SMALLINT UNSIGNED NOT NULL COMMENT 'hop that failed to see them',
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets missed',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes missed',
  PRIMARY KEY (class_no, from_hop, to_hop, bucket_start, at_hop)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way missed per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
