-- One-way counters per hour: owcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owcttable_1h (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
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
  duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'further sightings of these packets at the later hop',
  duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  negative_packets BIGINT UNSIGNED NOT NULL COMMENT 'matched packets whose latency is negative: the clocks do not agree',
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop),
  KEY class_no (class_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way counters per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
