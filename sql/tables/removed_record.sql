-- The numbers of the records whose rows were removed, in ranges: a record that comes again after its row went is known by
-- its number. Ranges of a table and run neither overlap nor touch.
CREATE TABLE IF NOT EXISTS removed_record (
  table_name VARCHAR(64) NOT NULL COMMENT 'table of rows as measured',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told them',
  first_record_no BIGINT UNSIGNED NOT NULL COMMENT 'first number of the range, within run and type',
  last_record_no BIGINT UNSIGNED NOT NULL COMMENT 'last number of the range, included',
  PRIMARY KEY (table_name, run_no, first_record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'records whose rows were removed';
