-- The hours of NetFlow of which minutes were removed: what they had brought can no longer be told apart, so they cannot be
-- replaced.
CREATE TABLE IF NOT EXISTS removed_netflow_hour (
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no of the formatter',
  exporter VARBINARY(16) NOT NULL COMMENT 'router that exported the flows, 4 or 16 bytes',
  file_hour DATETIME NOT NULL COMMENT 'UTC hour of the file that told them',
  PRIMARY KEY (probe_no, exporter, file_hour)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'hours of NetFlow of which minutes were removed';
