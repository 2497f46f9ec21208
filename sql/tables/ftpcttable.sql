-- FTP sessions and transfers of the instance in the interval.
CREATE TABLE IF NOT EXISTS ftpcttable (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval, a multiple of its length since the epoch, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  sessions_opened BIGINT UNSIGNED NOT NULL COMMENT 'control sessions opened',
  logins_accepted BIGINT UNSIGNED NOT NULL COMMENT 'logins accepted',
  logins_refused BIGINT UNSIGNED NOT NULL COMMENT 'logins refused',
  transfers_started BIGINT UNSIGNED NOT NULL COMMENT 'transfers started',
  transfers_completed BIGINT UNSIGNED NOT NULL COMMENT 'transfers completed',
  transfers_failed BIGINT UNSIGNED NOT NULL COMMENT 'transfers failed',
  transfers_aborted BIGINT UNSIGNED NOT NULL COMMENT 'transfers aborted',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes of data connections',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes of data connections',
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'FTP counters, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
