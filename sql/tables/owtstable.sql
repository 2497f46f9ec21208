-- One packet and when each hop saw it, where the class chooses this in place of owlat.
CREATE TABLE IF NOT EXISTS owtstable (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  signature CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'signature, 16 hexadecimal digits',
  seen DATETIME(6) NOT NULL COMMENT 'first instant seen, UTC',
  hops TEXT NOT NULL COMMENT 'hop:nanoseconds after `seen`, separated by commas',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes',
  PRIMARY KEY (class_no, seen, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way hop timestamps, as measured'
  PARTITION BY RANGE (TO_DAYS(seen)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
