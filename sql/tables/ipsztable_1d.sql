-- IP size distribution per day: ipsztable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS ipsztable_1d (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  slice_no INT UNSIGNED NOT NULL COMMENT 'slice.slice_no',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets',
  PRIMARY KEY (bucket_start, flow_no, slice_no),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'IP size distribution per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
