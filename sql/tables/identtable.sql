-- What an address was called, or whose it was, as packets told it. address_identity has the same put together.
CREATE TABLE IF NOT EXISTS identtable (
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  address VARBINARY(16) NOT NULL COMMENT 'the address, 4 or 16 bytes',
  kind VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what the value is: name pointer hardware duid',
  value TEXT NOT NULL COMMENT 'host name, name of the reverse look-up, hardware address, or identifier of a DHCPv6 client',
  source VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what told it: dns mdns dhcp tls',
  valid_from DATETIME(6) NOT NULL COMMENT 'when it was told first, UTC',
  valid_to DATETIME(6) NOT NULL COMMENT 'until when it holds, by its time to live or lease, UTC',
  PRIMARY KEY (valid_from, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'Identity of an address, as measured'
  PARTITION BY RANGE (TO_DAYS(valid_from)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
