-- NetFlow volumes per hour: the packets and bytes of netflowtable, multiplied by the sampling rate and spread over the minutes
-- of each flow. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS netflowtable_1h (
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no of the formatter',
  exporter VARBINARY(16) NOT NULL COMMENT 'router that exported the flows, 4 or 16 bytes',
  src_address VARBINARY(16) NOT NULL COMMENT 'sender, 4 or 16 bytes',
  dst_address VARBINARY(16) NOT NULL COMMENT 'receiver, 4 or 16 bytes',
  protocol TINYINT UNSIGNED NOT NULL COMMENT 'IP protocol number',
  src_port SMALLINT UNSIGNED NOT NULL COMMENT 'port of the sender',
  dst_port SMALLINT UNSIGNED NOT NULL COMMENT 'port of the receiver',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets, multiplied by the sampling rate',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes, multiplied by the sampling rate',
  PRIMARY KEY (bucket_start, probe_no, exporter, src_address, dst_address, protocol, src_port, dst_port)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'NetFlow volumes per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
