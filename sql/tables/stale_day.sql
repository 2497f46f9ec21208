-- Days for which data came after the prepared tables were last made: aggregate_stale_days empties it, reports name them.
CREATE TABLE IF NOT EXISTS stale_day (
  day DATE NOT NULL COMMENT 'day, UTC, whose prepared tables lag behind the data',
  source ENUM('probe', 'netflow') NOT NULL COMMENT 'which prepared tables',
  marked_at DATETIME(6) NOT NULL COMMENT 'when data for it last came, UTC',
  PRIMARY KEY (day, source)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'days to be aggregated';
