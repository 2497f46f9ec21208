-- One-way dropped per hour: owdroptable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owdroptable_1h (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets dropped',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes dropped',
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop),
  KEY class_no (class_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way dropped per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
