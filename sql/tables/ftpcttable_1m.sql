-- FTP counters per minute: ftpcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS ftpcttable_1m (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  sessions_opened BIGINT UNSIGNED NOT NULL COMMENT 'control sessions opened',
  logins_accepted BIGINT UNSIGNED NOT NULL COMMENT 'logins accepted',
  logins_refused BIGINT UNSIGNED NOT NULL COMMENT 'logins refused',
  transfers_started BIGINT UNSIGNED NOT NULL COMMENT 'transfers started',
  transfers_completed BIGINT UNSIGNED NOT NULL COMMENT 'transfers completed',
  transfers_failed BIGINT UNSIGNED NOT NULL COMMENT 'transfers failed',
  transfers_aborted BIGINT UNSIGNED NOT NULL COMMENT 'transfers aborted',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes of data connections',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes of data connections',
  PRIMARY KEY (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'FTP counters per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
