-- TCP round-trip times per service, as an additive histogram: median and percentiles over any span are one sum.
-- v_service_rtt_1d shows how. Bounds of a bucket: histogram_lower_ns(bucket).
CREATE TABLE IF NOT EXISTS servicertt_1d (
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no',
  service VARCHAR(64) NOT NULL COMMENT 'as in activityvolumetable',
  direction ENUM('fwd', 'rev') NOT NULL COMMENT 'fwd: tap to dst and back, rev: tap to src and back',
  histogram_bucket SMALLINT UNSIGNED NOT NULL COMMENT 'log-linear bucket of nanoseconds, 32 to a power of two',
  samples BIGINT UNSIGNED NOT NULL COMMENT 'round-trip samples in the bucket',
  PRIMARY KEY (bucket_start, probe_no, service, direction, histogram_bucket)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'round-trip times per day, for reports'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
