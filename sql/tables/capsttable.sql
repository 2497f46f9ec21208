-- What an interface gave and where it went: packets = matched + unmatched + undecodable + non-IP; what was dropped
-- before came on top.
CREATE TABLE IF NOT EXISTS capsttable (
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  interface VARCHAR(64) NOT NULL COMMENT 'interface',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'frames received',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'bytes of these frames on the wire, link header included',
  ip_packets BIGINT UNSIGNED NOT NULL COMMENT 'IP packets decoded',
  ip_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  matched BIGINT UNSIGNED NOT NULL COMMENT 'IP packets that at least one flow class took',
  unmatched BIGINT UNSIGNED NOT NULL COMMENT 'IP packets that no flow class took',
  non_ip BIGINT UNSIGNED NOT NULL COMMENT 'frames without an IP packet',
  ethertypes MEDIUMTEXT NOT NULL COMMENT 'frames by ethertype, hexadecimal: name:count,...',
  undecodable BIGINT UNSIGNED NOT NULL COMMENT 'frames whose IP header is invalid',
  undecodable_reasons MEDIUMTEXT NOT NULL COMMENT 'these by reason: name:count,...',
  malformed_reasons MEDIUMTEXT NOT NULL COMMENT 'IP packets counted whose inside could not be decoded, by reason: name:count,...',
  kernel_dropped BIGINT UNSIGNED NOT NULL COMMENT 'packets the kernel dropped',
  card_dropped BIGINT UNSIGNED NOT NULL COMMENT 'packets the card dropped',
  queue_dropped BIGINT UNSIGNED NOT NULL COMMENT 'packets the probe''s own queue had no room for',
  bad_time BIGINT UNSIGNED NOT NULL COMMENT 'packets whose timestamp was out of range',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets matched, in the direction of the first flow class that took them',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets matched, in the direction of the first flow class that took them',
  fwd_duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: copies of an earlier frame among these',
  rev_duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: copies of an earlier frame among these',
  fwd_duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes of these copies',
  rev_duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes of these copies',
  forgotten_frames BIGINT UNSIGNED NOT NULL COMMENT 'frames of which copies were no longer looked for, for want of room',
  clock_offset_ns BIGINT NULL COMMENT 'system clock against its reference, nanoseconds',
  clock_error_ns BIGINT UNSIGNED NULL COMMENT 'bound of the clock''s error, nanoseconds',
  PRIMARY KEY (interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'Capture statistics, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
