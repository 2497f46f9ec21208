-- Which slice a number of a distribution stands for within a run, as last announced.
CREATE TABLE IF NOT EXISTS run_slice (
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no',
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  metric VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'observation type the slices divide',
  slice SMALLINT UNSIGNED NOT NULL COMMENT 'number of the slice in the records of the run',
  slice_no INT UNSIGNED NOT NULL COMMENT 'slice.slice_no',
  PRIMARY KEY (run_no, class_no, metric, slice)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'slices of distributions per run';
