-- Something notable happened.
CREATE TABLE IF NOT EXISTS eventtable (
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  at DATETIME(6) NOT NULL COMMENT 'when, UTC',
  origin VARCHAR(64) NOT NULL COMMENT 'program, part or interface it concerns',
  severity VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'how much it matters: info warning error',
  code VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'name of the happening, fixed for ever',
  text TEXT NOT NULL COMMENT 'one sentence for people',
  parameters TEXT NOT NULL COMMENT 'JSON object of its figures',
  PRIMARY KEY (at, run_no, record_no),
  KEY code (code, at)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'Event, as measured'
  PARTITION BY RANGE (TO_DAYS(at)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
