-- UDP counters per minute: udpcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS udpcttable_1m (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  fwd_datagrams BIGINT UNSIGNED NOT NULL COMMENT 'forward: datagrams',
  rev_datagrams BIGINT UNSIGNED NOT NULL COMMENT 'reverse: datagrams',
  fwd_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes by the UDP length',
  rev_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes by the UDP length',
  fwd_checksumless BIGINT UNSIGNED NOT NULL COMMENT 'forward: datagrams with checksum 0',
  rev_checksumless BIGINT UNSIGNED NOT NULL COMMENT 'reverse: datagrams with checksum 0',
  PRIMARY KEY (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'UDP counters per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
