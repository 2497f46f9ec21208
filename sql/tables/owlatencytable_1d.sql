-- One-way latencies per day: additive histogram, a row per bucket that has samples.
-- Bounds of a bucket: histogram_lower_ns(histogram_bucket). Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owlatencytable_1d (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  histogram_bucket SMALLINT UNSIGNED NOT NULL COMMENT 'log-linear bucket of nanoseconds, 32 to a power of two',
  samples BIGINT UNSIGNED NOT NULL COMMENT 'samples in the bucket',
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop, histogram_bucket),
  KEY class_no (class_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way latencies per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
