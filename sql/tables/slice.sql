-- Slices of the distributions. Other bounds make other slices, so sums over runs stay true.
CREATE TABLE IF NOT EXISTS slice (
  slice_no INT UNSIGNED NOT NULL COMMENT 'number of the slice in this database',
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  metric VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'observation type the slices divide',
  slice SMALLINT UNSIGNED NOT NULL COMMENT 'number of the slice, from 0',
  lower BIGINT UNSIGNED NOT NULL COMMENT 'lower bound, included: bytes for ipsz, nanoseconds for delays',
  upper BIGINT UNSIGNED NULL COMMENT 'upper bound, not included; null for the last',
  PRIMARY KEY (slice_no),
  UNIQUE KEY bounds (class_no, metric, slice, lower, upper)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'slices of distributions';
