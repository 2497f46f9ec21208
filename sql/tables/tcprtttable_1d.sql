-- TCP round-trip times per day: additive histogram, a row per bucket that has samples.
-- Bounds of a bucket: histogram_lower_ns(histogram_bucket). Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS tcprtttable_1d (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  direction ENUM('fwd', 'rev') NOT NULL COMMENT 'whose round-trip times',
  histogram_bucket SMALLINT UNSIGNED NOT NULL COMMENT 'log-linear bucket of nanoseconds, 32 to a power of two',
  samples BIGINT UNSIGNED NOT NULL COMMENT 'samples in the bucket',
  PRIMARY KEY (bucket_start, flow_no, direction, histogram_bucket),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'TCP round-trip times per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
