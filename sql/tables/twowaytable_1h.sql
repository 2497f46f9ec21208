-- Two-way delays per hour: twowaytable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS twowaytable_1h (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
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
  PRIMARY KEY (bucket_start, flow_no, protocol),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'Two-way delays per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
