-- The probes whose records are in this database.
CREATE TABLE IF NOT EXISTS probe (
  probe_no INT UNSIGNED NOT NULL COMMENT 'number of the probe in this database',
  name VARCHAR(64) NOT NULL COMMENT 'name of the probe, or of what else writes logs',
  first_seen DATETIME(6) NOT NULL COMMENT 'when the loader first met it, UTC',
  PRIMARY KEY (probe_no),
  UNIQUE KEY name (name)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'probes';
