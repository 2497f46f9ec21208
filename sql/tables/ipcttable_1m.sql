-- IP counters per minute: ipcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS ipcttable_1m (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  attributed_flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow that these packets are reported under',
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
  PRIMARY KEY (flow_no, bucket_start, attributed_flow_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'IP counters per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
