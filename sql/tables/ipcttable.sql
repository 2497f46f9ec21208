-- Every captured packet of the instance in the interval. Duplicate frames are in packets and bytes and stand beside
-- them.
CREATE TABLE IF NOT EXISTS ipcttable (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  attributed_flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow that these packets are reported under: itself, or the control flow of an FTP data connection',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval, a multiple of its length since the epoch, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes (IP total length)',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes (IP total length)',
  fwd_fragments BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets that are fragments of a datagram',
  rev_fragments BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets that are fragments of a datagram',
  fwd_duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets that are copies of an earlier frame',
  rev_duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets that are copies of an earlier frame',
  fwd_duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes of these copies',
  rev_duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes of these copies',
  first DATETIME(6) NOT NULL COMMENT 'first packet in the interval, UTC',
  last DATETIME(6) NOT NULL COMMENT 'last packet in the interval, UTC',
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'IP counters, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
