-- The runs of the probes: flow ids and record numbers are unique within one.
CREATE TABLE IF NOT EXISTS probe_run (
  run_no INT UNSIGNED NOT NULL COMMENT 'number of the run in this database',
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no',
  run CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'id of the run, 16 hexadecimal digits',
  first_seen DATETIME(6) NOT NULL COMMENT 'when the loader first met it, UTC',
  PRIMARY KEY (run_no),
  UNIQUE KEY run (probe_no, run)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'runs of probes';
