-- Verdicts on the packets of a hop pair: matched + lost + missed + unknown adds up to the packets seen. Where a class wants
-- verdicts apart, lost, missed and dropped are 0 here and stand in owlosttable, owmisstable and owdroptable.
CREATE TABLE IF NOT EXISTS owcttable (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval of the first instant seen, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  matched_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets seen at both hops',
  matched_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes seen at both hops',
  lost_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets seen at the earlier and no later hop',
  lost_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  missed_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets one hop failed to see',
  missed_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  unknown_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets undecided while a probe was silent',
  unknown_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  dropped_packets BIGINT UNSIGNED NOT NULL COMMENT 'observations that came after their packet had settled',
  dropped_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  latency_sum_ns BIGINT NOT NULL COMMENT 'sum of latencies of matched packets, nanoseconds',
  latency_min_ns BIGINT NULL COMMENT 'least latency, nanoseconds',
  latency_max_ns BIGINT NULL COMMENT 'greatest latency, nanoseconds',
  latency_histogram MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'non-negative latencies per log-linear bucket of nanoseconds: bucket:count,...',
  duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'further sightings of these packets at the later hop',
  duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  negative_packets BIGINT UNSIGNED NOT NULL COMMENT 'matched packets whose latency is negative: the clocks do not agree',
  PRIMARY KEY (class_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way counters, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
