-- Days for which the prepared tables were made.
CREATE TABLE IF NOT EXISTS aggregated_day (
  day DATE NOT NULL COMMENT 'day, UTC',
  source ENUM('probe', 'netflow') NOT NULL COMMENT 'which prepared tables',
  aggregated_at DATETIME(6) NOT NULL COMMENT 'when they were last made, UTC; before the end of the day: the day is partial',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'control total: forward packets',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'control total: reverse packets',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'control total: forward IP bytes',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'control total: reverse IP bytes',
  PRIMARY KEY (day, source)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'days aggregated';
