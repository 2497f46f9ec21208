-- Packets seen at the earlier hop and no later one, where a class wants verdicts apart.
CREATE TABLE IF NOT EXISTS owlosttable (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval of the first instant seen, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets lost',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes lost',
  PRIMARY KEY (class_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way lost, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
