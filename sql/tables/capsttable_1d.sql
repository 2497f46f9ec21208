-- Capture statistics per day: completeness = packets / (packets + kernel_dropped + card_dropped + queue_dropped).
-- Live share of a span = SUM(covered_s) / its seconds. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS capsttable_1d (
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no',
  interface VARCHAR(64) NOT NULL COMMENT 'interface of the probe',
  covered_s INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'seconds of the day for which statistics exist',
  packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'frames received',
  bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'bytes of these frames on the wire',
  ip_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'IP packets decoded',
  ip_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'IP bytes of these',
  matched BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'IP packets that at least one flow class took',
  unmatched BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'IP packets that no flow class took',
  non_ip BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'frames without an IP packet',
  undecodable BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'frames whose IP header is invalid',
  kernel_dropped BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'packets the kernel dropped',
  card_dropped BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'packets the card dropped',
  queue_dropped BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'packets the queue of the probe had no room for',
  bad_time BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'packets whose timestamp was out of range',
  fwd_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: packets matched, in the direction of the first flow class that took them',
  rev_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: packets matched, in the direction of the first flow class that took them',
  fwd_duplicate_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: copies of an earlier frame among these',
  rev_duplicate_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: copies of an earlier frame among these',
  fwd_duplicate_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: IP bytes of these copies',
  rev_duplicate_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: IP bytes of these copies',
  forgotten_frames BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'frames of which copies were no longer looked for, for want of room',
  clock_error_max_ns BIGINT UNSIGNED NULL COMMENT 'greatest bound of the clock error, nanoseconds; NULL: not known',
  PRIMARY KEY (bucket_start, probe_no, interface)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'capture statistics per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
