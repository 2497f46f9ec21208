-- NetFlow volumes per minute: the packets and bytes of netflowtable, multiplied by the sampling rate and spread over the minutes
-- of each flow. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS netflowtable_1m (
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no of the formatter',
  exporter VARBINARY(16) NOT NULL COMMENT 'router that exported the flows, 4 or 16 bytes',
  file_hour DATETIME NOT NULL COMMENT 'UTC hour of the file that told it: loading an hour again replaces its rows',
  src_address VARBINARY(16) NOT NULL COMMENT 'sender, 4 or 16 bytes',
  dst_address VARBINARY(16) NOT NULL COMMENT 'receiver, 4 or 16 bytes',
  protocol TINYINT UNSIGNED NOT NULL COMMENT 'IP protocol number',
  src_port SMALLINT UNSIGNED NOT NULL COMMENT 'port of the sender',
  dst_port SMALLINT UNSIGNED NOT NULL COMMENT 'port of the receiver',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets, multiplied by the sampling rate',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes, multiplied by the sampling rate',
  PRIMARY KEY (bucket_start, probe_no, exporter, file_hour, src_address, dst_address, protocol, src_port, dst_port),
  KEY file_hour (probe_no, exporter, file_hour)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'NetFlow volumes per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
