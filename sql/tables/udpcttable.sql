-- UDP datagrams; a fragmented one counts once, with its first fragment.
CREATE TABLE IF NOT EXISTS udpcttable (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval, a multiple of its length since the epoch, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  fwd_datagrams BIGINT UNSIGNED NOT NULL COMMENT 'forward: datagrams',
  rev_datagrams BIGINT UNSIGNED NOT NULL COMMENT 'reverse: datagrams',
  fwd_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes by the UDP length',
  rev_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes by the UDP length',
  fwd_checksumless BIGINT UNSIGNED NOT NULL COMMENT 'forward: datagrams with checksum 0',
  rev_checksumless BIGINT UNSIGNED NOT NULL COMMENT 'reverse: datagrams with checksum 0',
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'UDP counters, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
