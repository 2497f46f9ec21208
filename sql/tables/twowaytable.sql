-- Requests of the interval and what became of them; all of a request counts in the interval of its first copy.
CREATE TABLE IF NOT EXISTS twowaytable (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval, a multiple of its length since the epoch, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  protocol VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'request/response protocol: icmp dns ntp snmp http tls tcp-handshake udp tcp user',
  requests BIGINT UNSIGNED NOT NULL COMMENT 'requests = replied + unanswered',
  replied BIGINT UNSIGNED NOT NULL COMMENT 'requests answered in time',
  unanswered BIGINT UNSIGNED NOT NULL COMMENT 'requests not answered in time',
  late BIGINT UNSIGNED NOT NULL COMMENT 'unanswered requests whose reply came later',
  repeats BIGINT UNSIGNED NOT NULL COMMENT 'further copies of a request',
  duplicate_replies BIGINT UNSIGNED NOT NULL COMMENT 'further copies of a reply',
  delay_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'sum of delays from the first copy, nanoseconds',
  delay_sum_squares DECIMAL(38,0) NOT NULL COMMENT 'sum of squared delays, square microseconds',
  delay_min_ns BIGINT UNSIGNED NULL COMMENT 'least delay, nanoseconds',
  delay_max_ns BIGINT UNSIGNED NULL COMMENT 'greatest delay, nanoseconds',
  last_copy_delay_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'sum of delays from the last copy, nanoseconds',
  slices MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'replies per slice of the class''s delay distribution: bucket:count,...',
  delay_histogram MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'replies per log-linear bucket of nanoseconds: bucket:count,...',
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'Two-way delays, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
