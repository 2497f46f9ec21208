-- A unidirectional flow a router exported, as it was exported.
CREATE TABLE IF NOT EXISTS netflowtable (
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  file_hour DATETIME NOT NULL COMMENT 'UTC hour of the file that told it: loading an hour again replaces its rows',
  exporter VARBINARY(16) NOT NULL COMMENT 'router that exported it, 4 or 16 bytes',
  first DATETIME(6) NOT NULL COMMENT 'first packet, UTC',
  last DATETIME(6) NOT NULL COMMENT 'last packet, UTC',
  src_address VARBINARY(16) NOT NULL COMMENT 'sender, 4 or 16 bytes',
  dst_address VARBINARY(16) NOT NULL COMMENT 'receiver, 4 or 16 bytes',
  src_port SMALLINT UNSIGNED NOT NULL COMMENT 'sender''s port',
  dst_port SMALLINT UNSIGNED NOT NULL COMMENT 'receiver''s port',
  protocol TINYINT UNSIGNED NOT NULL COMMENT 'IP protocol number',
  tos TINYINT UNSIGNED NULL COMMENT 'ToS octet',
  tcp_flags SMALLINT UNSIGNED NULL COMMENT 'OR of the TCP flags',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets as exported',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes as exported',
  sampling_rate INT UNSIGNED NOT NULL COMMENT 'one packet in so many was looked at; 1 for all',
  input_interface INT UNSIGNED NULL COMMENT 'SNMP index of the input interface',
  output_interface INT UNSIGNED NULL COMMENT 'SNMP index of the output interface',
  src_as INT UNSIGNED NULL COMMENT 'sender''s AS number',
  dst_as INT UNSIGNED NULL COMMENT 'receiver''s AS number',
  PRIMARY KEY (first, run_no, record_no),
  KEY file_hour (file_hour, run_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'NetFlow record, as measured'
  PARTITION BY RANGE (TO_DAYS(first)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
