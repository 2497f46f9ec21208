-- UDP counters per day: udpcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS udpcttable_1d (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  fwd_datagrams BIGINT UNSIGNED NOT NULL COMMENT 'forward: datagrams',
  rev_datagrams BIGINT UNSIGNED NOT NULL COMMENT 'reverse: datagrams',
  fwd_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes by the UDP length',
  rev_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes by the UDP length',
  fwd_checksumless BIGINT UNSIGNED NOT NULL COMMENT 'forward: datagrams with checksum 0',
  rev_checksumless BIGINT UNSIGNED NOT NULL COMMENT 'reverse: datagrams with checksum 0',
  PRIMARY KEY (bucket_start, flow_no),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'UDP counters per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
