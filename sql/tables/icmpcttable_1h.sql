-- ICMP counters per hour: icmpcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS icmpcttable_1h (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  icmp_type TINYINT UNSIGNED NOT NULL COMMENT 'ICMP or ICMPv6 type',
  icmp_code TINYINT UNSIGNED NOT NULL COMMENT 'ICMP or ICMPv6 code',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: messages',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: messages',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes',
  PRIMARY KEY (bucket_start, flow_no, icmp_type, icmp_code),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'ICMP counters per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
