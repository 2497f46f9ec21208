-- What reports read about NetFlow data: as activityvolumetable_1d, volumes only. A conversation is one row: src is the side
-- whose port is not the service's. Written by Aggr_activityvolumetable_netflow_first_level.
CREATE TABLE IF NOT EXISTS activityvolumetable_netflow_1d (
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no of the formatter',
  exporter VARBINARY(16) NOT NULL COMMENT 'router that exported the flows',
  probe VARCHAR(64) NOT NULL COMMENT 'router that exported the flows, as text',
  src_address VARBINARY(16) NOT NULL COMMENT 'client side, 4 or 16 bytes (INET6_ATON); empty where the class does not tell addresses apart',
  src_prefix_length TINYINT UNSIGNED NULL COMMENT 'bits of the prefix, 32 or 128 for one host',
  src_host_name VARCHAR(255) NULL COMMENT 'name by reverse DNS; NULL: not known, as in all descriptions below',
  src_activity VARCHAR(128) NULL COMMENT 'activity by ipInfo.ini',
  src_location VARCHAR(128) NULL COMMENT 'location by ipInfo.ini',
  src_country VARCHAR(64) NULL COMMENT 'country, English name',
  src_city VARCHAR(128) NULL COMMENT 'city',
  src_asn INT UNSIGNED NULL COMMENT 'autonomous system number',
  src_as_name VARCHAR(255) NULL COMMENT 'name of the autonomous system',
  dst_address VARBINARY(16) NOT NULL COMMENT 'service side, 4 or 16 bytes (INET6_ATON); empty where the class does not tell addresses apart',
  dst_prefix_length TINYINT UNSIGNED NULL COMMENT 'bits of the prefix, 32 or 128 for one host',
  dst_host_name VARCHAR(255) NULL COMMENT 'name by reverse DNS; NULL: not known, as in all descriptions below',
  dst_activity VARCHAR(128) NULL COMMENT 'activity by ipInfo.ini',
  dst_location VARCHAR(128) NULL COMMENT 'location by ipInfo.ini',
  dst_country VARCHAR(64) NULL COMMENT 'country, English name',
  dst_city VARCHAR(128) NULL COMMENT 'city',
  dst_asn INT UNSIGNED NULL COMMENT 'autonomous system number',
  dst_as_name VARCHAR(255) NULL COMMENT 'name of the autonomous system',
  service VARCHAR(64) NOT NULL COMMENT 'service by the precedence of the ports; other tcp, other udp, or the protocol',
  protocol SMALLINT UNSIGNED NOT NULL COMMENT 'IP protocol number; 256 where the class does not tell protocols apart',
  protocol_name VARCHAR(32) NOT NULL COMMENT 'name of that protocol',
  fwd_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'src to dst: IP packets, multiplied by the sampling rate',
  fwd_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'src to dst: IP bytes, multiplied by the sampling rate',
  rev_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'dst to src: IP packets, multiplied by the sampling rate',
  rev_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'dst to src: IP bytes, multiplied by the sampling rate',
  PRIMARY KEY (bucket_start, probe_no, exporter, src_address, dst_address, protocol, service)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'volumes per day of NetFlow data, for reports'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );
