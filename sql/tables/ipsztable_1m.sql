-- IP size distribution per minute: ipsztable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS ipsztable_1m (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  slice_no INT UNSIGNED NOT NULL COMMENT 'slice.slice_no',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets',
  PRIMARY KEY (flow_no, bucket_start, slice_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'IP size distribution per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
