-- ICMP and ICMPv6 messages per type and code.
CREATE TABLE IF NOT EXISTS icmpcttable (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval, a multiple of its length since the epoch, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  icmp_type TINYINT UNSIGNED NOT NULL COMMENT 'ICMP or ICMPv6 type',
  icmp_code TINYINT UNSIGNED NOT NULL COMMENT 'ICMP or ICMPv6 code',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: messages',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: messages',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes',
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'ICMP counters, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
