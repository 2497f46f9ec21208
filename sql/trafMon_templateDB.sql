-- The template database of trafMon. Produced from the files in sql/; install it with: mysql < trafMon_templateDB.sql
SET NAMES utf8mb4 COLLATE utf8mb4_bin;
SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY';
CREATE DATABASE IF NOT EXISTS trafMon_template DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
USE trafMon_template;

-- TCP round-trip times of activityvolumetable_1d, as an additive histogram per pair of peers and service.
-- Without a filter on peers, servicertt_1d answers the same sooner.
CREATE TABLE IF NOT EXISTS activityrtt_1d (
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no',
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  src_address VARBINARY(16) NOT NULL COMMENT 'as in activityvolumetable',
  dst_address VARBINARY(16) NOT NULL COMMENT 'as in activityvolumetable',
  service VARCHAR(64) NOT NULL COMMENT 'as in activityvolumetable',
  direction ENUM('fwd', 'rev') NOT NULL COMMENT 'fwd: tap to dst and back, rev: tap to src and back',
  histogram_bucket SMALLINT UNSIGNED NOT NULL COMMENT 'log-linear bucket of nanoseconds, 32 to a power of two',
  samples BIGINT UNSIGNED NOT NULL COMMENT 'round-trip samples in the bucket',
  PRIMARY KEY (bucket_start, probe_no, class_no, src_address, dst_address, service, direction, histogram_bucket)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'round-trip times per day, for reports'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- TCP round-trip times of activityvolumetable_1h, as an additive histogram per pair of peers and service.
-- Without a filter on peers, servicertt_1h answers the same sooner.
CREATE TABLE IF NOT EXISTS activityrtt_1h (
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no',
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  src_address VARBINARY(16) NOT NULL COMMENT 'as in activityvolumetable',
  dst_address VARBINARY(16) NOT NULL COMMENT 'as in activityvolumetable',
  service VARCHAR(64) NOT NULL COMMENT 'as in activityvolumetable',
  direction ENUM('fwd', 'rev') NOT NULL COMMENT 'fwd: tap to dst and back, rev: tap to src and back',
  histogram_bucket SMALLINT UNSIGNED NOT NULL COMMENT 'log-linear bucket of nanoseconds, 32 to a power of two',
  samples BIGINT UNSIGNED NOT NULL COMMENT 'round-trip samples in the bucket',
  PRIMARY KEY (bucket_start, probe_no, class_no, src_address, dst_address, service, direction, histogram_bucket)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'round-trip times per hour, for reports'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- What reports read about probe data: one row per day, probe, pair of peers, protocol and service, from the account class.
-- src is who sent the forward packets (the client, where a client could be told). Two rows may hold the same two hosts
-- with src and dst exchanged; what counts conversations adds both. Written by Aggr_activityvolumetable_first_level.
CREATE TABLE IF NOT EXISTS activityvolumetable_1d (
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no',
  probe VARCHAR(64) NOT NULL COMMENT 'name of the probe',
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  class VARCHAR(64) NOT NULL COMMENT 'flow class that carried the account',
  src_address VARBINARY(16) NOT NULL COMMENT 'sender of forward packets, 4 or 16 bytes (INET6_ATON); empty where the class does not tell addresses apart',
  src_prefix_length TINYINT UNSIGNED NULL COMMENT 'bits of the prefix, 32 or 128 for one host',
  src_host_name VARCHAR(255) NULL COMMENT 'name by reverse DNS; NULL: not known, as in all descriptions below',
  src_activity VARCHAR(128) NULL COMMENT 'activity by ipInfo.ini',
  src_location VARCHAR(128) NULL COMMENT 'location by ipInfo.ini',
  src_country VARCHAR(64) NULL COMMENT 'country, English name',
  src_city VARCHAR(128) NULL COMMENT 'city',
  src_asn INT UNSIGNED NULL COMMENT 'autonomous system number',
  src_as_name VARCHAR(255) NULL COMMENT 'name of the autonomous system',
  dst_address VARBINARY(16) NOT NULL COMMENT 'receiver of forward packets, 4 or 16 bytes (INET6_ATON); empty where the class does not tell addresses apart',
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
  fwd_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'src to dst: IP packets, duplicate frames included',
  fwd_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'src to dst: IP bytes, duplicate frames included',
  rev_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'dst to src: IP packets, duplicate frames included',
  rev_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'dst to src: IP bytes, duplicate frames included',
  fwd_duplicate_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'src to dst: copies of an earlier frame among the packets',
  fwd_duplicate_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'src to dst: IP bytes of these copies',
  rev_duplicate_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'dst to src: copies of an earlier frame among the packets',
  rev_duplicate_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'dst to src: IP bytes of these copies',
  connections_opened BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'TCP connections seen for the first time',
  connections_established BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'TCP handshakes completed',
  connections_closed BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'TCP connections closed by FIN both ways',
  connections_reset BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'established TCP connections ended by RST',
  connections_refused BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'TCP connections reset before they were established',
  connections_timed_out BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'TCP connections given up for silence',
  fwd_payload_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: TCP payload bytes, repeats included',
  fwd_unique_payload_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: distinct TCP payload sequence numbers',
  fwd_tcp_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: TCP segments, duplicate frames left out',
  fwd_retransmitted_segments BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: segments with payload sent again',
  fwd_retransmitted_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: payload bytes sent again',
  fwd_out_of_order_segments BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: segments that filled a hole and are no retransmission',
  fwd_duplicate_acks BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: duplicate ACKs by RFC 5681',
  fwd_zero_windows BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: advertisements of window 0',
  fwd_rtt_samples BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: round-trip samples, tap to the receiver of this direction and back',
  fwd_rtt_sum_ns BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: sum of the samples, nanoseconds',
  fwd_rtt_min_ns BIGINT UNSIGNED NULL COMMENT 'forward: least sample, nanoseconds; NULL without samples',
  fwd_rtt_max_ns BIGINT UNSIGNED NULL COMMENT 'forward: greatest sample, nanoseconds; NULL without samples',
  rev_payload_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: TCP payload bytes, repeats included',
  rev_unique_payload_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: distinct TCP payload sequence numbers',
  rev_tcp_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: TCP segments, duplicate frames left out',
  rev_retransmitted_segments BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: segments with payload sent again',
  rev_retransmitted_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: payload bytes sent again',
  rev_out_of_order_segments BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: segments that filled a hole and are no retransmission',
  rev_duplicate_acks BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: duplicate ACKs by RFC 5681',
  rev_zero_windows BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: advertisements of window 0',
  rev_rtt_samples BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: round-trip samples, tap to the receiver of this direction and back',
  rev_rtt_sum_ns BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: sum of the samples, nanoseconds',
  rev_rtt_min_ns BIGINT UNSIGNED NULL COMMENT 'reverse: least sample, nanoseconds; NULL without samples',
  rev_rtt_max_ns BIGINT UNSIGNED NULL COMMENT 'reverse: greatest sample, nanoseconds; NULL without samples',
  ftp_transfers_started BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'FTP transfers commanded',
  ftp_transfers_completed BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'FTP transfers that ended well',
  ftp_transfers_failed BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'FTP transfers refused or broken off by the server',
  ftp_transfers_aborted BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'FTP transfers aborted by the client',
  ftp_transfers_unseen BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'FTP transfers whose data connection was not seen',
  ftp_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'payload bytes of FTP transfers',
  ftp_duration_ns BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'sum over FTP transfers of first to last payload byte, nanoseconds',
  PRIMARY KEY (bucket_start, probe_no, class_no, src_address, dst_address, protocol, service)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'volumes and key figures per day of probe data, for reports'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- What reports read about probe data: one row per hour, probe, pair of peers, protocol and service, from the account class.
-- src is who sent the forward packets (the client, where a client could be told). Two rows may hold the same two hosts
-- with src and dst exchanged; what counts conversations adds both. Written by Aggr_activityvolumetable_first_level.
CREATE TABLE IF NOT EXISTS activityvolumetable_1h (
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no',
  probe VARCHAR(64) NOT NULL COMMENT 'name of the probe',
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  class VARCHAR(64) NOT NULL COMMENT 'flow class that carried the account',
  src_address VARBINARY(16) NOT NULL COMMENT 'sender of forward packets, 4 or 16 bytes (INET6_ATON); empty where the class does not tell addresses apart',
  src_prefix_length TINYINT UNSIGNED NULL COMMENT 'bits of the prefix, 32 or 128 for one host',
  src_host_name VARCHAR(255) NULL COMMENT 'name by reverse DNS; NULL: not known, as in all descriptions below',
  src_activity VARCHAR(128) NULL COMMENT 'activity by ipInfo.ini',
  src_location VARCHAR(128) NULL COMMENT 'location by ipInfo.ini',
  src_country VARCHAR(64) NULL COMMENT 'country, English name',
  src_city VARCHAR(128) NULL COMMENT 'city',
  src_asn INT UNSIGNED NULL COMMENT 'autonomous system number',
  src_as_name VARCHAR(255) NULL COMMENT 'name of the autonomous system',
  dst_address VARBINARY(16) NOT NULL COMMENT 'receiver of forward packets, 4 or 16 bytes (INET6_ATON); empty where the class does not tell addresses apart',
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
  fwd_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'src to dst: IP packets, duplicate frames included',
  fwd_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'src to dst: IP bytes, duplicate frames included',
  rev_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'dst to src: IP packets, duplicate frames included',
  rev_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'dst to src: IP bytes, duplicate frames included',
  fwd_duplicate_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'src to dst: copies of an earlier frame among the packets',
  fwd_duplicate_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'src to dst: IP bytes of these copies',
  rev_duplicate_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'dst to src: copies of an earlier frame among the packets',
  rev_duplicate_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'dst to src: IP bytes of these copies',
  connections_opened BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'TCP connections seen for the first time',
  connections_established BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'TCP handshakes completed',
  connections_closed BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'TCP connections closed by FIN both ways',
  connections_reset BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'established TCP connections ended by RST',
  connections_refused BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'TCP connections reset before they were established',
  connections_timed_out BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'TCP connections given up for silence',
  fwd_payload_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: TCP payload bytes, repeats included',
  fwd_unique_payload_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: distinct TCP payload sequence numbers',
  fwd_tcp_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: TCP segments, duplicate frames left out',
  fwd_retransmitted_segments BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: segments with payload sent again',
  fwd_retransmitted_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: payload bytes sent again',
  fwd_out_of_order_segments BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: segments that filled a hole and are no retransmission',
  fwd_duplicate_acks BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: duplicate ACKs by RFC 5681',
  fwd_zero_windows BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: advertisements of window 0',
  fwd_rtt_samples BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: round-trip samples, tap to the receiver of this direction and back',
  fwd_rtt_sum_ns BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: sum of the samples, nanoseconds',
  fwd_rtt_min_ns BIGINT UNSIGNED NULL COMMENT 'forward: least sample, nanoseconds; NULL without samples',
  fwd_rtt_max_ns BIGINT UNSIGNED NULL COMMENT 'forward: greatest sample, nanoseconds; NULL without samples',
  rev_payload_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: TCP payload bytes, repeats included',
  rev_unique_payload_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: distinct TCP payload sequence numbers',
  rev_tcp_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: TCP segments, duplicate frames left out',
  rev_retransmitted_segments BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: segments with payload sent again',
  rev_retransmitted_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: payload bytes sent again',
  rev_out_of_order_segments BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: segments that filled a hole and are no retransmission',
  rev_duplicate_acks BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: duplicate ACKs by RFC 5681',
  rev_zero_windows BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: advertisements of window 0',
  rev_rtt_samples BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: round-trip samples, tap to the receiver of this direction and back',
  rev_rtt_sum_ns BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: sum of the samples, nanoseconds',
  rev_rtt_min_ns BIGINT UNSIGNED NULL COMMENT 'reverse: least sample, nanoseconds; NULL without samples',
  rev_rtt_max_ns BIGINT UNSIGNED NULL COMMENT 'reverse: greatest sample, nanoseconds; NULL without samples',
  ftp_transfers_started BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'FTP transfers commanded',
  ftp_transfers_completed BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'FTP transfers that ended well',
  ftp_transfers_failed BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'FTP transfers refused or broken off by the server',
  ftp_transfers_aborted BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'FTP transfers aborted by the client',
  ftp_transfers_unseen BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'FTP transfers whose data connection was not seen',
  ftp_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'payload bytes of FTP transfers',
  ftp_duration_ns BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'sum over FTP transfers of first to last payload byte, nanoseconds',
  PRIMARY KEY (bucket_start, probe_no, class_no, src_address, dst_address, protocol, service)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'volumes and key figures per hour of probe data, for reports'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

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

-- What reports read about NetFlow data: as activityvolumetable_1h, volumes only. A conversation is one row: src is the side
-- whose port is not the service's. Written by Aggr_activityvolumetable_netflow_first_level.
CREATE TABLE IF NOT EXISTS activityvolumetable_netflow_1h (
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
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
  COMMENT 'volumes per hour of NetFlow data, for reports'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- What an address was called, or whose it was, and when: the ranges of identtable, those of one value that touch made one.
-- Kept by the loader as data come; whatever the order and however often they come, it ends the same.
CREATE TABLE IF NOT EXISTS address_identity (
  address VARBINARY(16) NOT NULL COMMENT 'the address, 4 or 16 bytes',
  kind VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what the value is: name pointer hardware duid',
  value VARCHAR(255) NOT NULL COMMENT 'host name, name of the reverse look-up, hardware address, or identifier of a DHCPv6 client',
  source VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what told it: dns mdns dhcp tls',
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no of the probe that saw it: private addresses are not the same everywhere',
  valid_from DATETIME(6) NOT NULL COMMENT 'from when, UTC',
  valid_to DATETIME(6) NOT NULL COMMENT 'until when, UTC',
  PRIMARY KEY (address, valid_from, kind, source, probe_no, value),
  KEY value (value, valid_from)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'identities of addresses over time';

-- Days for which the prepared tables were made.
CREATE TABLE IF NOT EXISTS aggregated_day (
  day DATE NOT NULL COMMENT 'day, UTC',
  source ENUM('probe', 'netflow') NOT NULL COMMENT 'which prepared tables',
  aggregated_at DATETIME(6) NOT NULL COMMENT 'when they were last made, UTC; before the end of the day: the day is partial',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'control total: forward packets',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'control total: reverse packets',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'control total: forward IP bytes',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'control total: reverse IP bytes',
  PRIMARY KEY (day, source)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'days aggregated';

-- What an interface gave and where it went: packets = matched + unmatched + undecodable + non-IP; what was dropped
-- before came on top.
CREATE TABLE IF NOT EXISTS capsttable (
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  interface VARCHAR(64) NOT NULL COMMENT 'interface',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'frames received',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'bytes of these frames on the wire, link header included',
  ip_packets BIGINT UNSIGNED NOT NULL COMMENT 'IP packets decoded',
  ip_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  matched BIGINT UNSIGNED NOT NULL COMMENT 'IP packets that at least one flow class took',
  unmatched BIGINT UNSIGNED NOT NULL COMMENT 'IP packets that no flow class took',
  non_ip BIGINT UNSIGNED NOT NULL COMMENT 'frames without an IP packet',
  ethertypes MEDIUMTEXT NOT NULL COMMENT 'frames by ethertype, hexadecimal: name:count,...',
  undecodable BIGINT UNSIGNED NOT NULL COMMENT 'frames whose IP header is invalid',
  undecodable_reasons MEDIUMTEXT NOT NULL COMMENT 'these by reason: name:count,...',
  malformed_reasons MEDIUMTEXT NOT NULL COMMENT 'IP packets counted whose inside could not be decoded, by reason: name:count,...',
  kernel_dropped BIGINT UNSIGNED NOT NULL COMMENT 'packets the kernel dropped',
  card_dropped BIGINT UNSIGNED NOT NULL COMMENT 'packets the card dropped',
  queue_dropped BIGINT UNSIGNED NOT NULL COMMENT 'packets the probe''s own queue had no room for',
  bad_time BIGINT UNSIGNED NOT NULL COMMENT 'packets whose timestamp was out of range',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets matched, in the direction of the first flow class that took them',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets matched, in the direction of the first flow class that took them',
  fwd_duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: copies of an earlier frame among these',
  rev_duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: copies of an earlier frame among these',
  fwd_duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes of these copies',
  rev_duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes of these copies',
  forgotten_frames BIGINT UNSIGNED NOT NULL COMMENT 'frames of which copies were no longer looked for, for want of room',
  clock_offset_ns BIGINT NULL COMMENT 'system clock against its reference, nanoseconds',
  clock_error_ns BIGINT UNSIGNED NULL COMMENT 'bound of the clock''s error, nanoseconds',
  PRIMARY KEY (interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'Capture statistics, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- Capture statistics per day: completeness = packets / (packets + kernel_dropped + card_dropped + queue_dropped).
-- Live share of a span = SUM(covered_s) / its seconds. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS capsttable_1d (
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no',
  interface VARCHAR(64) NOT NULL COMMENT 'interface of the probe',
  covered_s INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'seconds of the day for which statistics exist',
  packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'frames received',
  bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'bytes of these frames on the wire',
  ip_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'IP packets decoded',
  ip_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'IP bytes of these',
  matched BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'IP packets that at least one flow class took',
  unmatched BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'IP packets that no flow class took',
  non_ip BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'frames without an IP packet',
  undecodable BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'frames whose IP header is invalid',
  kernel_dropped BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'packets the kernel dropped',
  card_dropped BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'packets the card dropped',
  queue_dropped BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'packets the queue of the probe had no room for',
  bad_time BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'packets whose timestamp was out of range',
  fwd_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: packets matched, in the direction of the first flow class that took them',
  rev_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: packets matched, in the direction of the first flow class that took them',
  fwd_duplicate_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: copies of an earlier frame among these',
  rev_duplicate_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: copies of an earlier frame among these',
  fwd_duplicate_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: IP bytes of these copies',
  rev_duplicate_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: IP bytes of these copies',
  forgotten_frames BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'frames of which copies were no longer looked for, for want of room',
  clock_error_max_ns BIGINT UNSIGNED NULL COMMENT 'greatest bound of the clock error, nanoseconds; NULL: not known',
  PRIMARY KEY (bucket_start, probe_no, interface)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'capture statistics per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- Capture statistics per hour: completeness = packets / (packets + kernel_dropped + card_dropped + queue_dropped).
-- Live share of a span = SUM(covered_s) / its seconds. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS capsttable_1h (
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no',
  interface VARCHAR(64) NOT NULL COMMENT 'interface of the probe',
  covered_s INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'seconds of the hour for which statistics exist',
  packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'frames received',
  bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'bytes of these frames on the wire',
  ip_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'IP packets decoded',
  ip_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'IP bytes of these',
  matched BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'IP packets that at least one flow class took',
  unmatched BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'IP packets that no flow class took',
  non_ip BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'frames without an IP packet',
  undecodable BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'frames whose IP header is invalid',
  kernel_dropped BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'packets the kernel dropped',
  card_dropped BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'packets the card dropped',
  queue_dropped BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'packets the queue of the probe had no room for',
  bad_time BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'packets whose timestamp was out of range',
  fwd_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: packets matched, in the direction of the first flow class that took them',
  rev_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: packets matched, in the direction of the first flow class that took them',
  fwd_duplicate_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: copies of an earlier frame among these',
  rev_duplicate_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: copies of an earlier frame among these',
  fwd_duplicate_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: IP bytes of these copies',
  rev_duplicate_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: IP bytes of these copies',
  forgotten_frames BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'frames of which copies were no longer looked for, for want of room',
  clock_error_max_ns BIGINT UNSIGNED NULL COMMENT 'greatest bound of the clock error, nanoseconds; NULL: not known',
  PRIMARY KEY (bucket_start, probe_no, interface)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'capture statistics per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- Capture statistics per minute: completeness = packets / (packets + kernel_dropped + card_dropped + queue_dropped).
-- Live share of a span = SUM(covered_s) / its seconds. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS capsttable_1m (
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no',
  interface VARCHAR(64) NOT NULL COMMENT 'interface of the probe',
  covered_s INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'seconds of the minute for which statistics exist',
  packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'frames received',
  bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'bytes of these frames on the wire',
  ip_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'IP packets decoded',
  ip_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'IP bytes of these',
  matched BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'IP packets that at least one flow class took',
  unmatched BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'IP packets that no flow class took',
  non_ip BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'frames without an IP packet',
  undecodable BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'frames whose IP header is invalid',
  kernel_dropped BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'packets the kernel dropped',
  card_dropped BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'packets the card dropped',
  queue_dropped BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'packets the queue of the probe had no room for',
  bad_time BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'packets whose timestamp was out of range',
  fwd_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: packets matched, in the direction of the first flow class that took them',
  rev_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: packets matched, in the direction of the first flow class that took them',
  fwd_duplicate_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: copies of an earlier frame among these',
  rev_duplicate_packets BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: copies of an earlier frame among these',
  fwd_duplicate_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'forward: IP bytes of these copies',
  rev_duplicate_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reverse: IP bytes of these copies',
  forgotten_frames BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'frames of which copies were no longer looked for, for want of room',
  clock_error_max_ns BIGINT UNSIGNED NULL COMMENT 'greatest bound of the clock error, nanoseconds; NULL: not known',
  PRIMARY KEY (bucket_start, probe_no, interface)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'capture statistics per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- Something notable happened.
CREATE TABLE IF NOT EXISTS eventtable (
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  at DATETIME(6) NOT NULL COMMENT 'when, UTC',
  origin VARCHAR(64) NOT NULL COMMENT 'program, part or interface it concerns',
  severity VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'how much it matters: info warning error',
  code VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'name of the happening, fixed for ever',
  text TEXT NOT NULL COMMENT 'one sentence for people',
  parameters TEXT NOT NULL COMMENT 'JSON object of its figures',
  PRIMARY KEY (at, run_no, record_no),
  KEY code (code, at)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'Event, as measured'
  PARTITION BY RANGE (TO_DAYS(at)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- The one collector whose logs count for a probe from an instant on, where several collectors or relays write logs of the
-- same probe. Lines of any other are refused by the loader. Probes that are not listed, and what was seen before the first
-- instant listed, count from whichever collector.
CREATE TABLE IF NOT EXISTS feed (
  probe VARCHAR(64) NOT NULL COMMENT 'name of the probe',
  since DATETIME(6) NOT NULL COMMENT 'first instant it counts for, by the time of the records, UTC',
  collector VARCHAR(64) NOT NULL COMMENT 'name of the collector, as in the names of its log files',
  PRIMARY KEY (probe, since)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'which collector counts for a probe';

-- The flows: one row per distinct description, so that a flow which idles out and returns keeps its number. What the
-- partition rule of the class leaves out is NULL.
CREATE TABLE IF NOT EXISTS flow (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the flow in this database',
  description_hash BINARY(16) NOT NULL COMMENT 'start of the SHA-256 of the description: probe, class and the columns below',
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no',
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  account TINYINT UNSIGNED NOT NULL COMMENT 'whether the class feeds the volume tables: 0 or 1',
  two_way TINYINT UNSIGNED NOT NULL COMMENT 'whether both directions make one instance: 0 or 1',
  ip_version TINYINT UNSIGNED NULL COMMENT '4 or 6',
  protocol TINYINT UNSIGNED NULL COMMENT 'IP protocol number',
  fwd_address VARBINARY(16) NULL COMMENT 'sender of forward packets, or its prefix, 4 or 16 bytes',
  fwd_prefix_length TINYINT UNSIGNED NULL COMMENT 'bits of the prefix; 32 or 128 for one address',
  rev_address VARBINARY(16) NULL COMMENT 'sender of reverse packets, or its prefix, 4 or 16 bytes',
  rev_prefix_length TINYINT UNSIGNED NULL COMMENT 'bits of the prefix; 32 or 128 for one address',
  fwd_port SMALLINT UNSIGNED NULL COMMENT 'port of the forward sender',
  rev_port SMALLINT UNSIGNED NULL COMMENT 'port of the reverse sender',
  service VARCHAR(64) NULL COMMENT 'service by the precedence of the known ports',
  tos TINYINT UNSIGNED NULL COMMENT 'ToS or traffic class octet',
  vlan SMALLINT UNSIGNED NULL COMMENT 'outermost VLAN id, 0 for untagged',
  interface VARCHAR(64) NULL COMMENT 'interface the packets were captured on',
  tap_group VARCHAR(64) NULL COMMENT 'tap group of that interface',
  PRIMARY KEY (flow_no),
  UNIQUE KEY description_hash (description_hash),
  KEY fwd_address (fwd_address),
  KEY rev_address (rev_address)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'flows by their description';

-- The flow classes that records in this database belong to.
CREATE TABLE IF NOT EXISTS flow_class (
  class_no INT UNSIGNED NOT NULL COMMENT 'number of the class in this database',
  name VARCHAR(64) NOT NULL COMMENT 'name of the class in the configuration',
  PRIMARY KEY (class_no),
  UNIQUE KEY name (name)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'flow classes';

-- Which flow a flow id of a run stands for, and when that instance lived.
CREATE TABLE IF NOT EXISTS flow_instance (
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no',
  flow_id BIGINT UNSIGNED NOT NULL COMMENT 'number of the instance within the run',
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  direction VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what settled which way is forward: syn synack service first from lower overflow',
  started DATETIME(6) NOT NULL COMMENT 'first packet, UTC',
  ended DATETIME(6) NULL COMMENT 'last packet, UTC',
  end_reason VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'why it ended: idle evicted stop switch',
  PRIMARY KEY (run_no, flow_id),
  KEY flow_no (flow_no, started)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'instances of flows';

-- FTP sessions and transfers of the instance in the interval.
CREATE TABLE IF NOT EXISTS ftpcttable (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval, a multiple of its length since the epoch, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  sessions_opened BIGINT UNSIGNED NOT NULL COMMENT 'control sessions opened',
  logins_accepted BIGINT UNSIGNED NOT NULL COMMENT 'logins accepted',
  logins_refused BIGINT UNSIGNED NOT NULL COMMENT 'logins refused',
  transfers_started BIGINT UNSIGNED NOT NULL COMMENT 'transfers started',
  transfers_completed BIGINT UNSIGNED NOT NULL COMMENT 'transfers completed',
  transfers_failed BIGINT UNSIGNED NOT NULL COMMENT 'transfers failed',
  transfers_aborted BIGINT UNSIGNED NOT NULL COMMENT 'transfers aborted',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes of data connections',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes of data connections',
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'FTP counters, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- FTP counters per day: ftpcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS ftpcttable_1d (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  sessions_opened BIGINT UNSIGNED NOT NULL COMMENT 'control sessions opened',
  logins_accepted BIGINT UNSIGNED NOT NULL COMMENT 'logins accepted',
  logins_refused BIGINT UNSIGNED NOT NULL COMMENT 'logins refused',
  transfers_started BIGINT UNSIGNED NOT NULL COMMENT 'transfers started',
  transfers_completed BIGINT UNSIGNED NOT NULL COMMENT 'transfers completed',
  transfers_failed BIGINT UNSIGNED NOT NULL COMMENT 'transfers failed',
  transfers_aborted BIGINT UNSIGNED NOT NULL COMMENT 'transfers aborted',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes of data connections',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes of data connections',
  PRIMARY KEY (bucket_start, flow_no),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'FTP counters per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- FTP counters per hour: ftpcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS ftpcttable_1h (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  sessions_opened BIGINT UNSIGNED NOT NULL COMMENT 'control sessions opened',
  logins_accepted BIGINT UNSIGNED NOT NULL COMMENT 'logins accepted',
  logins_refused BIGINT UNSIGNED NOT NULL COMMENT 'logins refused',
  transfers_started BIGINT UNSIGNED NOT NULL COMMENT 'transfers started',
  transfers_completed BIGINT UNSIGNED NOT NULL COMMENT 'transfers completed',
  transfers_failed BIGINT UNSIGNED NOT NULL COMMENT 'transfers failed',
  transfers_aborted BIGINT UNSIGNED NOT NULL COMMENT 'transfers aborted',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes of data connections',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes of data connections',
  PRIMARY KEY (bucket_start, flow_no),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'FTP counters per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- FTP counters per minute: ftpcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS ftpcttable_1m (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  sessions_opened BIGINT UNSIGNED NOT NULL COMMENT 'control sessions opened',
  logins_accepted BIGINT UNSIGNED NOT NULL COMMENT 'logins accepted',
  logins_refused BIGINT UNSIGNED NOT NULL COMMENT 'logins refused',
  transfers_started BIGINT UNSIGNED NOT NULL COMMENT 'transfers started',
  transfers_completed BIGINT UNSIGNED NOT NULL COMMENT 'transfers completed',
  transfers_failed BIGINT UNSIGNED NOT NULL COMMENT 'transfers failed',
  transfers_aborted BIGINT UNSIGNED NOT NULL COMMENT 'transfers aborted',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes of data connections',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes of data connections',
  PRIMARY KEY (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'FTP counters per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One transfer of an FTP session.
CREATE TABLE IF NOT EXISTS ftptftable (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  session_id BIGINT UNSIGNED NOT NULL COMMENT 'number of the control session within the run',
  client VARBINARY(16) NOT NULL COMMENT 'FTP client, 4 or 16 bytes',
  client_port SMALLINT UNSIGNED NOT NULL COMMENT 'its control port',
  server VARBINARY(16) NOT NULL COMMENT 'FTP server, 4 or 16 bytes',
  server_port SMALLINT UNSIGNED NOT NULL COMMENT 'its control port',
  user TEXT NULL COMMENT 'user name logged in with',
  command VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'transfer command: RETR STOR APPE STOU LIST NLST MLSD',
  path TEXT NULL COMMENT 'argument of the command',
  mode VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'how the data connection was agreed: PORT EPRT PASV EPSV',
  data_address VARBINARY(16) NULL COMMENT 'listening side of the data connection, 4 or 16 bytes',
  data_port SMALLINT UNSIGNED NULL COMMENT 'its port',
  data_flow_id BIGINT UNSIGNED NULL COMMENT 'flow instance of the data connection in the account class',
  data_flow_no BIGINT UNSIGNED NULL COMMENT 'flow.flow_no of that instance',
  restart_offset BIGINT UNSIGNED NOT NULL COMMENT 'offset of REST, bytes',
  commanded DATETIME(6) NOT NULL COMMENT 'the command, UTC',
  connected DATETIME(6) NULL COMMENT 'the data connection''s first segment, UTC',
  first_payload DATETIME(6) NULL COMMENT 'first payload byte, UTC',
  last_payload DATETIME(6) NULL COMMENT 'last payload byte, UTC',
  replied DATETIME(6) NULL COMMENT 'the final reply, UTC',
  reply_code SMALLINT UNSIGNED NULL COMMENT 'final reply code',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'payload bytes transferred',
  throughput_bits_per_s BIGINT UNSIGNED NULL COMMENT 'payload bits a second, first to last payload byte',
  outcome VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what became of it: complete failed aborted data connection unseen',
  account_flow_no BIGINT UNSIGNED NULL COMMENT 'flow of the control session in the account class, set with attributed_at',
  attributed_at DATETIME(6) NULL COMMENT 'when Update_ftp_data_in_ipcttable last took it up, UTC; NULL: not yet',
  PRIMARY KEY (commanded, run_no, record_no),
  KEY flow_no (flow_no, commanded),
  KEY attributed_at (attributed_at)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'FTP transfer, as measured'
  PARTITION BY RANGE (TO_DAYS(commanded)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- Where the hops of the routes are watched, as last announced.
CREATE TABLE IF NOT EXISTS hop (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  hop SMALLINT UNSIGNED NOT NULL COMMENT 'number of the hop, from 1 in the direction of travel',
  probe VARCHAR(64) NOT NULL COMMENT 'probe that watches it',
  interface VARCHAR(64) NULL COMMENT 'interface it is watched on',
  PRIMARY KEY (class_no, hop)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'hops of routes';

-- ICMP and ICMPv6 messages per type and code.
CREATE TABLE IF NOT EXISTS icmpcttable (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval, a multiple of its length since the epoch, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  icmp_type TINYINT UNSIGNED NOT NULL COMMENT 'ICMP or ICMPv6 type',
  icmp_code TINYINT UNSIGNED NOT NULL COMMENT 'ICMP or ICMPv6 code',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: messages',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: messages',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes',
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'ICMP counters, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- ICMP counters per day: icmpcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS icmpcttable_1d (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  icmp_type TINYINT UNSIGNED NOT NULL COMMENT 'ICMP or ICMPv6 type',
  icmp_code TINYINT UNSIGNED NOT NULL COMMENT 'ICMP or ICMPv6 code',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: messages',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: messages',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes',
  PRIMARY KEY (bucket_start, flow_no, icmp_type, icmp_code),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'ICMP counters per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- ICMP counters per hour: icmpcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS icmpcttable_1h (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  icmp_type TINYINT UNSIGNED NOT NULL COMMENT 'ICMP or ICMPv6 type',
  icmp_code TINYINT UNSIGNED NOT NULL COMMENT 'ICMP or ICMPv6 code',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: messages',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: messages',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes',
  PRIMARY KEY (bucket_start, flow_no, icmp_type, icmp_code),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'ICMP counters per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- ICMP counters per minute: icmpcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS icmpcttable_1m (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  icmp_type TINYINT UNSIGNED NOT NULL COMMENT 'ICMP or ICMPv6 type',
  icmp_code TINYINT UNSIGNED NOT NULL COMMENT 'ICMP or ICMPv6 code',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: messages',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: messages',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes',
  PRIMARY KEY (flow_no, bucket_start, icmp_type, icmp_code)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'ICMP counters per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

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

-- Only in the template database: the runtime databases made from it. Procedures accept no other name.
CREATE TABLE IF NOT EXISTS instance (
  name VARCHAR(64) NOT NULL COMMENT 'name of the runtime database',
  created_at DATETIME(6) NOT NULL COMMENT 'when it was made, UTC',
  PRIMARY KEY (name)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'runtime databases';

-- Every address seen in a flow, and what is known about it. The loader adds addresses, trafMon_updateIpInfo describes them.
CREATE TABLE IF NOT EXISTS ipInfotable (
  address VARBINARY(16) NOT NULL COMMENT 'IPv4 or IPv6 address, 4 or 16 bytes (INET6_ATON)',
  discovered_at DATETIME(6) NOT NULL COMMENT 'when the loader first met it, UTC',
  kind VARCHAR(32) NULL COMMENT 'special-purpose label (private, loopback, multicast ...); NULL for ordinary addresses',
  host_name VARCHAR(255) NULL COMMENT 'name by reverse DNS or by ipInfo.ini',
  host_name_tried_at DATETIME(6) NULL COMMENT 'last reverse DNS query, UTC; a failed one is repeated some time after it',
  host_name_error VARCHAR(64) NULL COMMENT 'why the last query gave no name',
  activity VARCHAR(128) NULL COMMENT 'activity by ipInfo.ini',
  location VARCHAR(128) NULL COMMENT 'location by ipInfo.ini',
  country_code CHAR(2) NULL COMMENT 'country, ISO 3166',
  country VARCHAR(64) NULL COMMENT 'country, English name',
  city VARCHAR(128) NULL COMMENT 'city, English name',
  latitude DECIMAL(9,6) NULL COMMENT 'degrees north',
  longitude DECIMAL(9,6) NULL COMMENT 'degrees east',
  asn INT UNSIGNED NULL COMMENT 'autonomous system number',
  as_name VARCHAR(255) NULL COMMENT 'name of the autonomous system',
  sources VARCHAR(255) NULL COMMENT 'what told these, separated by blanks: ini city asn dns special',
  resolved_at DATETIME(6) NULL COMMENT 'when everything was last found, UTC; NULL: to be looked at by a plain run',
  changed_at DATETIME(6) NULL COMMENT 'when a description last changed, UTC',
  PRIMARY KEY (address),
  KEY resolved_at (resolved_at),
  KEY changed_at (changed_at)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'addresses and what is known about them';

-- Every captured packet of the instance in the interval. Duplicate frames are in packets and bytes and stand beside
-- them.
CREATE TABLE IF NOT EXISTS ipcttable (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  attributed_flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow that these packets are reported under: itself, or the control flow of an FTP data connection',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval, a multiple of its length since the epoch, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes (IP total length)',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes (IP total length)',
  fwd_fragments BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets that are fragments of a datagram',
  rev_fragments BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets that are fragments of a datagram',
  fwd_duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets that are copies of an earlier frame',
  rev_duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets that are copies of an earlier frame',
  fwd_duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes of these copies',
  rev_duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes of these copies',
  first DATETIME(6) NOT NULL COMMENT 'first packet in the interval, UTC',
  last DATETIME(6) NOT NULL COMMENT 'last packet in the interval, UTC',
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'IP counters, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- IP counters per day: ipcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS ipcttable_1d (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  attributed_flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow that these packets are reported under',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes (IP total length)',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes (IP total length)',
  fwd_fragments BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets that are fragments of a datagram',
  rev_fragments BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets that are fragments of a datagram',
  fwd_duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets that are copies of an earlier frame',
  rev_duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets that are copies of an earlier frame',
  fwd_duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes of these copies',
  rev_duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes of these copies',
  first DATETIME(6) NOT NULL COMMENT 'first packet in the interval, UTC',
  last DATETIME(6) NOT NULL COMMENT 'last packet in the interval, UTC',
  PRIMARY KEY (bucket_start, flow_no, attributed_flow_no),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'IP counters per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- IP counters per hour: ipcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS ipcttable_1h (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  attributed_flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow that these packets are reported under',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes (IP total length)',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes (IP total length)',
  fwd_fragments BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets that are fragments of a datagram',
  rev_fragments BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets that are fragments of a datagram',
  fwd_duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets that are copies of an earlier frame',
  rev_duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets that are copies of an earlier frame',
  fwd_duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes of these copies',
  rev_duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes of these copies',
  first DATETIME(6) NOT NULL COMMENT 'first packet in the interval, UTC',
  last DATETIME(6) NOT NULL COMMENT 'last packet in the interval, UTC',
  PRIMARY KEY (bucket_start, flow_no, attributed_flow_no),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'IP counters per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- IP counters per minute: ipcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS ipcttable_1m (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  attributed_flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow that these packets are reported under',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes (IP total length)',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes (IP total length)',
  fwd_fragments BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets that are fragments of a datagram',
  rev_fragments BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets that are fragments of a datagram',
  fwd_duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets that are copies of an earlier frame',
  rev_duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets that are copies of an earlier frame',
  fwd_duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes of these copies',
  rev_duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes of these copies',
  first DATETIME(6) NOT NULL COMMENT 'first packet in the interval, UTC',
  last DATETIME(6) NOT NULL COMMENT 'last packet in the interval, UTC',
  PRIMARY KEY (flow_no, bucket_start, attributed_flow_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'IP counters per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- Packets per slice of IP length.
CREATE TABLE IF NOT EXISTS ipsztable (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval, a multiple of its length since the epoch, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  slice_no INT UNSIGNED NOT NULL COMMENT 'slice.slice_no: slice of the IP size distribution of the class',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets',
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'IP size distribution, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- IP size distribution per day: ipsztable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS ipsztable_1d (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  slice_no INT UNSIGNED NOT NULL COMMENT 'slice.slice_no',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets',
  PRIMARY KEY (bucket_start, flow_no, slice_no),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'IP size distribution per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- IP size distribution per hour: ipsztable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS ipsztable_1h (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  slice_no INT UNSIGNED NOT NULL COMMENT 'slice.slice_no',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets',
  PRIMARY KEY (bucket_start, flow_no, slice_no),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'IP size distribution per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- IP size distribution per minute: ipsztable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS ipsztable_1m (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  slice_no INT UNSIGNED NOT NULL COMMENT 'slice.slice_no',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: packets',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: packets',
  PRIMARY KEY (flow_no, bucket_start, slice_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'IP size distribution per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- The files loaded. The same name with other content is refused; the same file again changes nothing.
CREATE TABLE IF NOT EXISTS load_history (
  file_name VARCHAR(255) NOT NULL COMMENT 'name of the log file',
  sha256 BINARY(32) NOT NULL COMMENT 'SHA-256 of its content',
  type VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'observation type',
  lines_loaded BIGINT UNSIGNED NOT NULL COMMENT 'lines that went into the tables',
  lines_rejected BIGINT UNSIGNED NOT NULL COMMENT 'lines refused, listed in rejected/',
  size_bytes BIGINT UNSIGNED NOT NULL COMMENT 'size of the file',
  loaded_at DATETIME(6) NOT NULL COMMENT 'when it was committed, UTC',
  PRIMARY KEY (file_name),
  KEY loaded_at (loaded_at)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'files loaded';

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

-- NetFlow volumes per day: the packets and bytes of netflowtable, multiplied by the sampling rate and spread over the minutes
-- of each flow. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS netflowtable_1d (
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
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
  COMMENT 'NetFlow volumes per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

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

-- What classes promise, since when: an announcement of a probe holds for its class until that probe's next one.
-- Shares are in millionths: 995000 is 99.5 %.
CREATE TABLE IF NOT EXISTS objective (
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe announced it',
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  since DATETIME(6) NOT NULL COMMENT 'since when it holds, UTC',
  objective VARCHAR(64) NOT NULL COMMENT 'name of the objective; empty for none',
  metric VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what is promised: none delay answered latency variation loss retransmitted',
  target BIGINT UNSIGNED NOT NULL COMMENT 'the most, of answered the least: nanoseconds, of answered, loss and retransmitted millionths',
  percentile INT UNSIGNED NULL COMMENT 'which percentile of an hour''s samples is meant, millionths',
  protocol VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'request/response protocol, of delay and answered',
  from_hop SMALLINT UNSIGNED NULL COMMENT 'earlier hop, of latency, variation and loss',
  to_hop SMALLINT UNSIGNED NULL COMMENT 'later hop, of these',
  hours INT UNSIGNED NOT NULL COMMENT 'least share of the judged hours within the target, millionths',
  samples BIGINT UNSIGNED NOT NULL COMMENT 'least samples of an hour that is judged',
  measured INT UNSIGNED NOT NULL COMMENT 'least share of an hour, and of the hours of a period, measured, millionths',
  PRIMARY KEY (run_no, class_no, since, objective)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'objectives of flow classes';

-- Verdicts on the packets of a hop pair: matched + lost + missed + unknown adds up to the packets seen. Where a class wants
-- verdicts apart, lost, missed and dropped are 0 here and stand in owlosttable, owmisstable and owdroptable.
CREATE TABLE IF NOT EXISTS owcttable (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval of the first instant seen, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  matched_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets seen at both hops',
  matched_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes seen at both hops',
  lost_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets seen at the earlier and no later hop',
  lost_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  missed_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets one hop failed to see',
  missed_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  unknown_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets undecided while a probe was silent',
  unknown_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  dropped_packets BIGINT UNSIGNED NOT NULL COMMENT 'observations that came after their packet had settled',
  dropped_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  latency_sum_ns BIGINT NOT NULL COMMENT 'sum of latencies of matched packets, nanoseconds',
  latency_min_ns BIGINT NULL COMMENT 'least latency, nanoseconds',
  latency_max_ns BIGINT NULL COMMENT 'greatest latency, nanoseconds',
  latency_histogram MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'non-negative latencies per log-linear bucket of nanoseconds: bucket:count,...',
  duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'further sightings of these packets at the later hop',
  duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  negative_packets BIGINT UNSIGNED NOT NULL COMMENT 'matched packets whose latency is negative: the clocks do not agree',
  PRIMARY KEY (class_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way counters, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One-way counters per day: owcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owcttable_1d (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  matched_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets seen at both hops',
  matched_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes seen at both hops',
  lost_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets seen at the earlier and no later hop',
  lost_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  missed_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets one hop failed to see',
  missed_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  unknown_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets undecided while a probe was silent',
  unknown_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  dropped_packets BIGINT UNSIGNED NOT NULL COMMENT 'observations that came after their packet had settled',
  dropped_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  latency_sum_ns BIGINT NOT NULL COMMENT 'sum of latencies of matched packets, nanoseconds',
  latency_min_ns BIGINT NULL COMMENT 'least latency, nanoseconds',
  latency_max_ns BIGINT NULL COMMENT 'greatest latency, nanoseconds',
  duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'further sightings of these packets at the later hop',
  duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  negative_packets BIGINT UNSIGNED NOT NULL COMMENT 'matched packets whose latency is negative: the clocks do not agree',
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop),
  KEY class_no (class_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way counters per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One-way counters per hour: owcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owcttable_1h (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  matched_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets seen at both hops',
  matched_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes seen at both hops',
  lost_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets seen at the earlier and no later hop',
  lost_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  missed_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets one hop failed to see',
  missed_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  unknown_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets undecided while a probe was silent',
  unknown_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  dropped_packets BIGINT UNSIGNED NOT NULL COMMENT 'observations that came after their packet had settled',
  dropped_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  latency_sum_ns BIGINT NOT NULL COMMENT 'sum of latencies of matched packets, nanoseconds',
  latency_min_ns BIGINT NULL COMMENT 'least latency, nanoseconds',
  latency_max_ns BIGINT NULL COMMENT 'greatest latency, nanoseconds',
  duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'further sightings of these packets at the later hop',
  duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  negative_packets BIGINT UNSIGNED NOT NULL COMMENT 'matched packets whose latency is negative: the clocks do not agree',
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop),
  KEY class_no (class_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way counters per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One-way counters per minute: owcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owcttable_1m (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  matched_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets seen at both hops',
  matched_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes seen at both hops',
  lost_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets seen at the earlier and no later hop',
  lost_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  missed_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets one hop failed to see',
  missed_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  unknown_packets BIGINT UNSIGNED NOT NULL COMMENT 'packets undecided while a probe was silent',
  unknown_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  dropped_packets BIGINT UNSIGNED NOT NULL COMMENT 'observations that came after their packet had settled',
  dropped_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  latency_sum_ns BIGINT NOT NULL COMMENT 'sum of latencies of matched packets, nanoseconds',
  latency_min_ns BIGINT NULL COMMENT 'least latency, nanoseconds',
  latency_max_ns BIGINT NULL COMMENT 'greatest latency, nanoseconds',
  duplicate_packets BIGINT UNSIGNED NOT NULL COMMENT 'further sightings of these packets at the later hop',
  duplicate_bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes of these',
  negative_packets BIGINT UNSIGNED NOT NULL COMMENT 'matched packets whose latency is negative: the clocks do not agree',
  PRIMARY KEY (class_no, from_hop, to_hop, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way counters per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- Observations that came after their packet had settled, where a class wants verdicts apart.
CREATE TABLE IF NOT EXISTS owdroptable (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval of the first instant seen, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets dropped',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes dropped',
  PRIMARY KEY (class_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way dropped, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One-way dropped per day: owdroptable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owdroptable_1d (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets dropped',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes dropped',
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop),
  KEY class_no (class_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way dropped per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One-way dropped per hour: owdroptable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owdroptable_1h (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets dropped',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes dropped',
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop),
  KEY class_no (class_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way dropped per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One-way dropped per minute: owdroptable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owdroptable_1m (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets dropped',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes dropped',
  PRIMARY KEY (class_no, from_hop, to_hop, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way dropped per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One-way latencies per day: additive histogram, a row per bucket that has samples.
-- Bounds of a bucket: histogram_lower_ns(histogram_bucket). Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owlatencytable_1d (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  histogram_bucket SMALLINT UNSIGNED NOT NULL COMMENT 'log-linear bucket of nanoseconds, 32 to a power of two',
  samples BIGINT UNSIGNED NOT NULL COMMENT 'samples in the bucket',
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop, histogram_bucket),
  KEY class_no (class_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way latencies per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One-way latencies per hour: additive histogram, a row per bucket that has samples.
-- Bounds of a bucket: histogram_lower_ns(histogram_bucket). Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owlatencytable_1h (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  histogram_bucket SMALLINT UNSIGNED NOT NULL COMMENT 'log-linear bucket of nanoseconds, 32 to a power of two',
  samples BIGINT UNSIGNED NOT NULL COMMENT 'samples in the bucket',
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop, histogram_bucket),
  KEY class_no (class_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way latencies per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One packet seen at both hops of a pair.
CREATE TABLE IF NOT EXISTS owlattable (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  signature CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'signature, 16 hexadecimal digits',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  seen DATETIME(6) NOT NULL COMMENT 'instant at the earlier hop, UTC',
  latency_ns BIGINT NOT NULL COMMENT 'instant at the later minus instant at the earlier hop, nanoseconds',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes',
  PRIMARY KEY (class_no, seen, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way latency, as measured'
  PARTITION BY RANGE (TO_DAYS(seen)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- Packets seen at the earlier hop and no later one, where a class wants verdicts apart.
CREATE TABLE IF NOT EXISTS owlosttable (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval of the first instant seen, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets lost',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes lost',
  PRIMARY KEY (class_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way lost, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One-way lost per day: owlosttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owlosttable_1d (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets lost',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes lost',
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop),
  KEY class_no (class_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way lost per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One-way lost per hour: owlosttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owlosttable_1h (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets lost',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes lost',
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop),
  KEY class_no (class_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way lost per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One-way lost per minute: owlosttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owlosttable_1m (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets lost',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes lost',
  PRIMARY KEY (class_no, from_hop, to_hop, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way lost per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- Packets one hop failed to see, where a class wants verdicts apart.
CREATE TABLE IF NOT EXISTS owmisstable (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval of the first instant seen, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  at_hop SMALLINT UNSIGNED NOT NULL COMMENT 'hop that failed to see them',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets missed',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes missed',
  PRIMARY KEY (class_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way missed, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One-way missed per day: owmisstable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owmisstable_1d (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  at_hop SMALLINT UNSIGNED NOT NULL COMMENT 'hop that failed to see them',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets missed',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes missed',
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop, at_hop),
  KEY class_no (class_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way missed per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One-way missed per hour: owmisstable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owmisstable_1h (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  at_hop SMALLINT UNSIGNED NOT NULL COMMENT 'hop that failed to see them',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets missed',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes missed',
  PRIMARY KEY (bucket_start, class_no, from_hop, to_hop, at_hop),
  KEY class_no (class_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way missed per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One-way missed per minute: owmisstable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS owmisstable_1m (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  from_hop SMALLINT UNSIGNED NOT NULL COMMENT 'earlier hop',
  to_hop SMALLINT UNSIGNED NOT NULL COMMENT 'later hop',
  at_hop SMALLINT UNSIGNED NOT NULL COMMENT 'hop that failed to see them',
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  packets BIGINT UNSIGNED NOT NULL COMMENT 'packets missed',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes missed',
  PRIMARY KEY (class_no, from_hop, to_hop, bucket_start, at_hop)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way missed per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One packet and when each hop saw it, where the class chooses this in place of owlat.
CREATE TABLE IF NOT EXISTS owtstable (
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  signature CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'signature, 16 hexadecimal digits',
  seen DATETIME(6) NOT NULL COMMENT 'first instant seen, UTC',
  hops TEXT NOT NULL COMMENT 'hop:nanoseconds after `seen`, separated by commas',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'IP bytes',
  PRIMARY KEY (class_no, seen, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'One-way hop timestamps, as measured'
  PARTITION BY RANGE (TO_DAYS(seen)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- The probes whose records are in this database.
CREATE TABLE IF NOT EXISTS probe (
  probe_no INT UNSIGNED NOT NULL COMMENT 'number of the probe in this database',
  name VARCHAR(64) NOT NULL COMMENT 'name of the probe, or of what else writes logs',
  first_seen DATETIME(6) NOT NULL COMMENT 'when the loader first met it, UTC',
  PRIMARY KEY (probe_no),
  UNIQUE KEY name (name)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'probes';

-- The runs of the probes: flow ids and record numbers are unique within one.
CREATE TABLE IF NOT EXISTS probe_run (
  run_no INT UNSIGNED NOT NULL COMMENT 'number of the run in this database',
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no',
  run CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'id of the run, 16 hexadecimal digits',
  first_seen DATETIME(6) NOT NULL COMMENT 'when the loader first met it, UTC',
  PRIMARY KEY (run_no),
  UNIQUE KEY run (probe_no, run)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'runs of probes';

-- Names of services. Only in the template database, to be tuned there; seeded from etc/services.tsv.
-- Where both ports of a flow are known, the one with the lower precedence names the service.
CREATE TABLE IF NOT EXISTS protocol_table (
  protocol TINYINT UNSIGNED NOT NULL COMMENT 'IP protocol number: 6 TCP, 17 UDP',
  port SMALLINT UNSIGNED NOT NULL COMMENT 'port number',
  service VARCHAR(64) NOT NULL COMMENT 'name of the service',
  precedence SMALLINT UNSIGNED NOT NULL COMMENT 'the lower one decides; ties: the lower port',
  PRIMARY KEY (protocol, port)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'service names of TCP and UDP ports';

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

-- What apply_retention keeps of a table; tables not listed keep everything. Where both limits are given, what either one
-- refuses goes. Empty at first: nothing is ever dropped unasked.
CREATE TABLE IF NOT EXISTS retention (
  table_name VARCHAR(64) NOT NULL COMMENT 'a partitioned table; or flow, for flows that ended and nothing refers to any more',
  keep_days INT UNSIGNED NULL COMMENT 'days to keep, counted from the newest that holds data; 1 or more',
  keep_mib BIGINT UNSIGNED NULL COMMENT 'MiB to keep, rows and keys, by the server''s own estimate; not for flow',
  PRIMARY KEY (table_name)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'how much of a table is kept';

-- What apply_retention removed. The loader looks here for flows forgotten since it last looked.
CREATE TABLE IF NOT EXISTS retention_history (
  nth BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'number of the removal',
  removed_at DATETIME(6) NOT NULL COMMENT 'when, UTC',
  table_name VARCHAR(64) NOT NULL COMMENT 'table it was removed from; flow: with its instances',
  partition_name VARCHAR(64) NOT NULL COMMENT 'partition that went; empty for flow',
  row_count BIGINT UNSIGNED NOT NULL COMMENT 'rows that went; of a partition, the server''s estimate',
  PRIMARY KEY (nth),
  KEY table_name (table_name, nth)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'what retention removed';

-- Up to which day a table has been emptied. Written before the rows go, so that a removal that was interrupted is never
-- taken for a day that is whole. What is made from rows, minutes or hours is not made again for days before the mark.
CREATE TABLE IF NOT EXISTS retention_mark (
  table_name VARCHAR(64) NOT NULL COMMENT 'a partitioned table',
  removed_before DATE NOT NULL COMMENT 'first day, UTC, that was kept: of earlier days there is only what came since',
  marked_at DATETIME(6) NOT NULL COMMENT 'when something was last removed, UTC',
  PRIMARY KEY (table_name)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'up to which day tables have been emptied';

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

-- The version of the tables of this database: the number of the last migration.
CREATE TABLE IF NOT EXISTS schema_version (
  version INT UNSIGNED NOT NULL COMMENT 'number of the migration',
  name VARCHAR(128) NOT NULL COMMENT 'name of the migration',
  applied_at DATETIME(6) NOT NULL COMMENT 'when it was applied, UTC',
  PRIMARY KEY (version)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'version of the tables';

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

-- TCP round-trip times per service, as an additive histogram: median and percentiles over any span are one sum.
-- v_service_rtt_1d shows how. Bounds of a bucket: histogram_lower_ns(bucket).
CREATE TABLE IF NOT EXISTS servicertt_1h (
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  probe_no INT UNSIGNED NOT NULL COMMENT 'probe.probe_no',
  service VARCHAR(64) NOT NULL COMMENT 'as in activityvolumetable',
  direction ENUM('fwd', 'rev') NOT NULL COMMENT 'fwd: tap to dst and back, rev: tap to src and back',
  histogram_bucket SMALLINT UNSIGNED NOT NULL COMMENT 'log-linear bucket of nanoseconds, 32 to a power of two',
  samples BIGINT UNSIGNED NOT NULL COMMENT 'round-trip samples in the bucket',
  PRIMARY KEY (bucket_start, probe_no, service, direction, histogram_bucket)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'round-trip times per hour, for reports'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

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

-- Days for which data came after the prepared tables were last made: aggregate_stale_days empties it, reports name them.
CREATE TABLE IF NOT EXISTS stale_day (
  day DATE NOT NULL COMMENT 'day, UTC, whose prepared tables lag behind the data',
  source ENUM('probe', 'netflow') NOT NULL COMMENT 'which prepared tables',
  marked_at DATETIME(6) NOT NULL COMMENT 'when data for it last came, UTC',
  PRIMARY KEY (day, source)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'days to be aggregated';

-- What happened on the instance's TCP connections in the interval. Duplicate frames are left out.
CREATE TABLE IF NOT EXISTS tcpcttable (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval, a multiple of its length since the epoch, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  connections_opened BIGINT UNSIGNED NOT NULL COMMENT 'connections seen for the first time',
  connections_established BIGINT UNSIGNED NOT NULL COMMENT 'handshakes completed',
  connections_closed BIGINT UNSIGNED NOT NULL COMMENT 'connections closed by FIN both ways',
  connections_reset BIGINT UNSIGNED NOT NULL COMMENT 'established connections ended by RST',
  connections_refused BIGINT UNSIGNED NOT NULL COMMENT 'connections reset before they were established',
  connections_timed_out BIGINT UNSIGNED NOT NULL COMMENT 'connections given up for silence',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: segments',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: segments',
  fwd_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes, repeats included',
  rev_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes, repeats included',
  fwd_unique_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: distinct payload sequence numbers',
  rev_unique_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: distinct payload sequence numbers',
  fwd_syn BIGINT UNSIGNED NOT NULL COMMENT 'forward: SYN segments without ACK, repeats included',
  rev_syn BIGINT UNSIGNED NOT NULL COMMENT 'reverse: SYN segments without ACK, repeats included',
  fwd_syn_repeats BIGINT UNSIGNED NOT NULL COMMENT 'forward: repeats of SYN or SYN-ACK',
  rev_syn_repeats BIGINT UNSIGNED NOT NULL COMMENT 'reverse: repeats of SYN or SYN-ACK',
  fwd_synack BIGINT UNSIGNED NOT NULL COMMENT 'forward: SYN-ACK segments, repeats included',
  rev_synack BIGINT UNSIGNED NOT NULL COMMENT 'reverse: SYN-ACK segments, repeats included',
  fwd_fin BIGINT UNSIGNED NOT NULL COMMENT 'forward: FIN segments, repeats included',
  rev_fin BIGINT UNSIGNED NOT NULL COMMENT 'reverse: FIN segments, repeats included',
  fwd_fin_repeats BIGINT UNSIGNED NOT NULL COMMENT 'forward: repeats of FIN',
  rev_fin_repeats BIGINT UNSIGNED NOT NULL COMMENT 'reverse: repeats of FIN',
  fwd_rst BIGINT UNSIGNED NOT NULL COMMENT 'forward: RST segments',
  rev_rst BIGINT UNSIGNED NOT NULL COMMENT 'reverse: RST segments',
  fwd_retransmitted_segments BIGINT UNSIGNED NOT NULL COMMENT 'forward: segments with payload sent again',
  rev_retransmitted_segments BIGINT UNSIGNED NOT NULL COMMENT 'reverse: segments with payload sent again',
  fwd_retransmitted_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes sent again',
  rev_retransmitted_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes sent again',
  fwd_out_of_order_segments BIGINT UNSIGNED NOT NULL COMMENT 'forward: segments that filled a hole and are no retransmission',
  rev_out_of_order_segments BIGINT UNSIGNED NOT NULL COMMENT 'reverse: segments that filled a hole and are no retransmission',
  fwd_duplicate_acks BIGINT UNSIGNED NOT NULL COMMENT 'forward: duplicate ACKs by RFC 5681',
  rev_duplicate_acks BIGINT UNSIGNED NOT NULL COMMENT 'reverse: duplicate ACKs by RFC 5681',
  fwd_zero_windows BIGINT UNSIGNED NOT NULL COMMENT 'forward: advertisements of window 0',
  rev_zero_windows BIGINT UNSIGNED NOT NULL COMMENT 'reverse: advertisements of window 0',
  fwd_zero_window_episodes BIGINT UNSIGNED NOT NULL COMMENT 'forward: times the window went to 0',
  rev_zero_window_episodes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: times the window went to 0',
  fwd_rtt_samples BIGINT UNSIGNED NOT NULL COMMENT 'forward: round-trip samples, tap to the receiver of this direction and back',
  rev_rtt_samples BIGINT UNSIGNED NOT NULL COMMENT 'reverse: round-trip samples, tap to the receiver of this direction and back',
  fwd_rtt_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'forward: sum of the samples, nanoseconds',
  rev_rtt_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'reverse: sum of the samples, nanoseconds',
  fwd_rtt_min_ns BIGINT UNSIGNED NULL COMMENT 'forward: least sample, nanoseconds',
  rev_rtt_min_ns BIGINT UNSIGNED NULL COMMENT 'reverse: least sample, nanoseconds',
  fwd_rtt_max_ns BIGINT UNSIGNED NULL COMMENT 'forward: greatest sample, nanoseconds',
  rev_rtt_max_ns BIGINT UNSIGNED NULL COMMENT 'reverse: greatest sample, nanoseconds',
  fwd_rtt_histogram MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'forward: samples per log-linear bucket of nanoseconds: bucket:count,...',
  rev_rtt_histogram MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'reverse: samples per log-linear bucket of nanoseconds: bucket:count,...',
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'TCP counters, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- TCP counters per day: tcpcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS tcpcttable_1d (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  connections_opened BIGINT UNSIGNED NOT NULL COMMENT 'connections seen for the first time',
  connections_established BIGINT UNSIGNED NOT NULL COMMENT 'handshakes completed',
  connections_closed BIGINT UNSIGNED NOT NULL COMMENT 'connections closed by FIN both ways',
  connections_reset BIGINT UNSIGNED NOT NULL COMMENT 'established connections ended by RST',
  connections_refused BIGINT UNSIGNED NOT NULL COMMENT 'connections reset before they were established',
  connections_timed_out BIGINT UNSIGNED NOT NULL COMMENT 'connections given up for silence',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: segments',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: segments',
  fwd_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes, repeats included',
  rev_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes, repeats included',
  fwd_unique_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: distinct payload sequence numbers',
  rev_unique_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: distinct payload sequence numbers',
  fwd_syn BIGINT UNSIGNED NOT NULL COMMENT 'forward: SYN segments without ACK, repeats included',
  rev_syn BIGINT UNSIGNED NOT NULL COMMENT 'reverse: SYN segments without ACK, repeats included',
  fwd_syn_repeats BIGINT UNSIGNED NOT NULL COMMENT 'forward: repeats of SYN or SYN-ACK',
  rev_syn_repeats BIGINT UNSIGNED NOT NULL COMMENT 'reverse: repeats of SYN or SYN-ACK',
  fwd_synack BIGINT UNSIGNED NOT NULL COMMENT 'forward: SYN-ACK segments, repeats included',
  rev_synack BIGINT UNSIGNED NOT NULL COMMENT 'reverse: SYN-ACK segments, repeats included',
  fwd_fin BIGINT UNSIGNED NOT NULL COMMENT 'forward: FIN segments, repeats included',
  rev_fin BIGINT UNSIGNED NOT NULL COMMENT 'reverse: FIN segments, repeats included',
  fwd_fin_repeats BIGINT UNSIGNED NOT NULL COMMENT 'forward: repeats of FIN',
  rev_fin_repeats BIGINT UNSIGNED NOT NULL COMMENT 'reverse: repeats of FIN',
  fwd_rst BIGINT UNSIGNED NOT NULL COMMENT 'forward: RST segments',
  rev_rst BIGINT UNSIGNED NOT NULL COMMENT 'reverse: RST segments',
  fwd_retransmitted_segments BIGINT UNSIGNED NOT NULL COMMENT 'forward: segments with payload sent again',
  rev_retransmitted_segments BIGINT UNSIGNED NOT NULL COMMENT 'reverse: segments with payload sent again',
  fwd_retransmitted_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes sent again',
  rev_retransmitted_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes sent again',
  fwd_out_of_order_segments BIGINT UNSIGNED NOT NULL COMMENT 'forward: segments that filled a hole and are no retransmission',
  rev_out_of_order_segments BIGINT UNSIGNED NOT NULL COMMENT 'reverse: segments that filled a hole and are no retransmission',
  fwd_duplicate_acks BIGINT UNSIGNED NOT NULL COMMENT 'forward: duplicate ACKs by RFC 5681',
  rev_duplicate_acks BIGINT UNSIGNED NOT NULL COMMENT 'reverse: duplicate ACKs by RFC 5681',
  fwd_zero_windows BIGINT UNSIGNED NOT NULL COMMENT 'forward: advertisements of window 0',
  rev_zero_windows BIGINT UNSIGNED NOT NULL COMMENT 'reverse: advertisements of window 0',
  fwd_zero_window_episodes BIGINT UNSIGNED NOT NULL COMMENT 'forward: times the window went to 0',
  rev_zero_window_episodes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: times the window went to 0',
  fwd_rtt_samples BIGINT UNSIGNED NOT NULL COMMENT 'forward: round-trip samples, tap to the receiver of this direction and back',
  rev_rtt_samples BIGINT UNSIGNED NOT NULL COMMENT 'reverse: round-trip samples, tap to the receiver of this direction and back',
  fwd_rtt_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'forward: sum of the samples, nanoseconds',
  rev_rtt_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'reverse: sum of the samples, nanoseconds',
  fwd_rtt_min_ns BIGINT UNSIGNED NULL COMMENT 'forward: least sample, nanoseconds',
  rev_rtt_min_ns BIGINT UNSIGNED NULL COMMENT 'reverse: least sample, nanoseconds',
  fwd_rtt_max_ns BIGINT UNSIGNED NULL COMMENT 'forward: greatest sample, nanoseconds',
  rev_rtt_max_ns BIGINT UNSIGNED NULL COMMENT 'reverse: greatest sample, nanoseconds',
  PRIMARY KEY (bucket_start, flow_no),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'TCP counters per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- TCP counters per hour: tcpcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS tcpcttable_1h (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  connections_opened BIGINT UNSIGNED NOT NULL COMMENT 'connections seen for the first time',
  connections_established BIGINT UNSIGNED NOT NULL COMMENT 'handshakes completed',
  connections_closed BIGINT UNSIGNED NOT NULL COMMENT 'connections closed by FIN both ways',
  connections_reset BIGINT UNSIGNED NOT NULL COMMENT 'established connections ended by RST',
  connections_refused BIGINT UNSIGNED NOT NULL COMMENT 'connections reset before they were established',
  connections_timed_out BIGINT UNSIGNED NOT NULL COMMENT 'connections given up for silence',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: segments',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: segments',
  fwd_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes, repeats included',
  rev_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes, repeats included',
  fwd_unique_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: distinct payload sequence numbers',
  rev_unique_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: distinct payload sequence numbers',
  fwd_syn BIGINT UNSIGNED NOT NULL COMMENT 'forward: SYN segments without ACK, repeats included',
  rev_syn BIGINT UNSIGNED NOT NULL COMMENT 'reverse: SYN segments without ACK, repeats included',
  fwd_syn_repeats BIGINT UNSIGNED NOT NULL COMMENT 'forward: repeats of SYN or SYN-ACK',
  rev_syn_repeats BIGINT UNSIGNED NOT NULL COMMENT 'reverse: repeats of SYN or SYN-ACK',
  fwd_synack BIGINT UNSIGNED NOT NULL COMMENT 'forward: SYN-ACK segments, repeats included',
  rev_synack BIGINT UNSIGNED NOT NULL COMMENT 'reverse: SYN-ACK segments, repeats included',
  fwd_fin BIGINT UNSIGNED NOT NULL COMMENT 'forward: FIN segments, repeats included',
  rev_fin BIGINT UNSIGNED NOT NULL COMMENT 'reverse: FIN segments, repeats included',
  fwd_fin_repeats BIGINT UNSIGNED NOT NULL COMMENT 'forward: repeats of FIN',
  rev_fin_repeats BIGINT UNSIGNED NOT NULL COMMENT 'reverse: repeats of FIN',
  fwd_rst BIGINT UNSIGNED NOT NULL COMMENT 'forward: RST segments',
  rev_rst BIGINT UNSIGNED NOT NULL COMMENT 'reverse: RST segments',
  fwd_retransmitted_segments BIGINT UNSIGNED NOT NULL COMMENT 'forward: segments with payload sent again',
  rev_retransmitted_segments BIGINT UNSIGNED NOT NULL COMMENT 'reverse: segments with payload sent again',
  fwd_retransmitted_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes sent again',
  rev_retransmitted_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes sent again',
  fwd_out_of_order_segments BIGINT UNSIGNED NOT NULL COMMENT 'forward: segments that filled a hole and are no retransmission',
  rev_out_of_order_segments BIGINT UNSIGNED NOT NULL COMMENT 'reverse: segments that filled a hole and are no retransmission',
  fwd_duplicate_acks BIGINT UNSIGNED NOT NULL COMMENT 'forward: duplicate ACKs by RFC 5681',
  rev_duplicate_acks BIGINT UNSIGNED NOT NULL COMMENT 'reverse: duplicate ACKs by RFC 5681',
  fwd_zero_windows BIGINT UNSIGNED NOT NULL COMMENT 'forward: advertisements of window 0',
  rev_zero_windows BIGINT UNSIGNED NOT NULL COMMENT 'reverse: advertisements of window 0',
  fwd_zero_window_episodes BIGINT UNSIGNED NOT NULL COMMENT 'forward: times the window went to 0',
  rev_zero_window_episodes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: times the window went to 0',
  fwd_rtt_samples BIGINT UNSIGNED NOT NULL COMMENT 'forward: round-trip samples, tap to the receiver of this direction and back',
  rev_rtt_samples BIGINT UNSIGNED NOT NULL COMMENT 'reverse: round-trip samples, tap to the receiver of this direction and back',
  fwd_rtt_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'forward: sum of the samples, nanoseconds',
  rev_rtt_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'reverse: sum of the samples, nanoseconds',
  fwd_rtt_min_ns BIGINT UNSIGNED NULL COMMENT 'forward: least sample, nanoseconds',
  rev_rtt_min_ns BIGINT UNSIGNED NULL COMMENT 'reverse: least sample, nanoseconds',
  fwd_rtt_max_ns BIGINT UNSIGNED NULL COMMENT 'forward: greatest sample, nanoseconds',
  rev_rtt_max_ns BIGINT UNSIGNED NULL COMMENT 'reverse: greatest sample, nanoseconds',
  PRIMARY KEY (bucket_start, flow_no),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'TCP counters per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- TCP counters per minute: tcpcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS tcpcttable_1m (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  connections_opened BIGINT UNSIGNED NOT NULL COMMENT 'connections seen for the first time',
  connections_established BIGINT UNSIGNED NOT NULL COMMENT 'handshakes completed',
  connections_closed BIGINT UNSIGNED NOT NULL COMMENT 'connections closed by FIN both ways',
  connections_reset BIGINT UNSIGNED NOT NULL COMMENT 'established connections ended by RST',
  connections_refused BIGINT UNSIGNED NOT NULL COMMENT 'connections reset before they were established',
  connections_timed_out BIGINT UNSIGNED NOT NULL COMMENT 'connections given up for silence',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: segments',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: segments',
  fwd_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes, repeats included',
  rev_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes, repeats included',
  fwd_unique_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: distinct payload sequence numbers',
  rev_unique_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: distinct payload sequence numbers',
  fwd_syn BIGINT UNSIGNED NOT NULL COMMENT 'forward: SYN segments without ACK, repeats included',
  rev_syn BIGINT UNSIGNED NOT NULL COMMENT 'reverse: SYN segments without ACK, repeats included',
  fwd_syn_repeats BIGINT UNSIGNED NOT NULL COMMENT 'forward: repeats of SYN or SYN-ACK',
  rev_syn_repeats BIGINT UNSIGNED NOT NULL COMMENT 'reverse: repeats of SYN or SYN-ACK',
  fwd_synack BIGINT UNSIGNED NOT NULL COMMENT 'forward: SYN-ACK segments, repeats included',
  rev_synack BIGINT UNSIGNED NOT NULL COMMENT 'reverse: SYN-ACK segments, repeats included',
  fwd_fin BIGINT UNSIGNED NOT NULL COMMENT 'forward: FIN segments, repeats included',
  rev_fin BIGINT UNSIGNED NOT NULL COMMENT 'reverse: FIN segments, repeats included',
  fwd_fin_repeats BIGINT UNSIGNED NOT NULL COMMENT 'forward: repeats of FIN',
  rev_fin_repeats BIGINT UNSIGNED NOT NULL COMMENT 'reverse: repeats of FIN',
  fwd_rst BIGINT UNSIGNED NOT NULL COMMENT 'forward: RST segments',
  rev_rst BIGINT UNSIGNED NOT NULL COMMENT 'reverse: RST segments',
  fwd_retransmitted_segments BIGINT UNSIGNED NOT NULL COMMENT 'forward: segments with payload sent again',
  rev_retransmitted_segments BIGINT UNSIGNED NOT NULL COMMENT 'reverse: segments with payload sent again',
  fwd_retransmitted_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes sent again',
  rev_retransmitted_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes sent again',
  fwd_out_of_order_segments BIGINT UNSIGNED NOT NULL COMMENT 'forward: segments that filled a hole and are no retransmission',
  rev_out_of_order_segments BIGINT UNSIGNED NOT NULL COMMENT 'reverse: segments that filled a hole and are no retransmission',
  fwd_duplicate_acks BIGINT UNSIGNED NOT NULL COMMENT 'forward: duplicate ACKs by RFC 5681',
  rev_duplicate_acks BIGINT UNSIGNED NOT NULL COMMENT 'reverse: duplicate ACKs by RFC 5681',
  fwd_zero_windows BIGINT UNSIGNED NOT NULL COMMENT 'forward: advertisements of window 0',
  rev_zero_windows BIGINT UNSIGNED NOT NULL COMMENT 'reverse: advertisements of window 0',
  fwd_zero_window_episodes BIGINT UNSIGNED NOT NULL COMMENT 'forward: times the window went to 0',
  rev_zero_window_episodes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: times the window went to 0',
  fwd_rtt_samples BIGINT UNSIGNED NOT NULL COMMENT 'forward: round-trip samples, tap to the receiver of this direction and back',
  rev_rtt_samples BIGINT UNSIGNED NOT NULL COMMENT 'reverse: round-trip samples, tap to the receiver of this direction and back',
  fwd_rtt_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'forward: sum of the samples, nanoseconds',
  rev_rtt_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'reverse: sum of the samples, nanoseconds',
  fwd_rtt_min_ns BIGINT UNSIGNED NULL COMMENT 'forward: least sample, nanoseconds',
  rev_rtt_min_ns BIGINT UNSIGNED NULL COMMENT 'reverse: least sample, nanoseconds',
  fwd_rtt_max_ns BIGINT UNSIGNED NULL COMMENT 'forward: greatest sample, nanoseconds',
  rev_rtt_max_ns BIGINT UNSIGNED NULL COMMENT 'reverse: greatest sample, nanoseconds',
  PRIMARY KEY (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'TCP counters per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One TCP connection, written when it ended. A tail holds what came after the end and does not count as opened.
-- Packets and bytes of all records of a tuple add up to all its captured segments, but for openings given up because the
-- table was full.
CREATE TABLE IF NOT EXISTS tcpcxtable (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  connection_id BIGINT UNSIGNED NOT NULL COMMENT 'number of the connection within the run',
  tail TINYINT UNSIGNED NOT NULL COMMENT 'whether this holds only packets that came after the connection''s end: 0 or 1',
  other_classes TEXT NOT NULL COMMENT 'further classes that ask for it, separated by blanks',
  tap_group VARCHAR(64) NOT NULL COMMENT 'tap group that saw it',
  fwd_address VARBINARY(16) NOT NULL COMMENT 'who opened it: sender of the first SYN, else as observations.md says, 4 or 16 bytes',
  fwd_port SMALLINT UNSIGNED NOT NULL COMMENT 'its port',
  rev_address VARBINARY(16) NOT NULL COMMENT 'the other side, 4 or 16 bytes',
  rev_port SMALLINT UNSIGNED NOT NULL COMMENT 'its port',
  tunnel BIGINT UNSIGNED NULL COMMENT 'tunnel id when the inner header is watched',
  started DATETIME(6) NOT NULL COMMENT 'first segment, UTC',
  ended DATETIME(6) NOT NULL COMMENT 'last segment, UTC',
  outcome VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'how it ended: closed reset refused timed_out open evicted',
  syn_seen TINYINT UNSIGNED NOT NULL COMMENT 'whether the opening SYN was captured: 0 or 1',
  established TINYINT UNSIGNED NOT NULL COMMENT 'whether the handshake was seen to complete: 0 or 1',
  syn_synack_ns BIGINT UNSIGNED NULL COMMENT 'SYN to SYN-ACK, nanoseconds',
  synack_ack_ns BIGINT UNSIGNED NULL COMMENT 'SYN-ACK to ACK, nanoseconds',
  fwd_packets BIGINT UNSIGNED NOT NULL COMMENT 'forward: segments, duplicate frames included',
  rev_packets BIGINT UNSIGNED NOT NULL COMMENT 'reverse: segments, duplicate frames included',
  fwd_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: IP bytes of these',
  rev_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: IP bytes of these',
  fwd_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes of these',
  rev_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes of these',
  fwd_unique_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: distinct payload sequence numbers',
  rev_unique_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: distinct payload sequence numbers',
  fwd_duplicate_frames BIGINT UNSIGNED NOT NULL COMMENT 'forward: copies of an earlier frame',
  rev_duplicate_frames BIGINT UNSIGNED NOT NULL COMMENT 'reverse: copies of an earlier frame',
  fwd_retransmitted_segments BIGINT UNSIGNED NOT NULL COMMENT 'forward: segments with payload sent again, the sum of the causes that follow',
  rev_retransmitted_segments BIGINT UNSIGNED NOT NULL COMMENT 'reverse: segments with payload sent again, the sum of the causes that follow',
  fwd_retransmitted_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes sent again',
  rev_retransmitted_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes sent again',
  fwd_retransmit_rto BIGINT UNSIGNED NOT NULL COMMENT 'forward: cause: time-out of the sender (tstat''s names throughout)',
  rev_retransmit_rto BIGINT UNSIGNED NOT NULL COMMENT 'reverse: cause: time-out of the sender (tstat''s names throughout)',
  fwd_retransmit_fs BIGINT UNSIGNED NOT NULL COMMENT 'forward: cause: fast retransmit',
  rev_retransmit_fs BIGINT UNSIGNED NOT NULL COMMENT 'reverse: cause: fast retransmit',
  fwd_retransmit_reor BIGINT UNSIGNED NOT NULL COMMENT 'forward: cause: network reordering, so that the sender sent nothing again',
  rev_retransmit_reor BIGINT UNSIGNED NOT NULL COMMENT 'reverse: cause: network reordering, so that the sender sent nothing again',
  fwd_retransmit_dup BIGINT UNSIGNED NOT NULL COMMENT 'forward: cause: network duplicate, so that the sender sent nothing again',
  rev_retransmit_dup BIGINT UNSIGNED NOT NULL COMMENT 'reverse: cause: network duplicate, so that the sender sent nothing again',
  fwd_retransmit_unk BIGINT UNSIGNED NOT NULL COMMENT 'forward: cause: unknown, early retransmits and tail-loss probes among them',
  rev_retransmit_unk BIGINT UNSIGNED NOT NULL COMMENT 'reverse: cause: unknown, early retransmits and tail-loss probes among them',
  fwd_retransmit_fc BIGINT UNSIGNED NOT NULL COMMENT 'forward: cause: flow control, sent again into a closed window',
  rev_retransmit_fc BIGINT UNSIGNED NOT NULL COMMENT 'reverse: cause: flow control, sent again into a closed window',
  fwd_retransmit_unrto BIGINT UNSIGNED NOT NULL COMMENT 'forward: cause: time-out, though all was acknowledged',
  rev_retransmit_unrto BIGINT UNSIGNED NOT NULL COMMENT 'reverse: cause: time-out, though all was acknowledged',
  fwd_retransmit_unfs BIGINT UNSIGNED NOT NULL COMMENT 'forward: cause: fast retransmit, though all was acknowledged',
  rev_retransmit_unfs BIGINT UNSIGNED NOT NULL COMMENT 'reverse: cause: fast retransmit, though all was acknowledged',
  fwd_upstream_loss_segments BIGINT UNSIGNED NOT NULL COMMENT 'forward: retransmissions of what was lost before the tap',
  rev_upstream_loss_segments BIGINT UNSIGNED NOT NULL COMMENT 'reverse: retransmissions of what was lost before the tap',
  fwd_out_of_order_segments BIGINT UNSIGNED NOT NULL COMMENT 'forward: segments that filled a hole and are no retransmission',
  rev_out_of_order_segments BIGINT UNSIGNED NOT NULL COMMENT 'reverse: segments that filled a hole and are no retransmission',
  fwd_reordering_extent BIGINT UNSIGNED NOT NULL COMMENT 'forward: greatest RFC 4737 reordering extent, packets',
  rev_reordering_extent BIGINT UNSIGNED NOT NULL COMMENT 'reverse: greatest RFC 4737 reordering extent, packets',
  fwd_n_reordering BIGINT UNSIGNED NOT NULL COMMENT 'forward: greatest n of RFC 4737''s n-reordering, packets',
  rev_n_reordering BIGINT UNSIGNED NOT NULL COMMENT 'reverse: greatest n of RFC 4737''s n-reordering, packets',
  fwd_duplicate_acks BIGINT UNSIGNED NOT NULL COMMENT 'forward: duplicate ACKs by RFC 5681',
  rev_duplicate_acks BIGINT UNSIGNED NOT NULL COMMENT 'reverse: duplicate ACKs by RFC 5681',
  fwd_keep_alives BIGINT UNSIGNED NOT NULL COMMENT 'forward: keep-alive segments',
  rev_keep_alives BIGINT UNSIGNED NOT NULL COMMENT 'reverse: keep-alive segments',
  fwd_zero_window_probes BIGINT UNSIGNED NOT NULL COMMENT 'forward: zero-window probes',
  rev_zero_window_probes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: zero-window probes',
  fwd_syn BIGINT UNSIGNED NOT NULL COMMENT 'forward: SYN or SYN-ACK segments',
  rev_syn BIGINT UNSIGNED NOT NULL COMMENT 'reverse: SYN or SYN-ACK segments',
  fwd_fin BIGINT UNSIGNED NOT NULL COMMENT 'forward: FIN segments',
  rev_fin BIGINT UNSIGNED NOT NULL COMMENT 'reverse: FIN segments',
  fwd_rst BIGINT UNSIGNED NOT NULL COMMENT 'forward: RST segments',
  rev_rst BIGINT UNSIGNED NOT NULL COMMENT 'reverse: RST segments',
  fwd_rtt_samples BIGINT UNSIGNED NOT NULL COMMENT 'forward: round-trip samples, tap to the receiver of this direction and back',
  rev_rtt_samples BIGINT UNSIGNED NOT NULL COMMENT 'reverse: round-trip samples, tap to the receiver of this direction and back',
  fwd_rtt_min_ns BIGINT UNSIGNED NULL COMMENT 'forward: least sample, nanoseconds',
  rev_rtt_min_ns BIGINT UNSIGNED NULL COMMENT 'reverse: least sample, nanoseconds',
  fwd_rtt_avg_ns BIGINT UNSIGNED NULL COMMENT 'forward: mean of the samples, nanoseconds',
  rev_rtt_avg_ns BIGINT UNSIGNED NULL COMMENT 'reverse: mean of the samples, nanoseconds',
  fwd_rtt_max_ns BIGINT UNSIGNED NULL COMMENT 'forward: greatest sample, nanoseconds',
  rev_rtt_max_ns BIGINT UNSIGNED NULL COMMENT 'reverse: greatest sample, nanoseconds',
  fwd_rtt_stddev_ns BIGINT UNSIGNED NULL COMMENT 'forward: standard deviation of the samples, nanoseconds',
  rev_rtt_stddev_ns BIGINT UNSIGNED NULL COMMENT 'reverse: standard deviation of the samples, nanoseconds',
  fwd_window_min BIGINT UNSIGNED NULL COMMENT 'forward: least window advertised, bytes, scaled where the scale is known',
  rev_window_min BIGINT UNSIGNED NULL COMMENT 'reverse: least window advertised, bytes, scaled where the scale is known',
  fwd_window_max BIGINT UNSIGNED NULL COMMENT 'forward: greatest window advertised, bytes',
  rev_window_max BIGINT UNSIGNED NULL COMMENT 'reverse: greatest window advertised, bytes',
  fwd_window_scale TINYINT UNSIGNED NULL COMMENT 'forward: window scale shift; null where the SYN was not seen',
  rev_window_scale TINYINT UNSIGNED NULL COMMENT 'reverse: window scale shift; null where the SYN was not seen',
  fwd_zero_windows BIGINT UNSIGNED NOT NULL COMMENT 'forward: advertisements of window 0',
  rev_zero_windows BIGINT UNSIGNED NOT NULL COMMENT 'reverse: advertisements of window 0',
  fwd_in_flight_min BIGINT UNSIGNED NULL COMMENT 'forward: least bytes in flight at a local peak',
  rev_in_flight_min BIGINT UNSIGNED NULL COMMENT 'reverse: least bytes in flight at a local peak',
  fwd_in_flight_max BIGINT UNSIGNED NULL COMMENT 'forward: greatest bytes in flight',
  rev_in_flight_max BIGINT UNSIGNED NULL COMMENT 'reverse: greatest bytes in flight',
  fwd_in_flight_initial BIGINT UNSIGNED NULL COMMENT 'forward: bytes in flight before the first ACK of payload',
  rev_in_flight_initial BIGINT UNSIGNED NULL COMMENT 'reverse: bytes in flight before the first ACK of payload',
  fwd_mss INT UNSIGNED NULL COMMENT 'forward: MSS option of the SYN',
  rev_mss INT UNSIGNED NULL COMMENT 'reverse: MSS option of the SYN',
  fwd_largest_segment BIGINT UNSIGNED NULL COMMENT 'forward: largest payload of a segment',
  rev_largest_segment BIGINT UNSIGNED NULL COMMENT 'reverse: largest payload of a segment',
  fwd_smallest_segment BIGINT UNSIGNED NULL COMMENT 'forward: smallest payload above 0 of a segment',
  rev_smallest_segment BIGINT UNSIGNED NULL COMMENT 'reverse: smallest payload above 0 of a segment',
  fwd_sack_permitted TINYINT UNSIGNED NULL COMMENT 'forward: SACK permitted on the SYN: 0 or 1',
  rev_sack_permitted TINYINT UNSIGNED NULL COMMENT 'reverse: SACK permitted on the SYN: 0 or 1',
  fwd_sack_blocks BIGINT UNSIGNED NOT NULL COMMENT 'forward: SACK blocks seen, D-SACK excluded',
  rev_sack_blocks BIGINT UNSIGNED NOT NULL COMMENT 'reverse: SACK blocks seen, D-SACK excluded',
  fwd_dsack_blocks BIGINT UNSIGNED NOT NULL COMMENT 'forward: D-SACK blocks seen (RFC 2883)',
  rev_dsack_blocks BIGINT UNSIGNED NOT NULL COMMENT 'reverse: D-SACK blocks seen (RFC 2883)',
  fwd_first_payload_ns BIGINT UNSIGNED NULL COMMENT 'forward: start of the connection to the first payload, nanoseconds',
  rev_first_payload_ns BIGINT UNSIGNED NULL COMMENT 'reverse: start of the connection to the first payload, nanoseconds',
  fwd_last_payload DATETIME(6) NULL COMMENT 'forward: last segment with payload, UTC',
  rev_last_payload DATETIME(6) NULL COMMENT 'reverse: last segment with payload, UTC',
  fwd_longest_idle_ns BIGINT UNSIGNED NOT NULL COMMENT 'forward: longest time between two segments of this direction, nanoseconds',
  rev_longest_idle_ns BIGINT UNSIGNED NOT NULL COMMENT 'reverse: longest time between two segments of this direction, nanoseconds',
  PRIMARY KEY (started, run_no, record_no),
  KEY flow_no (flow_no, started)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'TCP connection, as measured'
  PARTITION BY RANGE (TO_DAYS(started)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- TCP round-trip times per day: additive histogram, a row per bucket that has samples.
-- Bounds of a bucket: histogram_lower_ns(histogram_bucket). Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS tcprtttable_1d (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  direction ENUM('fwd', 'rev') NOT NULL COMMENT 'whose round-trip times',
  histogram_bucket SMALLINT UNSIGNED NOT NULL COMMENT 'log-linear bucket of nanoseconds, 32 to a power of two',
  samples BIGINT UNSIGNED NOT NULL COMMENT 'samples in the bucket',
  PRIMARY KEY (bucket_start, flow_no, direction, histogram_bucket),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'TCP round-trip times per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- TCP round-trip times per hour: additive histogram, a row per bucket that has samples.
-- Bounds of a bucket: histogram_lower_ns(histogram_bucket). Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS tcprtttable_1h (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  direction ENUM('fwd', 'rev') NOT NULL COMMENT 'whose round-trip times',
  histogram_bucket SMALLINT UNSIGNED NOT NULL COMMENT 'log-linear bucket of nanoseconds, 32 to a power of two',
  samples BIGINT UNSIGNED NOT NULL COMMENT 'samples in the bucket',
  PRIMARY KEY (bucket_start, flow_no, direction, histogram_bucket),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'TCP round-trip times per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- One request and its reply, where the class asks for details.
CREATE TABLE IF NOT EXISTS transtable (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  protocol VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'request/response protocol: icmp dns ntp snmp http tls tcp-handshake udp tcp user',
  client VARBINARY(16) NOT NULL COMMENT 'who asked, 4 or 16 bytes',
  client_port SMALLINT UNSIGNED NULL COMMENT 'its port',
  server VARBINARY(16) NOT NULL COMMENT 'who was asked, 4 or 16 bytes',
  server_port SMALLINT UNSIGNED NULL COMMENT 'its port',
  requested DATETIME(6) NOT NULL COMMENT 'first copy of the request, UTC',
  replied DATETIME(6) NULL COMMENT 'the reply, UTC',
  delay_ns BIGINT UNSIGNED NULL COMMENT 'first copy of the request to the reply, nanoseconds',
  last_copy_delay_ns BIGINT UNSIGNED NULL COMMENT 'last copy of the request to the reply, nanoseconds',
  identifier TEXT NOT NULL COMMENT 'what ties request and reply',
  outcome VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what became of it: replied unanswered late',
  name TEXT NULL COMMENT 'DNS name, HTTP host, TLS server name',
  operation TEXT NULL COMMENT 'DNS type, HTTP method, SNMP PDU type, NTP mode, name of a signature',
  object TEXT NULL COMMENT 'HTTP path, without its query unless the class asks; ALPN offered in TLS',
  status TEXT NULL COMMENT 'DNS response code, HTTP status, SNMP error status, NTP stratum, how TLS or TCP answered',
  version TEXT NULL COMMENT 'SNMP, HTTP, TLS or NTP version',
  answers TEXT NULL COMMENT 'DNS answers; ALPN chosen in TLS',
  request_bytes BIGINT UNSIGNED NULL COMMENT 'payload bytes of the request',
  reply_bytes BIGINT UNSIGNED NULL COMMENT 'payload bytes of the reply',
  first_body_ns BIGINT UNSIGNED NULL COMMENT 'request to the first byte of the reply''s body, nanoseconds',
  PRIMARY KEY (requested, run_no, record_no),
  KEY flow_no (flow_no, requested)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'Transaction, as measured'
  PARTITION BY RANGE (TO_DAYS(requested)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- Two-way delays per day: additive histogram, a row per bucket that has samples.
-- Bounds of a bucket: histogram_lower_ns(histogram_bucket). Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS twowaydelaytable_1d (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  protocol VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'request/response protocol',
  histogram_bucket SMALLINT UNSIGNED NOT NULL COMMENT 'log-linear bucket of nanoseconds, 32 to a power of two',
  samples BIGINT UNSIGNED NOT NULL COMMENT 'samples in the bucket',
  PRIMARY KEY (bucket_start, flow_no, protocol, histogram_bucket),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'Two-way delays per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- Two-way delays per hour: additive histogram, a row per bucket that has samples.
-- Bounds of a bucket: histogram_lower_ns(histogram_bucket). Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS twowaydelaytable_1h (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  protocol VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'request/response protocol',
  histogram_bucket SMALLINT UNSIGNED NOT NULL COMMENT 'log-linear bucket of nanoseconds, 32 to a power of two',
  samples BIGINT UNSIGNED NOT NULL COMMENT 'samples in the bucket',
  PRIMARY KEY (bucket_start, flow_no, protocol, histogram_bucket),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'Two-way delays per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- Requests of the interval and what became of them; all of a request counts in the interval of its first copy.
CREATE TABLE IF NOT EXISTS twowaytable (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval, a multiple of its length since the epoch, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  protocol VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'request/response protocol: icmp dns ntp snmp http tls tcp-handshake udp tcp user',
  requests BIGINT UNSIGNED NOT NULL COMMENT 'requests = replied + unanswered',
  replied BIGINT UNSIGNED NOT NULL COMMENT 'requests answered in time',
  unanswered BIGINT UNSIGNED NOT NULL COMMENT 'requests not answered in time',
  late BIGINT UNSIGNED NOT NULL COMMENT 'unanswered requests whose reply came later',
  repeats BIGINT UNSIGNED NOT NULL COMMENT 'further copies of a request',
  duplicate_replies BIGINT UNSIGNED NOT NULL COMMENT 'further copies of a reply',
  delay_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'sum of delays from the first copy, nanoseconds',
  delay_sum_squares DECIMAL(38,0) NOT NULL COMMENT 'sum of squared delays, square microseconds',
  delay_min_ns BIGINT UNSIGNED NULL COMMENT 'least delay, nanoseconds',
  delay_max_ns BIGINT UNSIGNED NULL COMMENT 'greatest delay, nanoseconds',
  last_copy_delay_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'sum of delays from the last copy, nanoseconds',
  slices MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'replies per slice of the class''s delay distribution: bucket:count,...',
  delay_histogram MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'replies per log-linear bucket of nanoseconds: bucket:count,...',
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'Two-way delays, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- Two-way delays per day: twowaytable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS twowaytable_1d (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  protocol VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'request/response protocol: icmp dns ntp snmp http tls tcp-handshake udp tcp user',
  requests BIGINT UNSIGNED NOT NULL COMMENT 'requests = replied + unanswered',
  replied BIGINT UNSIGNED NOT NULL COMMENT 'requests answered in time',
  unanswered BIGINT UNSIGNED NOT NULL COMMENT 'requests not answered in time',
  late BIGINT UNSIGNED NOT NULL COMMENT 'unanswered requests whose reply came later',
  repeats BIGINT UNSIGNED NOT NULL COMMENT 'further copies of a request',
  duplicate_replies BIGINT UNSIGNED NOT NULL COMMENT 'further copies of a reply',
  delay_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'sum of delays from the first copy, nanoseconds',
  delay_sum_squares DECIMAL(38,0) NOT NULL COMMENT 'sum of squared delays, square microseconds',
  delay_min_ns BIGINT UNSIGNED NULL COMMENT 'least delay, nanoseconds',
  delay_max_ns BIGINT UNSIGNED NULL COMMENT 'greatest delay, nanoseconds',
  last_copy_delay_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'sum of delays from the last copy, nanoseconds',
  PRIMARY KEY (bucket_start, flow_no, protocol),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'Two-way delays per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- Two-way delays per hour: twowaytable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS twowaytable_1h (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  protocol VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'request/response protocol: icmp dns ntp snmp http tls tcp-handshake udp tcp user',
  requests BIGINT UNSIGNED NOT NULL COMMENT 'requests = replied + unanswered',
  replied BIGINT UNSIGNED NOT NULL COMMENT 'requests answered in time',
  unanswered BIGINT UNSIGNED NOT NULL COMMENT 'requests not answered in time',
  late BIGINT UNSIGNED NOT NULL COMMENT 'unanswered requests whose reply came later',
  repeats BIGINT UNSIGNED NOT NULL COMMENT 'further copies of a request',
  duplicate_replies BIGINT UNSIGNED NOT NULL COMMENT 'further copies of a reply',
  delay_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'sum of delays from the first copy, nanoseconds',
  delay_sum_squares DECIMAL(38,0) NOT NULL COMMENT 'sum of squared delays, square microseconds',
  delay_min_ns BIGINT UNSIGNED NULL COMMENT 'least delay, nanoseconds',
  delay_max_ns BIGINT UNSIGNED NULL COMMENT 'greatest delay, nanoseconds',
  last_copy_delay_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'sum of delays from the last copy, nanoseconds',
  PRIMARY KEY (bucket_start, flow_no, protocol),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'Two-way delays per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- Two-way delays per minute: twowaytable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS twowaytable_1m (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  protocol VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'request/response protocol: icmp dns ntp snmp http tls tcp-handshake udp tcp user',
  requests BIGINT UNSIGNED NOT NULL COMMENT 'requests = replied + unanswered',
  replied BIGINT UNSIGNED NOT NULL COMMENT 'requests answered in time',
  unanswered BIGINT UNSIGNED NOT NULL COMMENT 'requests not answered in time',
  late BIGINT UNSIGNED NOT NULL COMMENT 'unanswered requests whose reply came later',
  repeats BIGINT UNSIGNED NOT NULL COMMENT 'further copies of a request',
  duplicate_replies BIGINT UNSIGNED NOT NULL COMMENT 'further copies of a reply',
  delay_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'sum of delays from the first copy, nanoseconds',
  delay_sum_squares DECIMAL(38,0) NOT NULL COMMENT 'sum of squared delays, square microseconds',
  delay_min_ns BIGINT UNSIGNED NULL COMMENT 'least delay, nanoseconds',
  delay_max_ns BIGINT UNSIGNED NULL COMMENT 'greatest delay, nanoseconds',
  last_copy_delay_sum_ns BIGINT UNSIGNED NOT NULL COMMENT 'sum of delays from the last copy, nanoseconds',
  PRIMARY KEY (flow_no, bucket_start, protocol)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'Two-way delays per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- UDP datagrams; a fragmented one counts once, with its first fragment.
CREATE TABLE IF NOT EXISTS udpcttable (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe told it',
  record_no BIGINT UNSIGNED NOT NULL COMMENT 'number of the record within the run and type',
  interval_start DATETIME NOT NULL COMMENT 'start of the interval, a multiple of its length since the epoch, UTC',
  interval_s INT UNSIGNED NOT NULL COMMENT 'length of the interval in seconds',
  fwd_datagrams BIGINT UNSIGNED NOT NULL COMMENT 'forward: datagrams',
  rev_datagrams BIGINT UNSIGNED NOT NULL COMMENT 'reverse: datagrams',
  fwd_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes by the UDP length',
  rev_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes by the UDP length',
  fwd_checksumless BIGINT UNSIGNED NOT NULL COMMENT 'forward: datagrams with checksum 0',
  rev_checksumless BIGINT UNSIGNED NOT NULL COMMENT 'reverse: datagrams with checksum 0',
  PRIMARY KEY (flow_no, interval_start, run_no, record_no)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'UDP counters, as measured'
  PARTITION BY RANGE (TO_DAYS(interval_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- UDP counters per day: udpcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS udpcttable_1d (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the day, UTC',
  fwd_datagrams BIGINT UNSIGNED NOT NULL COMMENT 'forward: datagrams',
  rev_datagrams BIGINT UNSIGNED NOT NULL COMMENT 'reverse: datagrams',
  fwd_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes by the UDP length',
  rev_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes by the UDP length',
  fwd_checksumless BIGINT UNSIGNED NOT NULL COMMENT 'forward: datagrams with checksum 0',
  rev_checksumless BIGINT UNSIGNED NOT NULL COMMENT 'reverse: datagrams with checksum 0',
  PRIMARY KEY (bucket_start, flow_no),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'UDP counters per day'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a year are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- UDP counters per hour: udpcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS udpcttable_1h (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the hour, UTC',
  fwd_datagrams BIGINT UNSIGNED NOT NULL COMMENT 'forward: datagrams',
  rev_datagrams BIGINT UNSIGNED NOT NULL COMMENT 'reverse: datagrams',
  fwd_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes by the UDP length',
  rev_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes by the UDP length',
  fwd_checksumless BIGINT UNSIGNED NOT NULL COMMENT 'forward: datagrams with checksum 0',
  rev_checksumless BIGINT UNSIGNED NOT NULL COMMENT 'reverse: datagrams with checksum 0',
  PRIMARY KEY (bucket_start, flow_no),
  KEY flow_no (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'UDP counters per hour'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a month are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- UDP counters per minute: udpcttable added up. Kept by the loader as data come.
CREATE TABLE IF NOT EXISTS udpcttable_1m (
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  bucket_start DATETIME NOT NULL COMMENT 'start of the minute, UTC',
  fwd_datagrams BIGINT UNSIGNED NOT NULL COMMENT 'forward: datagrams',
  rev_datagrams BIGINT UNSIGNED NOT NULL COMMENT 'reverse: datagrams',
  fwd_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'forward: payload bytes by the UDP length',
  rev_payload_bytes BIGINT UNSIGNED NOT NULL COMMENT 'reverse: payload bytes by the UDP length',
  fwd_checksumless BIGINT UNSIGNED NOT NULL COMMENT 'forward: datagrams with checksum 0',
  rev_checksumless BIGINT UNSIGNED NOT NULL COMMENT 'reverse: datagrams with checksum 0',
  PRIMARY KEY (flow_no, bucket_start)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'UDP counters per minute'
  PARTITION BY RANGE (TO_DAYS(bucket_start)) (
    -- Partitions of a day are split off this empty one by partition_add.
    PARTITION gmax VALUES LESS THAN MAXVALUE
  );

-- Smallest duration of a bucket of the log-linear histograms, nanoseconds; the next bucket's is its end, not included.
-- 32 buckets to a power of two, so the middle of a bucket is within 1.6 % of every value in it.
DROP FUNCTION IF EXISTS histogram_lower_ns;
DELIMITER $$
CREATE FUNCTION histogram_lower_ns(
    in_bucket SMALLINT UNSIGNED   -- histogram_bucket
)
    RETURNS BIGINT UNSIGNED
    COMMENT 'Lower bound of a histogram bucket, nanoseconds.'
    SQL SECURITY INVOKER
    DETERMINISTIC
    NO SQL
RETURN IF(in_bucket < 64, in_bucket, (in_bucket MOD 32 + 32) << (in_bucket DIV 32 - 1))$$
DELIMITER ;

-- Whether each of some sums is at least what the other list has in its place. Lists are numbers separated by commas, of
-- the same length.
DROP FUNCTION IF EXISTS holds_sums;
DELIMITER $$
CREATE FUNCTION holds_sums(_sums MEDIUMTEXT CHARACTER SET ascii, _parts MEDIUMTEXT CHARACTER SET ascii)
    RETURNS BOOLEAN
    COMMENT 'Whether each sum of a list is at least the number in the same place of another list.'
    DETERMINISTIC
    NO SQL
    SQL SECURITY INVOKER
BEGIN
    DECLARE v_sums MEDIUMTEXT CHARACTER SET ascii DEFAULT CONCAT(_sums, ',');
    DECLARE v_parts MEDIUMTEXT CHARACTER SET ascii DEFAULT CONCAT(_parts, ',');
    WHILE v_parts <> '' DO
        IF CAST(SUBSTRING_INDEX(v_sums, ',', 1) AS DECIMAL(65)) < CAST(SUBSTRING_INDEX(v_parts, ',', 1) AS DECIMAL(65)) THEN
            RETURN FALSE;
        END IF;
        SET v_sums = SUBSTRING(v_sums, LOCATE(',', v_sums) + 1), v_parts = SUBSTRING(v_parts, LOCATE(',', v_parts) + 1);
    END WHILE;
    RETURN TRUE;
END$$
DELIMITER ;

-- Name of an IP protocol, by IANA's list for those met in practice.
DROP FUNCTION IF EXISTS protocol_name;
DELIMITER $$
CREATE FUNCTION protocol_name(
    in_protocol SMALLINT UNSIGNED   -- IP protocol number; NULL: not told apart
)
    RETURNS VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
    COMMENT 'Name of an IP protocol number.'
    SQL SECURITY INVOKER
    DETERMINISTIC
    NO SQL
RETURN CASE in_protocol
         WHEN 1 THEN 'icmp'
         WHEN 2 THEN 'igmp'
         WHEN 4 THEN 'ipv4'
         WHEN 6 THEN 'tcp'
         WHEN 17 THEN 'udp'
         WHEN 33 THEN 'dccp'
         WHEN 41 THEN 'ipv6'
         WHEN 47 THEN 'gre'
         WHEN 50 THEN 'esp'
         WHEN 51 THEN 'ah'
         WHEN 58 THEN 'ipv6-icmp'
         WHEN 59 THEN 'ipv6-nonxt'
         WHEN 88 THEN 'eigrp'
         WHEN 89 THEN 'ospf'
         WHEN 103 THEN 'pim'
         WHEN 112 THEN 'vrrp'
         WHEN 115 THEN 'l2tp'
         WHEN 132 THEN 'sctp'
         WHEN 136 THEN 'udplite'
         ELSE COALESCE(CONCAT('protocol ', in_protocol), 'all protocols')
       END$$
DELIMITER ;

-- What reports read, readable.
DROP VIEW IF EXISTS v_activity_1d;
CREATE SQL SECURITY INVOKER VIEW v_activity_1d AS
SELECT x.bucket_start, x.probe, x.service, x.protocol_name,
       INET6_NTOA(x.src_address) AS src_address, x.src_host_name, x.src_activity, x.src_location, x.src_country,
       INET6_NTOA(x.dst_address) AS dst_address, x.dst_host_name, x.dst_activity, x.dst_location, x.dst_country,
       x.fwd_packets, x.fwd_bytes, x.rev_packets, x.rev_bytes, x.connections_opened, x.connections_refused,
       x.fwd_retransmitted_segments, x.rev_retransmitted_segments, x.ftp_transfers_started, x.ftp_transfers_completed
  FROM activityvolumetable_1d x;

-- What reports read, readable.
DROP VIEW IF EXISTS v_activity_1h;
CREATE SQL SECURITY INVOKER VIEW v_activity_1h AS
SELECT x.bucket_start, x.probe, x.service, x.protocol_name,
       INET6_NTOA(x.src_address) AS src_address, x.src_host_name, x.src_activity, x.src_location, x.src_country,
       INET6_NTOA(x.dst_address) AS dst_address, x.dst_host_name, x.dst_activity, x.dst_location, x.dst_country,
       x.fwd_packets, x.fwd_bytes, x.rev_packets, x.rev_bytes, x.connections_opened, x.connections_refused,
       x.fwd_retransmitted_segments, x.rev_retransmitted_segments, x.ftp_transfers_started, x.ftp_transfers_completed
  FROM activityvolumetable_1h x;

-- What reports on NetFlow read, readable.
DROP VIEW IF EXISTS v_activity_netflow_1d;
CREATE SQL SECURITY INVOKER VIEW v_activity_netflow_1d AS
SELECT x.bucket_start, x.probe AS exporter, x.service, x.protocol_name,
       INET6_NTOA(x.src_address) AS src_address, x.src_host_name, x.src_activity, x.src_location, x.src_country,
       INET6_NTOA(x.dst_address) AS dst_address, x.dst_host_name, x.dst_activity, x.dst_location, x.dst_country,
       x.fwd_packets, x.fwd_bytes, x.rev_packets, x.rev_bytes
  FROM activityvolumetable_netflow_1d x;

-- What reports on NetFlow read, readable.
DROP VIEW IF EXISTS v_activity_netflow_1h;
CREATE SQL SECURITY INVOKER VIEW v_activity_netflow_1h AS
SELECT x.bucket_start, x.probe AS exporter, x.service, x.protocol_name,
       INET6_NTOA(x.src_address) AS src_address, x.src_host_name, x.src_activity, x.src_location, x.src_country,
       INET6_NTOA(x.dst_address) AS dst_address, x.dst_host_name, x.dst_activity, x.dst_location, x.dst_country,
       x.fwd_packets, x.fwd_bytes, x.rev_packets, x.rev_bytes
  FROM activityvolumetable_netflow_1h x;

-- Completeness of the capture, and share of duplicate frames, per probe and interface, in percent.
DROP VIEW IF EXISTS v_capture_quality_1d;
CREATE SQL SECURITY INVOKER VIEW v_capture_quality_1d AS
SELECT x.bucket_start, p.name AS probe, x.interface, x.packets, x.ip_packets, x.matched, x.unmatched, x.undecodable,
       x.kernel_dropped + x.card_dropped + x.queue_dropped AS dropped,
       ROUND(100.000000 * x.packets / NULLIF(x.packets + x.kernel_dropped + x.card_dropped + x.queue_dropped, 0), 4)
           AS complete_percent,
       ROUND(100.000000 * x.fwd_duplicate_packets / NULLIF(x.fwd_packets, 0), 4) AS fwd_duplicate_percent,
       ROUND(100.000000 * x.rev_duplicate_packets / NULLIF(x.rev_packets, 0), 4) AS rev_duplicate_percent,
       ROUND(100.000000 * x.covered_s / 86400, 2) AS covered_percent
  FROM capsttable_1d x
  JOIN probe p ON p.probe_no = x.probe_no;

-- Completeness of the capture, and share of duplicate frames, per probe and interface, in percent.
DROP VIEW IF EXISTS v_capture_quality_1h;
CREATE SQL SECURITY INVOKER VIEW v_capture_quality_1h AS
SELECT x.bucket_start, p.name AS probe, x.interface, x.packets, x.ip_packets, x.matched, x.unmatched, x.undecodable,
       x.kernel_dropped + x.card_dropped + x.queue_dropped AS dropped,
       ROUND(100.000000 * x.packets / NULLIF(x.packets + x.kernel_dropped + x.card_dropped + x.queue_dropped, 0), 4)
           AS complete_percent,
       ROUND(100.000000 * x.fwd_duplicate_packets / NULLIF(x.fwd_packets, 0), 4) AS fwd_duplicate_percent,
       ROUND(100.000000 * x.rev_duplicate_packets / NULLIF(x.rev_packets, 0), 4) AS rev_duplicate_percent,
       ROUND(100.000000 * x.covered_s / 3600, 2) AS covered_percent
  FROM capsttable_1h x
  JOIN probe p ON p.probe_no = x.probe_no;

-- Events with their probes.
DROP VIEW IF EXISTS v_event;
CREATE SQL SECURITY INVOKER VIEW v_event AS
SELECT x.at, p.name AS probe, x.origin, x.severity, x.code, x.text, x.parameters
  FROM eventtable x
  JOIN probe_run r ON r.run_no = x.run_no
  JOIN probe p ON p.probe_no = r.probe_no;

-- The flows, readable.
DROP VIEW IF EXISTS v_flow;
CREATE SQL SECURITY INVOKER VIEW v_flow AS
SELECT f.flow_no, p.name AS probe, c.name AS class, IF(f.account = 1, 'yes', 'no') AS account, f.ip_version, f.protocol,
       INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_prefix_length, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_prefix_length, f.rev_port,
       f.service, f.tos, f.vlan, f.interface, f.tap_group
  FROM flow f
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;

-- FTP counters with their flows; shares in percent.
DROP VIEW IF EXISTS v_ftpct_1d;
CREATE SQL SECURITY INVOKER VIEW v_ftpct_1d AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.sessions_opened, x.logins_accepted, x.logins_refused, x.transfers_started, x.transfers_completed,
       x.transfers_failed, x.transfers_aborted,
       ROUND(100.000000 * x.transfers_completed / NULLIF(x.transfers_started, 0), 3) AS completed_percent,
       x.fwd_bytes, x.rev_bytes
  FROM ftpcttable_1d x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;

-- FTP counters with their flows; shares in percent.
DROP VIEW IF EXISTS v_ftpct_1h;
CREATE SQL SECURITY INVOKER VIEW v_ftpct_1h AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.sessions_opened, x.logins_accepted, x.logins_refused, x.transfers_started, x.transfers_completed,
       x.transfers_failed, x.transfers_aborted,
       ROUND(100.000000 * x.transfers_completed / NULLIF(x.transfers_started, 0), 3) AS completed_percent,
       x.fwd_bytes, x.rev_bytes
  FROM ftpcttable_1h x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;

-- FTP transfers; times in milliseconds from the command, throughput in megabits a second.
DROP VIEW IF EXISTS v_ftptf;
CREATE SQL SECURITY INVOKER VIEW v_ftptf AS
SELECT x.commanded, p.name AS probe, c.name AS class,
       INET6_NTOA(x.client) AS client, x.client_port, INET6_NTOA(x.server) AS server, x.server_port, x.session_id,
       x.user, x.command, x.path, x.mode, INET6_NTOA(x.data_address) AS data_address, x.data_port,
       x.outcome, x.reply_code, x.bytes, x.restart_offset,
       ROUND(x.throughput_bits_per_s * 0.000001, 3) AS throughput_mbit_per_s,
       ROUND(TIMESTAMPDIFF(MICROSECOND, x.commanded, x.connected) * 0.001, 3) AS connected_ms,
       ROUND(TIMESTAMPDIFF(MICROSECOND, x.commanded, x.first_payload) * 0.001, 3) AS first_payload_ms,
       ROUND(TIMESTAMPDIFF(MICROSECOND, x.commanded, x.last_payload) * 0.001, 3) AS last_payload_ms,
       ROUND(TIMESTAMPDIFF(MICROSECOND, x.commanded, x.replied) * 0.001, 3) AS replied_ms
  FROM ftptftable x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;

-- ICMP counters with their flows.
DROP VIEW IF EXISTS v_icmpct_1h;
CREATE SQL SECURITY INVOKER VIEW v_icmpct_1h AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.icmp_type, x.icmp_code, x.fwd_packets, x.rev_packets, x.fwd_bytes, x.rev_bytes
  FROM icmpcttable_1h x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;

-- Which name, hardware address or DHCPv6 client had an address, and when. Of several at an instant the latest told is the
-- likeliest: order by valid_from.
DROP VIEW IF EXISTS v_identity;
CREATE SQL SECURITY INVOKER VIEW v_identity AS
SELECT INET6_NTOA(x.address) AS address, x.kind, x.value, x.source, x.valid_from, x.valid_to, p.name AS probe,
       x.address AS address_bytes
  FROM address_identity x
  JOIN probe p ON p.probe_no = x.probe_no;

-- Addresses and what is known about them.
DROP VIEW IF EXISTS v_ipInfo;
CREATE SQL SECURITY INVOKER VIEW v_ipInfo AS
SELECT INET6_NTOA(address) AS address, kind, host_name, activity, location, country, city, asn, as_name, sources,
       discovered_at, resolved_at
  FROM ipInfotable;

-- IP counters with their flows.
DROP VIEW IF EXISTS v_ipct_1d;
CREATE SQL SECURITY INVOKER VIEW v_ipct_1d AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.fwd_packets, x.rev_packets, x.fwd_bytes, x.rev_bytes, x.first, x.last
  FROM ipcttable_1d x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;

-- IP counters with their flows.
DROP VIEW IF EXISTS v_ipct_1h;
CREATE SQL SECURITY INVOKER VIEW v_ipct_1h AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.fwd_packets, x.rev_packets, x.fwd_bytes, x.rev_bytes, x.first, x.last
  FROM ipcttable_1h x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;

-- IP counters with their flows.
DROP VIEW IF EXISTS v_ipct_1m;
CREATE SQL SECURITY INVOKER VIEW v_ipct_1m AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.fwd_packets, x.rev_packets, x.fwd_bytes, x.rev_bytes, x.first, x.last
  FROM ipcttable_1m x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;

-- Distribution of packet sizes with their flows; bounds in bytes, the upper one not included.
DROP VIEW IF EXISTS v_ipsz_1h;
CREATE SQL SECURITY INVOKER VIEW v_ipsz_1h AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       s.lower AS from_bytes, s.upper AS below_bytes, x.fwd_packets, x.rev_packets
  FROM ipsztable_1h x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no
  JOIN slice s ON s.slice_no = x.slice_no;

-- NetFlow records as exported: multiply packets and bytes by the sampling rate.
DROP VIEW IF EXISTS v_netflow;
CREATE SQL SECURITY INVOKER VIEW v_netflow AS
SELECT x.first, x.last, p.name AS formatter, INET6_NTOA(x.exporter) AS exporter, x.protocol,
       INET6_NTOA(x.src_address) AS src_address, x.src_port, INET6_NTOA(x.dst_address) AS dst_address, x.dst_port,
       x.packets, x.bytes, x.sampling_rate, x.tos, x.tcp_flags, x.input_interface, x.output_interface, x.src_as, x.dst_as
  FROM netflowtable x
  JOIN probe_run r ON r.run_no = x.run_no
  JOIN probe p ON p.probe_no = r.probe_no;

-- NetFlow volumes per day, each direction a row of its own; multiplied by the sampling rate.
DROP VIEW IF EXISTS v_netflow_1d;
CREATE SQL SECURITY INVOKER VIEW v_netflow_1d AS
SELECT x.bucket_start, p.name AS formatter, INET6_NTOA(x.exporter) AS exporter, x.protocol,
       INET6_NTOA(x.src_address) AS src_address, x.src_port, INET6_NTOA(x.dst_address) AS dst_address, x.dst_port,
       x.packets, x.bytes
  FROM netflowtable_1d x
  JOIN probe p ON p.probe_no = x.probe_no;

-- NetFlow volumes per hour, each direction a row of its own; multiplied by the sampling rate.
DROP VIEW IF EXISTS v_netflow_1h;
CREATE SQL SECURITY INVOKER VIEW v_netflow_1h AS
SELECT x.bucket_start, p.name AS formatter, INET6_NTOA(x.exporter) AS exporter, x.protocol,
       INET6_NTOA(x.src_address) AS src_address, x.src_port, INET6_NTOA(x.dst_address) AS dst_address, x.dst_port,
       x.packets, x.bytes
  FROM netflowtable_1h x
  JOIN probe p ON p.probe_no = x.probe_no;

-- What became of the packets of each hop pair per day, whether a class tells verdicts together or apart. lost_percent: of
-- the packets matched or lost; latencies in milliseconds.
DROP VIEW IF EXISTS v_one_way_1d;
CREATE SQL SECURITY INVOKER VIEW v_one_way_1d AS
SELECT x.bucket_start, c.name AS class, x.from_hop, x.to_hop, a.probe AS from_probe, b.probe AS to_probe,
       SUM(x.matched_packets) AS matched_packets, SUM(x.lost_packets) AS lost_packets,
       SUM(x.missed_packets) AS missed_packets, SUM(x.unknown_packets) AS unknown_packets,
       SUM(x.dropped_packets) AS dropped_packets, SUM(x.duplicate_packets) AS duplicate_packets,
       SUM(x.matched_bytes) AS matched_bytes, SUM(x.lost_bytes) AS lost_bytes,
       ROUND(100.000000 * SUM(x.lost_packets) / NULLIF(SUM(x.matched_packets) + SUM(x.lost_packets), 0), 4) AS lost_percent,
       ROUND(SUM(x.latency_sum_ns) / NULLIF(SUM(x.matched_packets), 0) * 0.000001, 6) AS latency_mean_ms,
       ROUND(MIN(x.latency_min_ns) * 0.000001, 6) AS latency_min_ms,
       ROUND(MAX(x.latency_max_ns) * 0.000001, 6) AS latency_max_ms,
       SUM(x.negative_packets) AS negative_packets
  FROM (SELECT bucket_start, class_no, from_hop, to_hop, matched_packets, lost_packets, missed_packets, unknown_packets,
               dropped_packets, duplicate_packets, matched_bytes, lost_bytes, latency_sum_ns, latency_min_ns,
               latency_max_ns, negative_packets
          FROM owcttable_1d
         UNION ALL
        SELECT bucket_start, class_no, from_hop, to_hop, 0, packets, 0, 0, 0, 0, 0, bytes, 0, NULL, NULL, 0
          FROM owlosttable_1d
         UNION ALL
        SELECT bucket_start, class_no, from_hop, to_hop, 0, 0, packets, 0, 0, 0, 0, 0, 0, NULL, NULL, 0
          FROM owmisstable_1d
         UNION ALL
        SELECT bucket_start, class_no, from_hop, to_hop, 0, 0, 0, 0, packets, 0, 0, 0, 0, NULL, NULL, 0
          FROM owdroptable_1d) x
  JOIN flow_class c ON c.class_no = x.class_no
  LEFT JOIN hop a ON a.class_no = x.class_no AND a.hop = x.from_hop
  LEFT JOIN hop b ON b.class_no = x.class_no AND b.hop = x.to_hop
 GROUP BY x.bucket_start, c.name, x.from_hop, x.to_hop, a.probe, b.probe;

-- What became of the packets of each hop pair per hour, whether a class tells verdicts together or apart. lost_percent: of
-- the packets matched or lost; latencies in milliseconds.
DROP VIEW IF EXISTS v_one_way_1h;
CREATE SQL SECURITY INVOKER VIEW v_one_way_1h AS
SELECT x.bucket_start, c.name AS class, x.from_hop, x.to_hop, a.probe AS from_probe, b.probe AS to_probe,
       SUM(x.matched_packets) AS matched_packets, SUM(x.lost_packets) AS lost_packets,
       SUM(x.missed_packets) AS missed_packets, SUM(x.unknown_packets) AS unknown_packets,
       SUM(x.dropped_packets) AS dropped_packets, SUM(x.duplicate_packets) AS duplicate_packets,
       SUM(x.matched_bytes) AS matched_bytes, SUM(x.lost_bytes) AS lost_bytes,
       ROUND(100.000000 * SUM(x.lost_packets) / NULLIF(SUM(x.matched_packets) + SUM(x.lost_packets), 0), 4) AS lost_percent,
       ROUND(SUM(x.latency_sum_ns) / NULLIF(SUM(x.matched_packets), 0) * 0.000001, 6) AS latency_mean_ms,
       ROUND(MIN(x.latency_min_ns) * 0.000001, 6) AS latency_min_ms,
       ROUND(MAX(x.latency_max_ns) * 0.000001, 6) AS latency_max_ms,
       SUM(x.negative_packets) AS negative_packets
  FROM (SELECT bucket_start, class_no, from_hop, to_hop, matched_packets, lost_packets, missed_packets, unknown_packets,
               dropped_packets, duplicate_packets, matched_bytes, lost_bytes, latency_sum_ns, latency_min_ns,
               latency_max_ns, negative_packets
          FROM owcttable_1h
         UNION ALL
        SELECT bucket_start, class_no, from_hop, to_hop, 0, packets, 0, 0, 0, 0, 0, bytes, 0, NULL, NULL, 0
          FROM owlosttable_1h
         UNION ALL
        SELECT bucket_start, class_no, from_hop, to_hop, 0, 0, packets, 0, 0, 0, 0, 0, 0, NULL, NULL, 0
          FROM owmisstable_1h
         UNION ALL
        SELECT bucket_start, class_no, from_hop, to_hop, 0, 0, 0, 0, packets, 0, 0, 0, 0, NULL, NULL, 0
          FROM owdroptable_1h) x
  JOIN flow_class c ON c.class_no = x.class_no
  LEFT JOIN hop a ON a.class_no = x.class_no AND a.hop = x.from_hop
  LEFT JOIN hop b ON b.class_no = x.class_no AND b.hop = x.to_hop
 GROUP BY x.bucket_start, c.name, x.from_hop, x.to_hop, a.probe, b.probe;

-- What became of the packets of each hop pair per minute, whether a class tells verdicts together or apart. lost_percent: of
-- the packets matched or lost; latencies in milliseconds.
DROP VIEW IF EXISTS v_one_way_1m;
CREATE SQL SECURITY INVOKER VIEW v_one_way_1m AS
SELECT x.bucket_start, c.name AS class, x.from_hop, x.to_hop, a.probe AS from_probe, b.probe AS to_probe,
       SUM(x.matched_packets) AS matched_packets, SUM(x.lost_packets) AS lost_packets,
       SUM(x.missed_packets) AS missed_packets, SUM(x.unknown_packets) AS unknown_packets,
       SUM(x.dropped_packets) AS dropped_packets, SUM(x.duplicate_packets) AS duplicate_packets,
       SUM(x.matched_bytes) AS matched_bytes, SUM(x.lost_bytes) AS lost_bytes,
       ROUND(100.000000 * SUM(x.lost_packets) / NULLIF(SUM(x.matched_packets) + SUM(x.lost_packets), 0), 4) AS lost_percent,
       ROUND(SUM(x.latency_sum_ns) / NULLIF(SUM(x.matched_packets), 0) * 0.000001, 6) AS latency_mean_ms,
       ROUND(MIN(x.latency_min_ns) * 0.000001, 6) AS latency_min_ms,
       ROUND(MAX(x.latency_max_ns) * 0.000001, 6) AS latency_max_ms,
       SUM(x.negative_packets) AS negative_packets
  FROM (SELECT bucket_start, class_no, from_hop, to_hop, matched_packets, lost_packets, missed_packets, unknown_packets,
               dropped_packets, duplicate_packets, matched_bytes, lost_bytes, latency_sum_ns, latency_min_ns,
               latency_max_ns, negative_packets
          FROM owcttable_1m
         UNION ALL
        SELECT bucket_start, class_no, from_hop, to_hop, 0, packets, 0, 0, 0, 0, 0, bytes, 0, NULL, NULL, 0
          FROM owlosttable_1m
         UNION ALL
        SELECT bucket_start, class_no, from_hop, to_hop, 0, 0, packets, 0, 0, 0, 0, 0, 0, NULL, NULL, 0
          FROM owmisstable_1m
         UNION ALL
        SELECT bucket_start, class_no, from_hop, to_hop, 0, 0, 0, 0, packets, 0, 0, 0, 0, NULL, NULL, 0
          FROM owdroptable_1m) x
  JOIN flow_class c ON c.class_no = x.class_no
  LEFT JOIN hop a ON a.class_no = x.class_no AND a.hop = x.from_hop
  LEFT JOIN hop b ON b.class_no = x.class_no AND b.hop = x.to_hop
 GROUP BY x.bucket_start, c.name, x.from_hop, x.to_hop, a.probe, b.probe;

-- Single packets at both hops of a pair, with the probes by name; latencies in milliseconds.
DROP VIEW IF EXISTS v_owlat;
CREATE SQL SECURITY INVOKER VIEW v_owlat AS
SELECT x.seen, c.name AS class, x.signature, x.from_hop, x.to_hop, a.probe AS from_probe, b.probe AS to_probe,
       ROUND(x.latency_ns * 0.000001, 6) AS latency_ms, x.bytes
  FROM owlattable x
  JOIN flow_class c ON c.class_no = x.class_no
  LEFT JOIN hop a ON a.class_no = x.class_no AND a.hop = x.from_hop
  LEFT JOIN hop b ON b.class_no = x.class_no AND b.hop = x.to_hop;

-- Median and 95th percentile of TCP round-trip times per day, probe and service, in milliseconds: the middle of the
-- histogram bucket that holds them, within 1.6 %.
DROP VIEW IF EXISTS v_service_rtt_1d;
CREATE SQL SECURITY INVOKER VIEW v_service_rtt_1d AS
SELECT bucket_start, probe, service, direction, MAX(total) AS samples,
       ROUND(MIN(IF(below >= total * 0.50, middle_ns, NULL)) * 0.000001, 3) AS median_ms,
       ROUND(MIN(IF(below >= total * 0.95, middle_ns, NULL)) * 0.000001, 3) AS p95_ms
  FROM (SELECT x.bucket_start, p.name AS probe, x.service, x.direction,
               SUM(x.samples) OVER (PARTITION BY x.bucket_start, x.probe_no, x.service, x.direction) AS total,
               SUM(x.samples) OVER (PARTITION BY x.bucket_start, x.probe_no, x.service, x.direction
                                    ORDER BY x.histogram_bucket) AS below,
               -- As histogram_lower_ns; a view of a runtime database cannot call the template's function.
               IF(x.histogram_bucket < 64, x.histogram_bucket,
                  (x.histogram_bucket MOD 32 + 32.5) * POW(2, x.histogram_bucket DIV 32 - 1)) AS middle_ns
          FROM servicertt_1d x
          JOIN probe p ON p.probe_no = x.probe_no) steps
 GROUP BY bucket_start, probe, service, direction;

-- TCP counters with their flows; shares in percent, times in milliseconds.
DROP VIEW IF EXISTS v_tcpct_1h;
CREATE SQL SECURITY INVOKER VIEW v_tcpct_1h AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.connections_opened, x.connections_established, x.connections_refused, x.connections_reset,
       x.fwd_payload_bytes, x.rev_payload_bytes,
       ROUND(100.000000 * x.fwd_retransmitted_bytes / NULLIF(x.fwd_payload_bytes, 0), 3) AS fwd_retransmitted_percent,
       ROUND(100.000000 * x.rev_retransmitted_bytes / NULLIF(x.rev_payload_bytes, 0), 3) AS rev_retransmitted_percent,
       ROUND(x.fwd_rtt_sum_ns / NULLIF(x.fwd_rtt_samples, 0) * 0.000001, 3) AS fwd_rtt_mean_ms,
       ROUND(x.rev_rtt_sum_ns / NULLIF(x.rev_rtt_samples, 0) * 0.000001, 3) AS rev_rtt_mean_ms
  FROM tcpcttable_1h x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;

-- TCP connections, readable; times in milliseconds.
DROP VIEW IF EXISTS v_tcpcx;
CREATE SQL SECURITY INVOKER VIEW v_tcpcx AS
SELECT x.started, x.ended, p.name AS probe, c.name AS class,
       INET6_NTOA(x.fwd_address) AS fwd_address, x.fwd_port, INET6_NTOA(x.rev_address) AS rev_address, x.rev_port,
       f.service, x.outcome, IF(x.tail = 1, 'yes', 'no') AS tail,
       x.fwd_packets, x.rev_packets, x.fwd_bytes, x.rev_bytes, x.fwd_payload_bytes, x.rev_payload_bytes,
       x.fwd_retransmitted_segments, x.rev_retransmitted_segments,
       ROUND((x.syn_synack_ns + x.synack_ack_ns) * 0.000001, 3) AS handshake_ms,
       ROUND(x.fwd_rtt_avg_ns * 0.000001, 3) AS fwd_rtt_mean_ms, ROUND(x.rev_rtt_avg_ns * 0.000001, 3) AS rev_rtt_mean_ms
  FROM tcpcxtable x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;

-- Single requests and what became of them; delays in milliseconds.
DROP VIEW IF EXISTS v_trans;
CREATE SQL SECURITY INVOKER VIEW v_trans AS
SELECT x.requested, x.replied, p.name AS probe, c.name AS class, x.protocol,
       INET6_NTOA(x.client) AS client, x.client_port, INET6_NTOA(x.server) AS server, x.server_port,
       x.outcome, ROUND(x.delay_ns * 0.000001, 3) AS delay_ms,
       ROUND(x.last_copy_delay_ns * 0.000001, 3) AS last_copy_delay_ms,
       ROUND(x.first_body_ns * 0.000001, 3) AS first_body_ms,
       x.name, x.operation, x.object, x.status, x.version, x.answers, x.request_bytes, x.reply_bytes, x.identifier
  FROM transtable x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;

-- Requests and replies with their flows; shares in percent, delays of replies in time in milliseconds.
DROP VIEW IF EXISTS v_twoway_1d;
CREATE SQL SECURITY INVOKER VIEW v_twoway_1d AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.protocol AS request_protocol,
       x.requests, x.replied, x.unanswered, x.late, x.repeats, x.duplicate_replies,
       ROUND(100.000000 * x.unanswered / NULLIF(x.requests, 0), 3) AS unanswered_percent,
       ROUND(x.delay_sum_ns / NULLIF(x.replied, 0) * 0.000001, 3) AS delay_mean_ms,
       ROUND(x.delay_min_ns * 0.000001, 3) AS delay_min_ms, ROUND(x.delay_max_ns * 0.000001, 3) AS delay_max_ms,
       -- Squares are of whole microseconds, so that equal delays may come out a little below their mean.
       ROUND(SQRT(GREATEST(0, x.delay_sum_squares / NULLIF(x.replied, 0)
                              - POW(x.delay_sum_ns / 1000 / NULLIF(x.replied, 0), 2))) * 0.001, 3) AS delay_deviation_ms
  FROM twowaytable_1d x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;

-- Requests and replies with their flows; shares in percent, delays of replies in time in milliseconds.
DROP VIEW IF EXISTS v_twoway_1h;
CREATE SQL SECURITY INVOKER VIEW v_twoway_1h AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.protocol AS request_protocol,
       x.requests, x.replied, x.unanswered, x.late, x.repeats, x.duplicate_replies,
       ROUND(100.000000 * x.unanswered / NULLIF(x.requests, 0), 3) AS unanswered_percent,
       ROUND(x.delay_sum_ns / NULLIF(x.replied, 0) * 0.000001, 3) AS delay_mean_ms,
       ROUND(x.delay_min_ns * 0.000001, 3) AS delay_min_ms, ROUND(x.delay_max_ns * 0.000001, 3) AS delay_max_ms,
       -- Squares are of whole microseconds, so that equal delays may come out a little below their mean.
       ROUND(SQRT(GREATEST(0, x.delay_sum_squares / NULLIF(x.replied, 0)
                              - POW(x.delay_sum_ns / 1000 / NULLIF(x.replied, 0), 2))) * 0.001, 3) AS delay_deviation_ms
  FROM twowaytable_1h x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;

-- Requests and replies with their flows; shares in percent, delays of replies in time in milliseconds.
DROP VIEW IF EXISTS v_twoway_1m;
CREATE SQL SECURITY INVOKER VIEW v_twoway_1m AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.protocol AS request_protocol,
       x.requests, x.replied, x.unanswered, x.late, x.repeats, x.duplicate_replies,
       ROUND(100.000000 * x.unanswered / NULLIF(x.requests, 0), 3) AS unanswered_percent,
       ROUND(x.delay_sum_ns / NULLIF(x.replied, 0) * 0.000001, 3) AS delay_mean_ms,
       ROUND(x.delay_min_ns * 0.000001, 3) AS delay_min_ms, ROUND(x.delay_max_ns * 0.000001, 3) AS delay_max_ms,
       -- Squares are of whole microseconds, so that equal delays may come out a little below their mean.
       ROUND(SQRT(GREATEST(0, x.delay_sum_squares / NULLIF(x.replied, 0)
                              - POW(x.delay_sum_ns / 1000 / NULLIF(x.replied, 0), 2))) * 0.001, 3) AS delay_deviation_ms
  FROM twowaytable_1m x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;

-- Median and 95th percentile of the delays of requests per day, flow and protocol, in milliseconds: the middle of the
-- histogram bucket that holds them, within 1.6 %.
DROP VIEW IF EXISTS v_twoway_delay_1d;
CREATE SQL SECURITY INVOKER VIEW v_twoway_delay_1d AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.request_protocol, x.samples, x.median_ms, x.p95_ms
  FROM (SELECT bucket_start, flow_no, protocol AS request_protocol, MAX(total) AS samples,
               ROUND(MIN(IF(below >= total * 0.50, middle_ns, NULL)) * 0.000001, 3) AS median_ms,
               ROUND(MIN(IF(below >= total * 0.95, middle_ns, NULL)) * 0.000001, 3) AS p95_ms
          FROM (SELECT bucket_start, flow_no, protocol,
                       SUM(samples) OVER (PARTITION BY bucket_start, flow_no, protocol) AS total,
                       SUM(samples) OVER (PARTITION BY bucket_start, flow_no, protocol
                                          ORDER BY histogram_bucket) AS below,
                       -- As histogram_lower_ns; a view of a runtime database cannot call the template's function.
                       IF(histogram_bucket < 64, histogram_bucket,
                          (histogram_bucket MOD 32 + 32.5) * POW(2, histogram_bucket DIV 32 - 1)) AS middle_ns
                  FROM twowaydelaytable_1d) steps
         GROUP BY bucket_start, flow_no, protocol) x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;

-- Median and 95th percentile of the delays of requests per hour, flow and protocol, in milliseconds: the middle of the
-- histogram bucket that holds them, within 1.6 %.
DROP VIEW IF EXISTS v_twoway_delay_1h;
CREATE SQL SECURITY INVOKER VIEW v_twoway_delay_1h AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.request_protocol, x.samples, x.median_ms, x.p95_ms
  FROM (SELECT bucket_start, flow_no, protocol AS request_protocol, MAX(total) AS samples,
               ROUND(MIN(IF(below >= total * 0.50, middle_ns, NULL)) * 0.000001, 3) AS median_ms,
               ROUND(MIN(IF(below >= total * 0.95, middle_ns, NULL)) * 0.000001, 3) AS p95_ms
          FROM (SELECT bucket_start, flow_no, protocol,
                       SUM(samples) OVER (PARTITION BY bucket_start, flow_no, protocol) AS total,
                       SUM(samples) OVER (PARTITION BY bucket_start, flow_no, protocol
                                          ORDER BY histogram_bucket) AS below,
                       -- As histogram_lower_ns; a view of a runtime database cannot call the template's function.
                       IF(histogram_bucket < 64, histogram_bucket,
                          (histogram_bucket MOD 32 + 32.5) * POW(2, histogram_bucket DIV 32 - 1)) AS middle_ns
                  FROM twowaydelaytable_1h) steps
         GROUP BY bucket_start, flow_no, protocol) x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;

-- UDP counters with their flows.
DROP VIEW IF EXISTS v_udpct_1h;
CREATE SQL SECURITY INVOKER VIEW v_udpct_1h AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.fwd_datagrams, x.rev_datagrams, x.fwd_payload_bytes, x.rev_payload_bytes,
       x.fwd_checksumless, x.rev_checksumless
  FROM udpcttable_1h x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;

-- Rebuilds the hour and day tables that reports read, from the probes' account class, for days up to yesterday. A rerun
-- replaces, it never adds.
DROP PROCEDURE IF EXISTS Aggr_activityvolumetable_first_level;
DELIMITER $$
CREATE PROCEDURE Aggr_activityvolumetable_first_level(
    IN _dbName     VARCHAR(64),   -- a registered runtime database
    IN _rangeStart DATE,          -- first day, UTC; NULL with _rangeEnd: yesterday
    IN _rangeEnd   DATE           -- last day, included; cut at yesterday with a warning
)
    COMMENT 'Rebuilds activityvolumetable_1h, _1d and the round-trip tables for a range of days.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_isCut, v_isKept BOOLEAN;
    DECLARE v_keptDays INT DEFAULT 0;
    DECLARE v_day DATE;

    CALL check_instance(_dbName);
    CALL day_range(_rangeStart, _rangeEnd, v_isCut);
    SET v_day = _rangeStart;
    WHILE v_day <= _rangeEnd DO
        CALL activity_partitions(_dbName, v_day);
        CALL aggregate_day(_dbName, v_day, v_isKept);
        SET v_keptDays = v_keptDays + v_isKept;
        SET v_day = v_day + INTERVAL 1 DAY;
    END WHILE;
    CALL warn_of_range(v_isCut, v_keptDays);
END$$
DELIMITER ;

-- Rebuilds the hour and day tables that reports read, from NetFlow data, volumes only, for days up to yesterday. A rerun
-- replaces, it never adds.
DROP PROCEDURE IF EXISTS Aggr_activityvolumetable_netflow_first_level;
DELIMITER $$
CREATE PROCEDURE Aggr_activityvolumetable_netflow_first_level(
    IN _dbName     VARCHAR(64),   -- a registered runtime database
    IN _rangeStart DATE,          -- first day, UTC; NULL with _rangeEnd: yesterday
    IN _rangeEnd   DATE           -- last day, included; cut at yesterday with a warning
)
    COMMENT 'Rebuilds activityvolumetable_netflow_1h and _1d for a range of days.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_isCut, v_isKept BOOLEAN;
    DECLARE v_keptDays INT DEFAULT 0;
    DECLARE v_day DATE;

    CALL check_instance(_dbName);
    CALL day_range(_rangeStart, _rangeEnd, v_isCut);
    SET v_day = _rangeStart;
    WHILE v_day <= _rangeEnd DO
        CALL aggregate_netflow_day(_dbName, v_day, v_isKept);
        SET v_keptDays = v_keptDays + v_isKept;
        SET v_day = v_day + INTERVAL 1 DAY;
    END WHILE;
    CALL warn_of_range(v_isCut, v_keptDays);
END$$
DELIMITER ;

-- Drops the tables whose names begin with an underscore, in every registered runtime database: what report runs left
-- behind. May be run twice. DDL: commits what is open.
DROP PROCEDURE IF EXISTS Drop_working_tables;
DELIMITER $$
CREATE PROCEDURE Drop_working_tables()
    COMMENT 'Drops the working tables (names beginning with _) of all registered databases.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_schema, v_table VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    -- LEFT and not LIKE '_%': there the underscore stands for any character, and every table would go.
    DECLARE c_working CURSOR FOR
        SELECT t.TABLE_SCHEMA, t.TABLE_NAME
          FROM information_schema.TABLES t
          JOIN instance i ON i.name = t.TABLE_SCHEMA
         WHERE t.TABLE_TYPE = 'BASE TABLE' AND LEFT(t.TABLE_NAME, 1) = '_'
         ORDER BY 1, 2;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;

    OPEN c_working;
    each_table: LOOP
        FETCH c_working INTO v_schema, v_table;
        IF v_done THEN
            LEAVE each_table;
        END IF;
        CALL run_in(v_schema, CONCAT('DROP TABLE IF EXISTS {db}.`', REPLACE(v_table, '`', '``'), '`'));
    END LOOP;
    CLOSE c_working;
END$$
DELIMITER ;

-- Keeps the last NB_DAYS days of a table partitioned by day, month or year, counted from the newest day that it holds,
-- and gives the older partitions' space back. A month or a year goes once all of it is older. Lists the partitions that
-- went. May be run twice. DDL: commits what is open.
DROP PROCEDURE IF EXISTS Partition_drop;
DELIMITER $$
CREATE PROCEDURE Partition_drop(
    IN SCHEMANAME VARCHAR(64),   -- a registered runtime database
    IN TABLENAME  VARCHAR(64),   -- one of its partitioned tables
    IN NB_DAYS    INT            -- days to keep, 1 or more
)
    COMMENT 'Removes data older than the last NB_DAYS days that the table holds.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_partitions, v_newest, v_limit_days INT;
    DECLARE v_removed MEDIUMTEXT CHARACTER SET ascii;

    CALL check_instance(SCHEMANAME);
    IF (NB_DAYS >= 1) IS NOT TRUE THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'TOO_FEW_DAYS: NB_DAYS must be 1 or more';
    END IF;
    SELECT COUNT(*) INTO v_partitions
      FROM information_schema.PARTITIONS
     WHERE TABLE_SCHEMA = SCHEMANAME AND TABLE_NAME = TABLENAME AND PARTITION_METHOD = 'RANGE';
    IF v_partitions = 0 THEN
        SIGNAL SQLSTATE '45000'
           SET MESSAGE_TEXT = 'NOT_PARTITIONED: the table does not exist or is not partitioned by RANGE';
    END IF;

    CALL newest_day(SCHEMANAME, TABLENAME, v_newest);
    -- Nothing is older than an empty table's newest day.
    SET v_limit_days = COALESCE(v_newest, 0) - NB_DAYS + 1;
    CALL drop_days_before(SCHEMANAME, TABLENAME, v_limit_days, v_removed);
    SELECT COALESCE(v_removed, '') AS removed_partitions, FROM_DAYS(v_limit_days) AS first_day_kept;
END$$
DELIMITER ;

-- Puts the volume of FTP data connections under the flow of their control session: within the account class, each row of
-- ipcttable of a data connection names that flow in attributed_flow_no. Bytes never move. Lists the transfers for which
-- there was nothing to attribute. May be run twice.
DROP PROCEDURE IF EXISTS Update_ftp_data_in_ipcttable;
DELIMITER $$
CREATE PROCEDURE Update_ftp_data_in_ipcttable(
    IN _dbName     VARCHAR(64),   -- a registered runtime database
    IN _rangeStart DATE,          -- first day, UTC; NULL with _rangeEnd: transfers of yesterday, and late ones
    IN _rangeEnd   DATE           -- last day, included; cut at yesterday with a warning
)
    COMMENT 'Attributes FTP data connections to their control sessions.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_isCut BOOLEAN;
    DECLARE v_andLate BOOLEAN DEFAULT _rangeStart IS NULL;

    CALL check_instance(_dbName);
    CALL day_range(_rangeStart, _rangeEnd, v_isCut);
    CALL attribute_ftp(_dbName, _rangeStart, _rangeEnd, v_andLate);
    CALL run_in(_dbName, '
        SELECT p.name AS probe, t.commanded, INET6_NTOA(t.client) AS client, INET6_NTOA(t.server) AS server, t.command,
               t.path, t.bytes, t.outcome, a.problem
          FROM ftp_asked a
          JOIN {db}.ftptftable t ON t.commanded = a.commanded AND t.run_no = a.run_no AND t.record_no = a.record_no
          JOIN {db}.probe_run r ON r.run_no = t.run_no
          JOIN {db}.probe p ON p.probe_no = r.probe_no
         WHERE a.problem IS NOT NULL
         ORDER BY t.commanded, t.run_no, t.record_no');
    IF v_isCut THEN
        SIGNAL SQLSTATE '01000'
           SET MESSAGE_TEXT = 'RANGE_CUT: the range ends yesterday, UTC; later days are not complete';
    END IF;
END$$
DELIMITER ;

-- Makes room for days in the prepared tables of probe data. May be run twice. DDL: commits what is open.
DROP PROCEDURE IF EXISTS activity_partitions;
DELIMITER $$
CREATE PROCEDURE activity_partitions(
    IN _dbName VARCHAR(64),   -- a registered runtime database
    IN _days   MEDIUMTEXT     -- days YYYY-MM-DD, separated by commas
)
    COMMENT 'Splits partitions for the given days in the prepared tables.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    CALL partition_add(_dbName, 'activityvolumetable_1h', _days);
    CALL partition_add(_dbName, 'activityvolumetable_1d', _days);
    CALL partition_add(_dbName, 'activityrtt_1h', _days);
    CALL partition_add(_dbName, 'activityrtt_1d', _days);
    CALL partition_add(_dbName, 'servicertt_1h', _days);
    CALL partition_add(_dbName, 'servicertt_1d', _days);
END$$
DELIMITER ;

-- Fills activityrtt and servicertt, per hour and per day, from the histograms of one day's tcprtttable_1h. What they held of
-- the day is replaced; hours that came late are added to it. Part of aggregate_day's transaction.
DROP PROCEDURE IF EXISTS activity_round_trips;
DELIMITER $$
CREATE PROCEDURE activity_round_trips(
    IN _dbName VARCHAR(64),    -- name that check_instance has accepted
    IN _day    DATE,           -- day, UTC
    IN _span   VARCHAR(128),   -- condition that x.bucket_start lies within the day
    IN _turned VARCHAR(128),   -- whether flow f was opened from the other end than the flow k that it is attributed to
    IN _isLate BOOLEAN         -- whether the hours came after the day was made and others removed
)
    COMMENT 'Fills activityrtt and servicertt of one day.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_from VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day, '%Y-%m-%d'));
    DECLARE v_hours VARCHAR(64) CHARACTER SET utf8mb4 DEFAULT IF(_isLate, 'rtt_late', '{db}.activityrtt_1h');

    IF NOT _isLate THEN
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.activityrtt_1h x WHERE ', _span));
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.activityrtt_1d x WHERE ', _span));
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.servicertt_1h x WHERE ', _span));
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.servicertt_1d x WHERE ', _span));
    END IF;
    CALL run_in(_dbName, CONCAT('
        INSERT INTO ', v_hours, ' (bucket_start, probe_no, class_no, src_address, dst_address, service, direction,
               histogram_bucket, samples)
        SELECT x.bucket_start, k.probe_no, k.class_no, k.src_address, k.dst_address, k.service,
               IF(', _turned, ', IF(x.direction = ''fwd'', ''rev'', ''fwd''), x.direction),
               x.histogram_bucket, SUM(x.samples)
          FROM {db}.tcprtttable_1h x
          JOIN {db}.flow f ON f.flow_no = x.flow_no
          LEFT JOIN flow_attributed t ON t.bucket_start = x.bucket_start AND t.flow_no = x.flow_no
          JOIN flow_key k ON k.flow_no = COALESCE(t.attributed_flow_no, x.flow_no)
         WHERE f.account = 1 AND ', _span, '
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8'));
    IF _isLate THEN
        CALL run_in(_dbName, '
            INSERT INTO {db}.activityrtt_1h (bucket_start, probe_no, class_no, src_address, dst_address, service, direction,
                   histogram_bucket, samples)
            SELECT bucket_start, probe_no, class_no, src_address, dst_address, service, direction, histogram_bucket, samples
              FROM rtt_late r
            ON DUPLICATE KEY UPDATE samples = activityrtt_1h.samples + VALUES(samples)');
    END IF;
    CALL run_in(_dbName, CONCAT('
        INSERT INTO {db}.activityrtt_1d (bucket_start, probe_no, class_no, src_address, dst_address, service, direction,
               histogram_bucket, samples)
        SELECT ', v_from, ', probe_no, class_no, src_address, dst_address, service, direction, histogram_bucket,
               SUM(samples)
          FROM ', v_hours, ' x
         WHERE ', _span, '
         GROUP BY 2, 3, 4, 5, 6, 7, 8
        ON DUPLICATE KEY UPDATE samples = activityrtt_1d.samples + VALUES(samples)'));
    CALL run_in(_dbName, CONCAT('
        INSERT INTO {db}.servicertt_1h (bucket_start, probe_no, service, direction, histogram_bucket, samples)
        SELECT bucket_start, probe_no, service, direction, histogram_bucket, SUM(samples)
          FROM ', v_hours, ' x
         WHERE ', _span, '
         GROUP BY 1, 2, 3, 4, 5
        ON DUPLICATE KEY UPDATE samples = servicertt_1h.samples + VALUES(samples)'));
    CALL run_in(_dbName, CONCAT('
        INSERT INTO {db}.servicertt_1d (bucket_start, probe_no, service, direction, histogram_bucket, samples)
        SELECT ', v_from, ', probe_no, service, direction, histogram_bucket, SUM(samples)
          FROM ', v_hours, ' x
         WHERE ', _span, '
         GROUP BY 2, 3, 4, 5
        ON DUPLICATE KEY UPDATE samples = servicertt_1d.samples + VALUES(samples)'));
END$$
DELIMITER ;

-- Makes the temporary tables that aggregate_day works in, empty. May be run twice.
DROP PROCEDURE IF EXISTS activity_tables;
DELIMITER $$
CREATE PROCEDURE activity_tables(
    IN _dbName VARCHAR(64)   -- name that check_instance has accepted
)
    COMMENT 'Makes the temporary tables of aggregate_day.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DROP TEMPORARY TABLE IF EXISTS flow_asked;
    CREATE TEMPORARY TABLE flow_asked (flow_no BIGINT UNSIGNED NOT NULL PRIMARY KEY);
    DROP TEMPORARY TABLE IF EXISTS flow_attributed;
    CREATE TEMPORARY TABLE flow_attributed (
      bucket_start DATETIME NOT NULL,
      flow_no BIGINT UNSIGNED NOT NULL,
      attributed_flow_no BIGINT UNSIGNED NOT NULL,
      PRIMARY KEY (bucket_start, flow_no)
    );
    -- A temporary table cannot be partitioned, so not LIKE the table that it fills.
    DROP TEMPORARY TABLE IF EXISTS activity_hour;
    CALL run_in(_dbName, '
        CREATE TEMPORARY TABLE activity_hour (
          PRIMARY KEY (bucket_start, probe_no, class_no, src_address, dst_address, protocol, service)
        )
        SELECT bucket_start, probe_no, class_no, src_address, dst_address, protocol, service,
               src_prefix_length, dst_prefix_length, fwd_packets, fwd_bytes, rev_packets, rev_bytes,
               fwd_duplicate_packets, fwd_duplicate_bytes, rev_duplicate_packets, rev_duplicate_bytes,
               connections_opened, connections_established, connections_closed, connections_reset,
               connections_refused, connections_timed_out, fwd_payload_bytes, fwd_unique_payload_bytes,
               fwd_tcp_packets, fwd_retransmitted_segments, fwd_retransmitted_bytes, fwd_out_of_order_segments,
               fwd_duplicate_acks, fwd_zero_windows, fwd_rtt_samples, fwd_rtt_sum_ns, fwd_rtt_min_ns, fwd_rtt_max_ns,
               rev_payload_bytes, rev_unique_payload_bytes, rev_tcp_packets, rev_retransmitted_segments,
               rev_retransmitted_bytes, rev_out_of_order_segments, rev_duplicate_acks, rev_zero_windows,
               rev_rtt_samples, rev_rtt_sum_ns, rev_rtt_min_ns, rev_rtt_max_ns, ftp_transfers_started,
               ftp_transfers_completed, ftp_transfers_failed, ftp_transfers_aborted, ftp_transfers_unseen, ftp_bytes,
               ftp_duration_ns
          FROM {db}.activityvolumetable_1h
         WHERE FALSE');
    DROP TEMPORARY TABLE IF EXISTS rtt_late;
    CALL run_in(_dbName, 'CREATE TEMPORARY TABLE rtt_late SELECT * FROM {db}.activityrtt_1h WHERE FALSE');
END$$
DELIMITER ;

-- Adds the TCP figures of a day, hour by hour, to the temporary table activity_hour: those of tcpcttable_1h, under the flow
-- that the volumes of the same hour are attributed to (flow_attributed, flow_key). Part of aggregate_day's transaction.
DROP PROCEDURE IF EXISTS activity_tcp;
DELIMITER $$
CREATE PROCEDURE activity_tcp(
    IN _dbName VARCHAR(64),    -- name that check_instance has accepted
    IN _span   VARCHAR(128),   -- condition that x.bucket_start lies within the day
    IN _turned VARCHAR(128)    -- whether flow f was opened from the other end than the flow k that it is attributed to
)
    COMMENT 'Adds the TCP figures of a day to activity_hour.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    CALL run_in(_dbName, CONCAT('
        INSERT INTO activity_hour (bucket_start, probe_no, class_no, src_address, dst_address, protocol, service,
               src_prefix_length, dst_prefix_length,
               connections_opened, connections_established, connections_closed, connections_reset,
               connections_refused, connections_timed_out,
               fwd_payload_bytes, fwd_unique_payload_bytes, fwd_tcp_packets, fwd_retransmitted_segments,
               fwd_retransmitted_bytes, fwd_out_of_order_segments, fwd_duplicate_acks, fwd_zero_windows,
               fwd_rtt_samples, fwd_rtt_sum_ns, fwd_rtt_min_ns, fwd_rtt_max_ns,
               rev_payload_bytes, rev_unique_payload_bytes, rev_tcp_packets, rev_retransmitted_segments,
               rev_retransmitted_bytes, rev_out_of_order_segments, rev_duplicate_acks, rev_zero_windows,
               rev_rtt_samples, rev_rtt_sum_ns, rev_rtt_min_ns, rev_rtt_max_ns)
        SELECT bucket_start, probe_no, class_no, src_address, dst_address, protocol, service,
               MAX(src_prefix_length), MAX(dst_prefix_length),
               SUM(connections_opened), SUM(connections_established), SUM(connections_closed),
               SUM(connections_reset), SUM(connections_refused), SUM(connections_timed_out),
               SUM(IF(turned, rev_payload_bytes, fwd_payload_bytes)),
               SUM(IF(turned, rev_unique_payload_bytes, fwd_unique_payload_bytes)),
               SUM(IF(turned, rev_packets, fwd_packets)),
               SUM(IF(turned, rev_retransmitted_segments, fwd_retransmitted_segments)),
               SUM(IF(turned, rev_retransmitted_bytes, fwd_retransmitted_bytes)),
               SUM(IF(turned, rev_out_of_order_segments, fwd_out_of_order_segments)),
               SUM(IF(turned, rev_duplicate_acks, fwd_duplicate_acks)),
               SUM(IF(turned, rev_zero_windows, fwd_zero_windows)),
               SUM(IF(turned, rev_rtt_samples, fwd_rtt_samples)),
               SUM(IF(turned, rev_rtt_sum_ns, fwd_rtt_sum_ns)),
               MIN(IF(turned, rev_rtt_min_ns, fwd_rtt_min_ns)),
               MAX(IF(turned, rev_rtt_max_ns, fwd_rtt_max_ns)),
               SUM(IF(turned, fwd_payload_bytes, rev_payload_bytes)),
               SUM(IF(turned, fwd_unique_payload_bytes, rev_unique_payload_bytes)),
               SUM(IF(turned, fwd_packets, rev_packets)),
               SUM(IF(turned, fwd_retransmitted_segments, rev_retransmitted_segments)),
               SUM(IF(turned, fwd_retransmitted_bytes, rev_retransmitted_bytes)),
               SUM(IF(turned, fwd_out_of_order_segments, rev_out_of_order_segments)),
               SUM(IF(turned, fwd_duplicate_acks, rev_duplicate_acks)),
               SUM(IF(turned, fwd_zero_windows, rev_zero_windows)),
               SUM(IF(turned, fwd_rtt_samples, rev_rtt_samples)),
               SUM(IF(turned, fwd_rtt_sum_ns, rev_rtt_sum_ns)),
               MIN(IF(turned, fwd_rtt_min_ns, rev_rtt_min_ns)),
               MAX(IF(turned, fwd_rtt_max_ns, rev_rtt_max_ns))
          FROM (SELECT k.probe_no, k.class_no, k.src_address, k.dst_address, k.src_prefix_length,
                       k.dst_prefix_length, k.service, k.protocol, x.*, ', _turned, ' AS turned
                  FROM {db}.tcpcttable_1h x
                  JOIN {db}.flow f ON f.flow_no = x.flow_no
                  LEFT JOIN flow_attributed t ON t.bucket_start = x.bucket_start AND t.flow_no = x.flow_no
                  JOIN flow_key k ON k.flow_no = COALESCE(t.attributed_flow_no, x.flow_no)
                 WHERE f.account = 1 AND ', _span, ') rows_of_day
         GROUP BY 1, 2, 3, 4, 5, 6, 7
        ON DUPLICATE KEY UPDATE
               connections_opened = VALUES(connections_opened),
               connections_established = VALUES(connections_established),
               connections_closed = VALUES(connections_closed),
               connections_reset = VALUES(connections_reset),
               connections_refused = VALUES(connections_refused),
               connections_timed_out = VALUES(connections_timed_out),
               fwd_payload_bytes = VALUES(fwd_payload_bytes),
               fwd_unique_payload_bytes = VALUES(fwd_unique_payload_bytes),
               fwd_tcp_packets = VALUES(fwd_tcp_packets),
               fwd_retransmitted_segments = VALUES(fwd_retransmitted_segments),
               fwd_retransmitted_bytes = VALUES(fwd_retransmitted_bytes),
               fwd_out_of_order_segments = VALUES(fwd_out_of_order_segments),
               fwd_duplicate_acks = VALUES(fwd_duplicate_acks),
               fwd_zero_windows = VALUES(fwd_zero_windows),
               fwd_rtt_samples = VALUES(fwd_rtt_samples),
               fwd_rtt_sum_ns = VALUES(fwd_rtt_sum_ns),
               fwd_rtt_min_ns = VALUES(fwd_rtt_min_ns),
               fwd_rtt_max_ns = VALUES(fwd_rtt_max_ns),
               rev_payload_bytes = VALUES(rev_payload_bytes),
               rev_unique_payload_bytes = VALUES(rev_unique_payload_bytes),
               rev_tcp_packets = VALUES(rev_tcp_packets),
               rev_retransmitted_segments = VALUES(rev_retransmitted_segments),
               rev_retransmitted_bytes = VALUES(rev_retransmitted_bytes),
               rev_out_of_order_segments = VALUES(rev_out_of_order_segments),
               rev_duplicate_acks = VALUES(rev_duplicate_acks),
               rev_zero_windows = VALUES(rev_zero_windows),
               rev_rtt_samples = VALUES(rev_rtt_samples),
               rev_rtt_sum_ns = VALUES(rev_rtt_sum_ns),
               rev_rtt_min_ns = VALUES(rev_rtt_min_ns),
               rev_rtt_max_ns = VALUES(rev_rtt_max_ns)'));
END$$
DELIMITER ;

-- Adds the FTP transfers commanded in a day, in the hour of their command, to the temporary table activity_hour. Part of
-- aggregate_day's transaction.
DROP PROCEDURE IF EXISTS activity_transfers;
DELIMITER $$
CREATE PROCEDURE activity_transfers(
    IN _dbName VARCHAR(64),    -- name that check_instance has accepted
    IN _day    DATE            -- day, UTC
)
    COMMENT 'Adds the FTP transfers of a day to activity_hour.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_from VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day, '%Y-%m-%d'));
    DECLARE v_until VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day + INTERVAL 1 DAY, '%Y-%m-%d'));

    CALL run_in(_dbName, CONCAT('
        INSERT INTO activity_hour (bucket_start, probe_no, class_no, src_address, dst_address, protocol, service,
               src_prefix_length, dst_prefix_length,
               ftp_transfers_started, ftp_transfers_completed, ftp_transfers_failed, ftp_transfers_aborted,
               ftp_transfers_unseen, ftp_bytes, ftp_duration_ns)
        SELECT DATE_FORMAT(x.commanded, ''%Y-%m-%d %H:00:00''), k.probe_no, k.class_no, k.src_address, k.dst_address,
               k.protocol, k.service, MAX(k.src_prefix_length), MAX(k.dst_prefix_length),
               COUNT(*), SUM(x.outcome = ''complete''), SUM(x.outcome = ''failed''), SUM(x.outcome = ''aborted''),
               SUM(x.outcome = ''data connection unseen''), SUM(x.bytes),
               SUM(COALESCE(TIMESTAMPDIFF(MICROSECOND, x.first_payload, x.last_payload), 0) * 1000)
          FROM (SELECT t.*,
                       -- Every class that records transfers tells of each: what the account tells counts, else one class.
                       RANK() OVER (
                           PARTITION BY t.run_no, t.commanded, t.client, t.client_port, t.server, t.server_port, t.command, t.path
                           ORDER BY o.account DESC, o.class_no) AS class_rank
                  FROM {db}.ftptftable t
                  JOIN {db}.flow o ON o.flow_no = t.flow_no
                 WHERE t.commanded >= ', v_from, ' AND t.commanded < ', v_until, ') x
          JOIN flow_key k ON k.flow_no = COALESCE(x.account_flow_no, x.flow_no)
         WHERE x.class_rank = 1
         GROUP BY 1, 2, 3, 4, 5, 6, 7
        ON DUPLICATE KEY UPDATE
               ftp_transfers_started = VALUES(ftp_transfers_started),
               ftp_transfers_completed = VALUES(ftp_transfers_completed),
               ftp_transfers_failed = VALUES(ftp_transfers_failed),
               ftp_transfers_aborted = VALUES(ftp_transfers_aborted),
               ftp_transfers_unseen = VALUES(ftp_transfers_unseen),
               ftp_bytes = VALUES(ftp_bytes),
               ftp_duration_ns = VALUES(ftp_duration_ns)'));
END$$
DELIMITER ;

-- Adds the volumes of a day, hour by hour, to the temporary table activity_hour: those of ipcttable_1h, under the flow that
-- they are attributed to in the temporary table flow_key. Part of aggregate_day's transaction.
DROP PROCEDURE IF EXISTS activity_volumes;
DELIMITER $$
CREATE PROCEDURE activity_volumes(
    IN _dbName VARCHAR(64),    -- name that check_instance has accepted
    IN _span   VARCHAR(128),   -- condition that x.bucket_start lies within the day
    IN _turned VARCHAR(128)    -- whether flow f was opened from the other end than the flow k that it is attributed to
)
    COMMENT 'Adds the volumes of a day to activity_hour.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    CALL run_in(_dbName, CONCAT('
        INSERT INTO activity_hour (bucket_start, probe_no, class_no, src_address, dst_address, protocol, service,
               src_prefix_length, dst_prefix_length,
               fwd_packets, fwd_bytes, rev_packets, rev_bytes,
               fwd_duplicate_packets, fwd_duplicate_bytes, rev_duplicate_packets, rev_duplicate_bytes)
        SELECT bucket_start, probe_no, class_no, src_address, dst_address, protocol, service,
               MAX(src_prefix_length), MAX(dst_prefix_length),
               SUM(IF(turned, rev_packets, fwd_packets)), SUM(IF(turned, rev_bytes, fwd_bytes)),
               SUM(IF(turned, fwd_packets, rev_packets)), SUM(IF(turned, fwd_bytes, rev_bytes)),
               SUM(IF(turned, rev_duplicate_packets, fwd_duplicate_packets)),
               SUM(IF(turned, rev_duplicate_bytes, fwd_duplicate_bytes)),
               SUM(IF(turned, fwd_duplicate_packets, rev_duplicate_packets)),
               SUM(IF(turned, fwd_duplicate_bytes, rev_duplicate_bytes))
          FROM (SELECT k.*, x.bucket_start, x.fwd_packets, x.rev_packets, x.fwd_bytes, x.rev_bytes,
                       x.fwd_duplicate_packets, x.rev_duplicate_packets,
                       x.fwd_duplicate_bytes, x.rev_duplicate_bytes, ', _turned, ' AS turned
                  FROM {db}.ipcttable_1h x
                  JOIN {db}.flow f ON f.flow_no = x.flow_no
                  JOIN flow_key k ON k.flow_no = x.attributed_flow_no
                 WHERE f.account = 1 AND ', _span, ') rows_of_day
         GROUP BY 1, 2, 3, 4, 5, 6, 7'));
END$$
DELIMITER ;

-- Adds the ends of ranges of records to the temporary table removed_edge.
DROP PROCEDURE IF EXISTS add_edges;
DELIMITER $$
CREATE PROCEDURE add_edges(
    IN _dbName VARCHAR(64),   -- name that check_instance has accepted
    IN _ranges MEDIUMTEXT     -- a query: run_no, first_record_no, last_record_no
)
    COMMENT 'Adds the ends of ranges of records to removed_edge.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    CALL run_in(_dbName, CONCAT('
        INSERT INTO removed_edge (run_no, record_no, opened)
        SELECT g.run_no, IF(e.step = 1, g.first_record_no, g.last_record_no + 1), e.step
          FROM (', _ranges, ') g
         CROSS JOIN (SELECT 1 AS step UNION ALL SELECT -1) e
         WHERE TRUE
        ON DUPLICATE KEY UPDATE opened = removed_edge.opened + VALUES(opened)'));
END$$
DELIMITER ;

-- Rebuilds the prepared tables of one day from the account class: activityvolumetable, activityrtt and servicertt, per
-- hour and per day, in one transaction. What a day held before is replaced, so it may be run twice. Where retention has
-- removed hours since the day was made, the hours that came since are added to what it holds, and go; where the table of
-- days tells that this would not be the day, it stays as it is. Where transfers are gone, its FTP figures stay.
--
-- Volumes are those of ipcttable_1h, grouped by the flow that they are attributed to: bytes of an FTP data connection
-- stand under its control connection. Where the two were opened from opposite ends (active mode), forward and reverse
-- change places, so that a row's forward bytes always went from src to dst.
DROP PROCEDURE IF EXISTS aggregate_day;
DELIMITER $$
CREATE PROCEDURE aggregate_day(
    IN  _dbName VARCHAR(64),   -- name that check_instance has accepted
    IN  _day    DATE,          -- day, UTC, for which activity_partitions has made room
    OUT _isKept BOOLEAN        -- whether the day stays as it was, because hours were removed that it lacks, or a sum is too large
)
    COMMENT 'Rebuilds the prepared tables of one day of probe data.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
make_day: BEGIN
    DECLARE v_isMarked, v_keepsTransfers, v_isShort, v_holdsHours BOOLEAN;
    DECLARE v_volumes, v_tcp, v_rtt VARCHAR(8) CHARACTER SET utf8mb4;
    DECLARE v_held VARCHAR(64) CHARACTER SET utf8mb4 DEFAULT 'activityvolumetable_1h';
    DECLARE v_from VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day, '%Y-%m-%d'));
    DECLARE v_until VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day + INTERVAL 1 DAY, '%Y-%m-%d'));
    DECLARE v_span VARCHAR(128) CHARACTER SET utf8mb4
        DEFAULT CONCAT('x.bucket_start >= ', v_from, ' AND x.bucket_start < ', v_until);
    DECLARE v_ofAccount VARCHAR(255) CHARACTER SET utf8mb4
        DEFAULT CONCAT(' x JOIN {db}.flow f ON f.flow_no = x.flow_no WHERE f.account = 1 AND ', v_span);
    -- Whether this flow was opened from the other end than the flow it is attributed to.
    DECLARE v_turned VARCHAR(128) CHARACTER SET utf8mb4
        DEFAULT '(f.fwd_address = k.dst_address AND f.fwd_address <> k.src_address) IS TRUE';
    -- A sum beyond the greatest number of its column: no number of this day would be true, and other days must not wait for it.
    DECLARE EXIT HANDLER FOR SQLSTATE '22003'
    BEGIN
        ROLLBACK;
        CALL release_loaders(_dbName);
        CALL run_in(_dbName, CONCAT('INSERT IGNORE INTO {db}.stale_day (day, source, marked_at) VALUES (', v_from,
                                    ', ''probe'', UTC_TIMESTAMP(6))'));
        SET _isKept = TRUE;
    END;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
        CALL release_loaders(_dbName);
        RESIGNAL;
    END;

    CALL run_in(_dbName, CONCAT('SELECT COUNT(*) > 0 INTO @trafmon_marked FROM {db}.retention_mark
                                  WHERE table_name IN (''ipcttable_1h'', ''tcpcttable_1h'', ''tcprtttable_1h'')
                                    AND removed_before > ', v_from));
    SET v_isMarked = @trafmon_marked;
    IF v_isMarked THEN
        -- What is added of late hours is what is taken out of them.
        CALL hold_loaders(_dbName);
    END IF;
    -- Temporary tables outside the transaction: their DDL is not undone by a rollback.
    CALL activity_tables(_dbName);

    -- The loader must not wait for rows that are only read here.
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;
    -- From here on nothing of these goes; what is noted in retention_mark goes, or is gone.
    CALL run_in(_dbName, CONCAT('DO (SELECT 1 FROM {db}.ipcttable_1h LIMIT 1), (SELECT 1 FROM {db}.tcpcttable_1h LIMIT 1),',
                                ' (SELECT 1 FROM {db}.tcprtttable_1h LIMIT 1), (SELECT 1 FROM {db}.ftptftable LIMIT 1),',
                                ' (SELECT 1 FROM {db}.activityvolumetable_1h LIMIT 1)'));
    -- Before anything is read: a loader that is adding to this day holds this row, and what it adds is then seen below.
    CALL run_in(_dbName, CONCAT('DELETE FROM {db}.stale_day WHERE source = ''probe'' AND day = ', v_from));
    CALL hours_of_day(_dbName, _day, 'ipcttable', v_volumes);
    CALL hours_of_day(_dbName, _day, 'tcpcttable', v_tcp);
    CALL hours_of_day(_dbName, _day, 'tcprtttable', v_rtt);
    -- A removal noted since we looked: the next time.
    SET v_isShort = 'neither' IN (v_volumes, v_tcp, v_rtt) OR ('late' IN (v_volumes, v_tcp, v_rtt) AND NOT v_isMarked);
    CALL run_in(_dbName, CONCAT('SELECT COUNT(*) > 0 INTO @trafmon_made FROM {db}.aggregated_day
                                  WHERE source = ''probe'' AND day = ', v_from));
    SET _isKept = v_isShort AND @trafmon_made;
    IF _isKept THEN
        ROLLBACK;
        IF v_isMarked THEN
            CALL release_loaders(_dbName);
        END IF;
        LEAVE make_day;
    END IF;
    CALL keeps_day(_dbName, 'probe', _day, 'ftptftable', v_keepsTransfers);
    -- Prepared hours may have been removed as well: then the prepared day holds what is kept, and stands alone.
    CALL run_in(_dbName, CONCAT('
        SELECT h.n = d.n AND h.m = d.m AND h.t = d.t INTO @trafmon_hours_held
          FROM (SELECT COALESCE(SUM(fwd_packets), 0) AS n, COALESCE(SUM(fwd_bytes), 0) AS m,
                       COALESCE(SUM(ftp_transfers_started), 0) AS t FROM {db}.activityvolumetable_1h x WHERE ', v_span, ') h,
               (SELECT COALESCE(SUM(fwd_packets), 0) AS n, COALESCE(SUM(fwd_bytes), 0) AS m,
                       COALESCE(SUM(ftp_transfers_started), 0) AS t FROM {db}.activityvolumetable_1d x WHERE ', v_span, ') d'));
    SET v_holdsHours = @trafmon_hours_held OR NOT (v_keepsTransfers OR 'late' IN (v_volumes, v_tcp));
    IF NOT v_holdsHours THEN
        SET v_held = 'activityvolumetable_1d';
    END IF;

    -- 1. The flows of the day and how they are reported.
    CALL run_in(_dbName, CONCAT('
        INSERT IGNORE INTO flow_asked
        SELECT x.attributed_flow_no FROM {db}.ipcttable_1h x JOIN {db}.flow f ON f.flow_no = x.flow_no
         WHERE f.account = 1 AND ', v_span));
    CALL run_in(_dbName, CONCAT('
        INSERT IGNORE INTO flow_asked
        SELECT x.flow_no FROM {db}.tcpcttable_1h x JOIN {db}.flow f ON f.flow_no = x.flow_no
         WHERE f.account = 1 AND ', v_span));
    CALL run_in(_dbName, CONCAT('
        INSERT IGNORE INTO flow_asked
        SELECT COALESCE(x.account_flow_no, x.flow_no) FROM {db}.ftptftable x
         WHERE x.commanded >= ', v_from, ' AND x.commanded < ', v_until));
    CALL run_in(_dbName, CONCAT('
        INSERT INTO flow_attributed
        SELECT x.bucket_start, x.flow_no, MAX(x.attributed_flow_no)
          FROM {db}.ipcttable_1h x
         WHERE x.attributed_flow_no <> x.flow_no AND ', v_span, '
         GROUP BY x.bucket_start, x.flow_no'));
    CALL flow_keys(_dbName);

    -- 2. Volumes.
    CALL activity_volumes(_dbName, v_span, v_turned);
    IF v_volumes = 'late' THEN
        CALL keep_figures(_dbName, v_held, _day, '^(fwd|rev)_(duplicate_)?(packets|bytes)$');
    END IF;

    -- 3. TCP figures; they follow the volumes of their flow.
    CALL activity_tcp(_dbName, v_span, v_turned);
    IF v_tcp = 'late' THEN
        CALL keep_figures(_dbName, v_held, _day,
            '^(connections_|(fwd|rev)_(payload|unique|tcp|retransmitted|out_of_order|duplicate_acks|zero_windows|rtt))');
    END IF;

    -- 4. FTP transfers, in the hour of their command.
    IF v_keepsTransfers THEN
        CALL keep_figures(_dbName, v_held, _day, '^ftp_');
    ELSE
        CALL activity_transfers(_dbName, _day);
    END IF;

    -- 5. Round-trip times.
    CALL activity_round_trips(_dbName, _day, v_span, v_turned, v_rtt = 'late');

    -- 6. With names, into place.
    CALL store_activity(_dbName, _day);
    CALL run_in(_dbName, CONCAT('
        REPLACE INTO {db}.aggregated_day (day, source, aggregated_at, fwd_packets, rev_packets, fwd_bytes, rev_bytes)
        SELECT ', v_from, ', ''probe'', UTC_TIMESTAMP(6), COALESCE(SUM(fwd_packets), 0), COALESCE(SUM(rev_packets), 0),
               COALESCE(SUM(fwd_bytes), 0), COALESCE(SUM(rev_bytes), 0)
          FROM {db}.activityvolumetable_1d x
         WHERE ', v_span));
    IF NOT v_holdsHours THEN
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.activityvolumetable_1h x WHERE ', v_span));
    END IF;
    IF v_isShort THEN
        CALL run_in(_dbName, CONCAT('INSERT IGNORE INTO {db}.stale_day (day, source, marked_at) VALUES (', v_from,
                                    ', ''probe'', UTC_TIMESTAMP(6))'));
    END IF;

    -- 7. Hours that were added do not count again.
    IF v_volumes = 'late' THEN
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.ipcttable_1h', v_ofAccount));
    END IF;
    IF v_tcp = 'late' THEN
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.tcpcttable_1h', v_ofAccount));
    END IF;
    IF v_rtt = 'late' THEN
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.tcprtttable_1h', v_ofAccount));
    END IF;
    COMMIT;
    IF v_isMarked THEN
        CALL release_loaders(_dbName);
    END IF;
END make_day$$
DELIMITER ;

-- Rebuilds the prepared tables of one day from NetFlow data, in one transaction. What the day held before is replaced, so
-- it may be run twice. src is the client side: that whose port does not name the service, else the lower address; the two
-- unidirectional flows of a conversation make one row. Where retention has removed hours since the day was made, it is made
-- up as in aggregate_day.
DROP PROCEDURE IF EXISTS aggregate_netflow_day;
DELIMITER $$
CREATE PROCEDURE aggregate_netflow_day(
    IN  _dbName VARCHAR(64),   -- name that check_instance has accepted
    IN  _day    DATE,          -- day, UTC
    OUT _isKept BOOLEAN        -- whether the day stays as it was, because hours were removed that it lacks, or a sum is too large
)
    COMMENT 'Rebuilds the prepared tables of one day of NetFlow data.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
make_day: BEGIN
    DECLARE v_from VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day, '%Y-%m-%d'));
    DECLARE v_until VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day + INTERVAL 1 DAY, '%Y-%m-%d'));
    DECLARE v_span VARCHAR(128) CHARACTER SET utf8mb4
        DEFAULT CONCAT('x.bucket_start >= ', v_from, ' AND x.bucket_start < ', v_until);
    DECLARE v_isMarked, v_isShort BOOLEAN;
    DECLARE v_hold VARCHAR(8) CHARACTER SET utf8mb4;
    DECLARE v_hours VARCHAR(64) CHARACTER SET utf8mb4;
    DECLARE v_add TEXT CHARACTER SET utf8mb4;
    -- A sum beyond the greatest number of its column: no number of this day would be true, and other days must not wait for it.
    DECLARE EXIT HANDLER FOR SQLSTATE '22003'
    BEGIN
        ROLLBACK;
        CALL release_loaders(_dbName);
        CALL run_in(_dbName, CONCAT('INSERT IGNORE INTO {db}.stale_day (day, source, marked_at) VALUES (', v_from,
                                    ', ''netflow'', UTC_TIMESTAMP(6))'));
        SET _isKept = TRUE;
    END;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
        CALL release_loaders(_dbName);
        RESIGNAL;
    END;

    CALL partition_add(_dbName, 'activityvolumetable_netflow_1h', _day);
    CALL partition_add(_dbName, 'activityvolumetable_netflow_1d', _day);
    DROP TEMPORARY TABLE IF EXISTS netflow_late;
    CALL run_in(_dbName, 'CREATE TEMPORARY TABLE netflow_late SELECT * FROM {db}.activityvolumetable_netflow_1h WHERE FALSE');
    CALL run_in(_dbName, CONCAT('SELECT COUNT(*) > 0 INTO @trafmon_marked FROM {db}.retention_mark
                                  WHERE table_name = ''netflowtable_1h'' AND removed_before > ', v_from));
    SET v_isMarked = @trafmon_marked;
    IF v_isMarked THEN
        -- What is added of late hours is what is taken out of them.
        CALL hold_loaders(_dbName);
    END IF;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;
    -- From here on nothing of these goes; what is noted in retention_mark goes, or is gone.
    CALL run_in(_dbName, 'DO (SELECT 1 FROM {db}.netflowtable_1h LIMIT 1)');
    -- Before anything is read: a loader that is adding to this day holds this row, and what it adds is then seen below.
    CALL run_in(_dbName, CONCAT('DELETE FROM {db}.stale_day WHERE source = ''netflow'' AND day = ', v_from));
    CALL hours_of_day(_dbName, _day, 'netflowtable', v_hold);
    -- A removal noted since we looked: the next time.
    SET v_isShort = v_hold = 'neither' OR (v_hold = 'late' AND NOT v_isMarked);
    CALL run_in(_dbName, CONCAT('SELECT COUNT(*) > 0 INTO @trafmon_made FROM {db}.aggregated_day
                                  WHERE source = ''netflow'' AND day = ', v_from));
    SET _isKept = v_isShort AND @trafmon_made;
    IF _isKept THEN
        ROLLBACK;
        IF v_isMarked THEN
            CALL release_loaders(_dbName);
        END IF;
        LEAVE make_day;
    END IF;
    SET v_add = CONCAT('fwd_packets = {t}.fwd_packets + VALUES(fwd_packets), fwd_bytes = {t}.fwd_bytes + VALUES(fwd_bytes),',
                       'rev_packets = {t}.rev_packets + VALUES(rev_packets), rev_bytes = {t}.rev_bytes + VALUES(rev_bytes)');
    SET v_hours = IF(v_hold = 'late', 'netflow_late', '{db}.activityvolumetable_netflow_1h');
    IF v_hold <> 'late' THEN
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.activityvolumetable_netflow_1h x WHERE ', v_span));
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.activityvolumetable_netflow_1d x WHERE ', v_span));
    END IF;
    CALL run_in(_dbName, CONCAT('
        INSERT INTO ', v_hours, '
              (bucket_start, probe_no, exporter, probe, src_address, dst_address, protocol, protocol_name, service,
               src_prefix_length, dst_prefix_length, fwd_packets, fwd_bytes, rev_packets, rev_bytes,
               src_host_name, src_activity, src_location, src_country, src_city, src_asn, src_as_name,
               dst_host_name, dst_activity, dst_location, dst_country, dst_city, dst_asn, dst_as_name)
        SELECT v.bucket_start, v.probe_no, v.exporter, INET6_NTOA(v.exporter), v.client, v.server, v.protocol,
               protocol_name(v.protocol), v.service, LENGTH(v.client) * 8, LENGTH(v.server) * 8,
               v.fwd_packets, v.fwd_bytes, v.rev_packets, v.rev_bytes,
               s.host_name, s.activity, s.location, s.country, s.city, s.asn, s.as_name,
               d.host_name, d.activity, d.location, d.country, d.city, d.asn, d.as_name
          FROM (SELECT bucket_start, probe_no, exporter, IF(turned, dst_address, src_address) AS client,
                       IF(turned, src_address, dst_address) AS server, protocol, service,
                       SUM(IF(turned, 0, packets)) AS fwd_packets, SUM(IF(turned, 0, bytes)) AS fwd_bytes,
                       SUM(IF(turned, packets, 0)) AS rev_packets, SUM(IF(turned, bytes, 0)) AS rev_bytes
                  FROM (SELECT x.*,
                               CASE WHEN a.port IS NULL AND b.port IS NULL THEN x.src_address > x.dst_address
                                    WHEN b.port IS NULL THEN TRUE
                                    WHEN a.port IS NULL THEN FALSE
                                    WHEN a.precedence = b.precedence AND a.port = b.port
                                        THEN x.src_address > x.dst_address
                                    ELSE a.precedence < b.precedence
                                         OR (a.precedence = b.precedence AND a.port < b.port) END AS turned,
                               COALESCE(IF(b.port IS NULL OR a.precedence < b.precedence
                                           OR (a.precedence = b.precedence AND a.port <= b.port), a.service, b.service),
                                        b.service,
                                        CASE x.protocol WHEN 6 THEN ''other tcp'' WHEN 17 THEN ''other udp''
                                                        ELSE protocol_name(x.protocol) END) AS service
                          FROM {db}.netflowtable_1h x
                          LEFT JOIN protocol_table a ON a.protocol = x.protocol AND a.port = x.src_port
                          LEFT JOIN protocol_table b ON b.protocol = x.protocol AND b.port = x.dst_port
                         WHERE ', v_span, ') directed
                 GROUP BY 1, 2, 3, 4, 5, 6, 7) v
          LEFT JOIN {db}.ipInfotable s ON s.address = v.client
          LEFT JOIN {db}.ipInfotable d ON d.address = v.server'));
    CALL run_in(_dbName, CONCAT('
        INSERT INTO {db}.activityvolumetable_netflow_1d
              (bucket_start, probe_no, exporter, probe, src_address, dst_address, protocol, protocol_name, service,
               src_prefix_length, dst_prefix_length, fwd_packets, fwd_bytes, rev_packets, rev_bytes,
               src_host_name, src_activity, src_location, src_country, src_city, src_asn, src_as_name,
               dst_host_name, dst_activity, dst_location, dst_country, dst_city, dst_asn, dst_as_name)
        SELECT ', v_from, ', probe_no, exporter, MAX(probe), src_address, dst_address, protocol, MAX(protocol_name),
               service, MAX(src_prefix_length), MAX(dst_prefix_length), SUM(fwd_packets), SUM(fwd_bytes),
               SUM(rev_packets), SUM(rev_bytes),
               MAX(src_host_name), MAX(src_activity), MAX(src_location), MAX(src_country), MAX(src_city), MAX(src_asn), MAX(src_as_name),
               MAX(dst_host_name), MAX(dst_activity), MAX(dst_location), MAX(dst_country), MAX(dst_city), MAX(dst_asn), MAX(dst_as_name)
          FROM ', v_hours, ' x
         WHERE ', v_span, '
         GROUP BY probe_no, exporter, src_address, dst_address, protocol, service
        ON DUPLICATE KEY UPDATE ', REPLACE(v_add, '{t}', 'activityvolumetable_netflow_1d')));
    IF v_hold = 'late' THEN
        CALL run_in(_dbName, CONCAT('
            INSERT INTO {db}.activityvolumetable_netflow_1h SELECT * FROM netflow_late h
            ON DUPLICATE KEY UPDATE ', REPLACE(v_add, '{t}', 'activityvolumetable_netflow_1h')));
        -- Hours that were added do not count again.
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.netflowtable_1h x WHERE ', v_span));
    END IF;
    CALL run_in(_dbName, CONCAT('
        REPLACE INTO {db}.aggregated_day (day, source, aggregated_at, fwd_packets, rev_packets, fwd_bytes, rev_bytes)
        SELECT ', v_from, ', ''netflow'', UTC_TIMESTAMP(6), COALESCE(SUM(fwd_packets), 0), COALESCE(SUM(rev_packets), 0),
               COALESCE(SUM(fwd_bytes), 0), COALESCE(SUM(rev_bytes), 0)
          FROM {db}.activityvolumetable_netflow_1d x
         WHERE ', v_span));
    IF v_isShort THEN
        CALL run_in(_dbName, CONCAT('INSERT IGNORE INTO {db}.stale_day (day, source, marked_at) VALUES (', v_from,
                                    ', ''netflow'', UTC_TIMESTAMP(6))'));
    END IF;
    COMMIT;
    IF v_isMarked THEN
        CALL release_loaders(_dbName);
    END IF;
END make_day$$
DELIMITER ;

-- Takes up the days for which data came after the prepared tables were last made: attributes FTP data connections, then
-- rebuilds the day, probe and NetFlow data alike. Runs after the nightly procedures and in the demo, so that late data
-- and, if asked, today reach the reports. Days whose hours have been removed stay as they are, and stay listed. May be run
-- twice.
DROP PROCEDURE IF EXISTS aggregate_stale_days;
DELIMITER $$
CREATE PROCEDURE aggregate_stale_days(
    IN _dbName       VARCHAR(64),   -- a registered runtime database
    IN include_today BOOLEAN        -- whether days that have not ended, UTC, are made as far as they go
)
    COMMENT 'Rebuilds the prepared tables of the days listed in stale_day.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_last VARCHAR(24) CHARACTER SET utf8mb4
        DEFAULT IF(include_today, '9999-12-31', DATE_FORMAT(UTC_DATE() - INTERVAL 1 DAY, '%Y-%m-%d'));
    DECLARE v_day DATE;
    DECLARE v_isKept BOOLEAN;
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    DECLARE v_stale VARCHAR(255) CHARACTER SET utf8mb4
        DEFAULT CONCAT('SELECT day FROM {db}.stale_day WHERE day <= ', QUOTE(v_last), ' AND source = ');
    DECLARE c_probe CURSOR FOR SELECT day FROM stale_probe_day ORDER BY day;
    DECLARE c_netflow CURSOR FOR SELECT day FROM stale_netflow_day ORDER BY day;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;

    CALL check_instance(_dbName);
    -- A copy, because the list changes while it is worked off; two, because a session opens a temporary table once.
    DROP TEMPORARY TABLE IF EXISTS stale_probe_day;
    CREATE TEMPORARY TABLE stale_probe_day (day DATE NOT NULL PRIMARY KEY);
    CALL run_in(_dbName, CONCAT('INSERT INTO stale_probe_day ', v_stale, '''probe'''));
    DROP TEMPORARY TABLE IF EXISTS stale_netflow_day;
    CREATE TEMPORARY TABLE stale_netflow_day (day DATE NOT NULL PRIMARY KEY);
    CALL run_in(_dbName, CONCAT('INSERT INTO stale_netflow_day ', v_stale, '''netflow'''));

    -- First for all days: a transfer that ended on one of them may have begun on an earlier one, which is stale then.
    OPEN c_probe;
    each_ftp_day: LOOP
        FETCH c_probe INTO v_day;
        IF v_done THEN
            LEAVE each_ftp_day;
        END IF;
        CALL attribute_ftp(_dbName, v_day, v_day, FALSE);
    END LOOP;
    CLOSE c_probe;
    CALL run_in(_dbName, CONCAT('INSERT IGNORE INTO stale_probe_day ', v_stale, '''probe'''));

    SET SESSION group_concat_max_len = 16777216;
    SELECT GROUP_CONCAT(day ORDER BY day) INTO @trafmon_days FROM stale_probe_day;
    IF @trafmon_days IS NOT NULL THEN
        CALL activity_partitions(_dbName, @trafmon_days);
    END IF;
    SET v_done = FALSE;
    OPEN c_probe;
    each_probe_day: LOOP
        FETCH c_probe INTO v_day;
        IF v_done THEN
            LEAVE each_probe_day;
        END IF;
        CALL aggregate_day(_dbName, v_day, v_isKept);
    END LOOP;
    CLOSE c_probe;

    SET v_done = FALSE;
    OPEN c_netflow;
    each_netflow_day: LOOP
        FETCH c_netflow INTO v_day;
        IF v_done THEN
            LEAVE each_netflow_day;
        END IF;
        CALL aggregate_netflow_day(_dbName, v_day, v_isKept);
    END LOOP;
    CLOSE c_netflow;
    DROP TEMPORARY TABLE stale_probe_day;
    DROP TEMPORARY TABLE stale_netflow_day;
END$$
DELIMITER ;

-- Applies the table retention: what is older or more than a table may hold goes, whole partitions at a time, the oldest
-- first. Lists what went, or with dry_run what would go, and what stays although a policy would have it go, and
-- the policies that cannot be applied, so that a mistyped name fills no disk.
--
-- Counters age instead of vanishing: a partition of fine rows, minutes or hours goes only when the table of days holds its
-- packets and bytes. Where it does not, that partition and all newer ones stay, and the list says so.
--
-- Each partition goes by itself, so an interrupted run is finished by the next one. May be run twice. DDL: commits what is
-- open.
DROP PROCEDURE IF EXISTS apply_retention;
DELIMITER $$
CREATE PROCEDURE apply_retention(
    IN _dbName VARCHAR(64),   -- a registered runtime database
    IN dry_run BOOLEAN        -- whether to tell only
)
    COMMENT 'Removes what is older or more than the table retention allows, or tells what would go.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_table, v_partition VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    DECLARE v_keep_days, v_newest, v_limit, v_lower, v_upper INT;
    DECLARE v_keep_mib, v_rows, v_bytes BIGINT;
    DECLARE v_removed MEDIUMTEXT CHARACTER SET ascii;
    DECLARE v_partitions INT;
    DECLARE v_ignored VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    DECLARE v_summed BOOLEAN;
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    DECLARE c_policies CURSOR FOR
        SELECT table_name, keep_days, keep_mib FROM retention_policy
         -- Flows after the rows that refer to them.
         ORDER BY table_name = 'flow', table_name;
    DECLARE c_partitions CURSOR FOR
        SELECT name, lower_days, upper_days, row_count, bytes FROM retention_partition
         WHERE upper_days <= v_limit ORDER BY upper_days;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;

    CALL check_instance(_dbName);
    IF dry_run IS NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'NO_DRY_RUN: dry_run must be TRUE or FALSE';
    END IF;
    DROP TEMPORARY TABLE IF EXISTS retention_policy;
    CREATE TEMPORARY TABLE retention_policy (
      table_name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
      keep_days INT NULL,
      keep_mib BIGINT NULL
    );
    CALL run_in(_dbName, 'INSERT INTO retention_policy SELECT table_name, keep_days, keep_mib FROM {db}.retention');
    DROP TEMPORARY TABLE IF EXISTS retention_result;
    CREATE TEMPORARY TABLE retention_result (
      nth INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
      table_name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      partition_name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      row_count BIGINT NOT NULL,
      bytes BIGINT NOT NULL,
      outcome VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL
    );
    DROP TEMPORARY TABLE IF EXISTS retention_partition;
    CREATE TEMPORARY TABLE retention_partition (
      name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      lower_days INT NOT NULL,
      upper_days INT NOT NULL,
      row_count BIGINT NOT NULL,
      bytes BIGINT NOT NULL
    );

    OPEN c_policies;
    each_policy: LOOP
        SET v_done = FALSE;
        FETCH c_policies INTO v_table, v_keep_days, v_keep_mib;
        IF v_done THEN
            LEAVE each_policy;
        END IF;
        SELECT COUNT(*) INTO v_partitions
          FROM information_schema.PARTITIONS
         WHERE TABLE_SCHEMA = _dbName AND TABLE_NAME = v_table AND PARTITION_METHOD = 'RANGE';
        SET v_ignored = CASE
            WHEN v_table <> 'flow' AND v_partitions = 0 THEN 'ignored: no such partitioned table'
            WHEN v_keep_days < 1 THEN 'ignored: keep_days must be 1 or more'
            WHEN v_table = 'flow' AND v_keep_days IS NULL THEN 'ignored: flow goes by keep_days only'
            WHEN v_keep_days IS NULL AND v_keep_mib IS NULL THEN 'ignored: neither keep_days nor keep_mib is given'
        END;
        IF v_ignored IS NOT NULL THEN
            INSERT INTO retention_result (table_name, partition_name, row_count, bytes, outcome)
            VALUES (v_table, '', 0, 0, v_ignored);
        END IF;
        -- Where keep_mib can be applied all the same, it is.
        IF v_table = 'flow' THEN
            IF v_keep_days >= 1 THEN
                CALL forget_flows(_dbName, v_keep_days, dry_run);
                INSERT INTO retention_result (table_name, partition_name, row_count, bytes, outcome)
                VALUES (v_table, '', @trafmon_forgotten, 0, IF(dry_run, 'would go', 'gone'));
            END IF;
            ITERATE each_policy;
        END IF;

        DELETE FROM retention_partition;
        INSERT INTO retention_partition
        SELECT PARTITION_NAME, lower_days, upper_days, TABLE_ROWS, size_bytes
          FROM (SELECT PARTITION_NAME, TABLE_ROWS, DATA_LENGTH + INDEX_LENGTH AS size_bytes,
                       COALESCE(LAG(CAST(PARTITION_DESCRIPTION AS SIGNED)) OVER (ORDER BY PARTITION_ORDINAL_POSITION), 0)
                           AS lower_days,
                       CAST(PARTITION_DESCRIPTION AS SIGNED) AS upper_days
                  FROM information_schema.PARTITIONS
                 WHERE TABLE_SCHEMA = _dbName AND TABLE_NAME = v_table AND PARTITION_METHOD = 'RANGE'
                   AND PARTITION_DESCRIPTION <> 'MAXVALUE') p
         WHERE PARTITION_NAME LIKE 'p%';
        CALL newest_day(_dbName, v_table, v_newest);
        IF v_newest IS NULL THEN
            ITERATE each_policy;
        END IF;
        SET v_limit = IF(v_keep_days >= 1, v_newest - v_keep_days + 1, 0);
        IF v_keep_mib IS NOT NULL THEN
            -- The newest partition of data always stays.
            SELECT GREATEST(v_limit, COALESCE(MAX(upper_days), 0)) INTO v_limit
              FROM (SELECT upper_days, SUM(bytes) OVER (ORDER BY upper_days DESC) AS with_newer FROM retention_partition) s
             WHERE with_newer > v_keep_mib * 1048576 AND upper_days <= v_newest;
        END IF;

        SET v_done = FALSE;
        OPEN c_partitions;
        each_partition: LOOP
            FETCH c_partitions INTO v_partition, v_lower, v_upper, v_rows, v_bytes;
            IF v_done THEN
                LEAVE each_partition;
            END IF;
            CALL is_summed(_dbName, v_table, v_partition, v_lower, v_upper, v_summed);
            IF NOT v_summed THEN
                INSERT INTO retention_result (table_name, partition_name, row_count, bytes, outcome)
                VALUES (v_table, v_partition, v_rows, v_bytes, 'kept: the table of days does not hold it');
                LEAVE each_partition;
            END IF;
            IF NOT dry_run THEN
                CALL drop_days_before(_dbName, v_table, v_upper, v_removed);
                CALL run_in(_dbName, CONCAT(
                    'INSERT INTO {db}.retention_history (removed_at, table_name, partition_name, row_count)',
                    ' VALUES (UTC_TIMESTAMP(6), ', QUOTE(v_table), ', ', QUOTE(v_partition), ', ', v_rows, ')'));
            END IF;
            SET v_done = FALSE;
            INSERT INTO retention_result (table_name, partition_name, row_count, bytes, outcome)
            VALUES (v_table, v_partition, v_rows, v_bytes, IF(dry_run, 'would go', 'gone'));
        END LOOP;
        CLOSE c_partitions;
    END LOOP;
    CLOSE c_policies;
    SELECT table_name, partition_name, row_count AS rows_about, bytes AS bytes_about, outcome
      FROM retention_result ORDER BY nth;
    DROP TEMPORARY TABLE retention_policy;
    DROP TEMPORARY TABLE retention_partition;
    DROP TEMPORARY TABLE retention_result;
END$$
DELIMITER ;

-- The work of Update_ftp_data_in_ipcttable for transfers under way in a range of days: those that ended later, too,
-- because rows of these days may have come late. Leaves the temporary table ftp_asked with the transfers taken up and,
-- where nothing could be attributed, why. May be run twice.
--
-- A data connection is attributed only where its flow is told apart by ports, or by the service ftp-data, which the probe
-- gives to announced data connections: else the flow holds other traffic too. The lifetime of its flow instance bounds the
-- rows, because the same ports may come back later for something else. Sums are made again from the rows, so those of days
-- of which retention has removed rows stay as they are.
DROP PROCEDURE IF EXISTS attribute_ftp;
DELIMITER $$
CREATE PROCEDURE attribute_ftp(
    IN _dbName     VARCHAR(64),   -- name that check_instance has accepted
    IN _rangeStart DATE,          -- first day, UTC
    IN _rangeEnd   DATE,          -- last day, included
    IN _andLate    BOOLEAN        -- whether earlier transfers not taken up yet are, too
)
    COMMENT 'Attributes the data connections of transfers under way in a range of days.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_from VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_rangeStart, '%Y-%m-%d'));
    DECLARE v_until VARCHAR(24) CHARACTER SET utf8mb4
        DEFAULT QUOTE(DATE_FORMAT(_rangeEnd + INTERVAL 1 DAY, '%Y-%m-%d'));
    DECLARE v_rowsFrom VARCHAR(24) CHARACTER SET utf8mb4;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
        RESIGNAL;
    END;

    DROP TEMPORARY TABLE IF EXISTS ftp_asked;
    CREATE TEMPORARY TABLE ftp_asked (
      commanded DATETIME(6) NOT NULL,
      run_no INT UNSIGNED NOT NULL,
      record_no BIGINT UNSIGNED NOT NULL,
      control_flow_no BIGINT UNSIGNED NULL,
      data_flow_no BIGINT UNSIGNED NULL,
      data_from DATETIME(6) NULL,
      data_until DATETIME(6) NULL,
      problem VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      PRIMARY KEY (commanded, run_no, record_no),
      KEY data_flow_no (data_flow_no)
    );
    DROP TEMPORARY TABLE IF EXISTS ftp_touched;
    CREATE TEMPORARY TABLE ftp_touched (
      flow_no BIGINT UNSIGNED NOT NULL,
      interval_start DATETIME NOT NULL,
      run_no INT UNSIGNED NOT NULL,
      record_no BIGINT UNSIGNED NOT NULL,
      control_flow_no BIGINT UNSIGNED NOT NULL,
      PRIMARY KEY (flow_no, interval_start, run_no, record_no)
    );

    START TRANSACTION;
    -- From here on no rows go; what is noted in retention_mark goes, or is gone. Nothing is read without a lock: MariaDB
    -- from 11.6 on would refuse to go on with rows that a loader commits meanwhile.
    CALL run_in(_dbName, 'DO (SELECT 1 FROM {db}.ipcttable WHERE FALSE)');
    CALL run_in(_dbName, 'SELECT COALESCE(MAX(removed_before), ''1000-01-01'') INTO @trafmon_mark
                            FROM {db}.retention_mark WHERE table_name = ''ipcttable'' LOCK IN SHARE MODE');
    SET v_rowsFrom = QUOTE(DATE_FORMAT(@trafmon_mark, '%Y-%m-%d'));
    -- 1. The transfers; the control flow in the account class is the recorded one, or that with the same ends. Nothing
    -- equals NULL, so where it is the recorded one the many flows of a busy server are not looked through for each transfer.
    CALL run_in(_dbName, CONCAT('
        INSERT INTO ftp_asked (commanded, run_no, record_no, control_flow_no, data_flow_no, data_from, data_until)
        SELECT t.commanded, t.run_no, t.record_no,
               COALESCE(MAX(IF(own.account = 1, own.flow_no, NULL)), MIN(c.flow_no), MIN(s.flow_no)),
               MAX(d.flow_no), MAX(i.started), MAX(i.ended)
          FROM {db}.ftptftable t
          JOIN {db}.flow own ON own.flow_no = t.flow_no
          LEFT JOIN {db}.flow c ON c.account = 1 AND c.probe_no = own.probe_no AND c.protocol = 6
                AND c.fwd_address = IF(own.account = 1, NULL, t.client)
                AND c.rev_address = IF(own.account = 1, NULL, t.server)
                AND ((c.fwd_port = t.client_port AND c.rev_port = t.server_port)
                     OR (c.fwd_port IS NULL AND c.rev_port IS NULL AND c.service = own.service))
          LEFT JOIN {db}.flow s ON s.account = 1 AND s.probe_no = own.probe_no AND s.protocol = 6
                AND s.rev_address = IF(own.account = 1, NULL, t.client)
                AND s.fwd_address = IF(own.account = 1, NULL, t.server)
                AND ((s.rev_port = t.client_port AND s.fwd_port = t.server_port)
                     OR (s.fwd_port IS NULL AND s.rev_port IS NULL AND s.service = own.service))
          LEFT JOIN {db}.flow_instance i ON i.run_no = t.run_no AND i.flow_id = t.data_flow_id
          LEFT JOIN {db}.flow d ON d.flow_no = i.flow_no AND d.account = 1
                AND ((d.fwd_port IS NOT NULL AND d.rev_port IS NOT NULL) OR d.service = ''ftp-data'')
         WHERE (COALESCE(t.replied, t.last_payload, t.commanded) >= ', v_from, '
                AND t.commanded < ', v_until, ')',
               IF(_andLate, CONCAT(' OR (t.attributed_at IS NULL AND t.commanded < ', v_until, ')'), ''), '
         GROUP BY t.commanded, t.run_no, t.record_no'));

    -- 2. The rows of ipcttable that do not name their control flow yet.
    CALL run_in(_dbName, CONCAT('
        INSERT INTO ftp_touched
        SELECT x.flow_no, x.interval_start, x.run_no, x.record_no, MIN(a.control_flow_no)
          FROM ftp_asked a
          JOIN {db}.ipcttable x ON x.flow_no = a.data_flow_no AND x.run_no = a.run_no
               AND x.last >= a.data_from AND x.first <= COALESCE(a.data_until, x.first)
         WHERE a.control_flow_no IS NOT NULL AND x.interval_start >= ', v_rowsFrom, '
         GROUP BY x.flow_no, x.interval_start, x.run_no, x.record_no, x.attributed_flow_no
        HAVING x.attributed_flow_no <> MIN(a.control_flow_no)'));
    CALL run_in(_dbName, '
        UPDATE {db}.ipcttable x
          JOIN ftp_touched t ON t.flow_no = x.flow_no AND t.interval_start = x.interval_start
               AND t.run_no = x.run_no AND t.record_no = x.record_no
           SET x.attributed_flow_no = t.control_flow_no');

    -- 3. Their rollups, made again from the rows.
    CALL rebuild_ipct_rollup(_dbName, 'ipcttable_1m', 60);
    CALL rebuild_ipct_rollup(_dbName, 'ipcttable_1h', 3600);
    CALL rebuild_ipct_rollup(_dbName, 'ipcttable_1d', 86400);
    CALL run_in(_dbName, '
        INSERT INTO {db}.stale_day (day, source, marked_at)
        SELECT DISTINCT DATE(interval_start), ''probe'', UTC_TIMESTAMP(6) FROM ftp_touched
        ON DUPLICATE KEY UPDATE marked_at = VALUES(marked_at)');

    -- 4. What was taken up, and what had nothing to attribute.
    CALL run_in(_dbName, '
        UPDATE {db}.ftptftable t
          JOIN ftp_asked a ON a.commanded = t.commanded AND a.run_no = t.run_no AND a.record_no = t.record_no
           SET t.account_flow_no = a.control_flow_no, t.attributed_at = UTC_TIMESTAMP(6)');
    CALL run_in(_dbName, CONCAT('
        UPDATE ftp_asked a
          JOIN {db}.ipcttable x ON x.flow_no = a.data_flow_no AND x.run_no = a.run_no
               AND x.last >= a.data_from AND x.first <= COALESCE(a.data_until, x.first)
           SET a.problem = ''rows of its day have been removed''
         WHERE x.interval_start < ', v_rowsFrom, ' AND x.attributed_flow_no <> a.control_flow_no'));
    CALL run_in(_dbName, CONCAT('
        UPDATE ftp_asked a
          LEFT JOIN {db}.ipcttable x ON x.flow_no = a.data_flow_no AND x.run_no = a.run_no
               AND x.last >= a.data_from AND x.first <= COALESCE(a.data_until, x.first)
           SET a.problem = CASE WHEN a.control_flow_no IS NULL THEN ''control session not in the account class''
                                WHEN a.data_flow_no IS NULL THEN ''no flow of its own for the data connection''
                                WHEN x.flow_no IS NOT NULL THEN NULL
                                WHEN a.data_from < ', v_rowsFrom, ' THEN ''rows of its day have been removed''
                                ELSE ''no packets of the data connection in ipcttable'' END
         WHERE a.problem IS NULL'));
    COMMIT;
    DROP TEMPORARY TABLE ftp_touched;
END$$
DELIMITER ;

-- Refuses a database that is not registered in instance: dynamic SQL of ours names no other. May be run twice.
DROP PROCEDURE IF EXISTS check_instance;
DELIMITER $$
CREATE PROCEDURE check_instance(
    IN _dbName VARCHAR(64)   -- name of a runtime database
)
    COMMENT 'Refuses the name of a database that is not registered in instance.'
    SQL SECURITY INVOKER
    READS SQL DATA
BEGIN
    DECLARE v_known INT DEFAULT 0;
    DECLARE v_message VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

    SELECT COUNT(*) INTO v_known FROM instance WHERE name = _dbName;
    IF v_known = 0 THEN
        SET v_message = CONCAT('NOT_AN_INSTANCE: ', COALESCE(LEFT(_dbName, 64), 'NULL'),
                               ' is not registered in instance');
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_message;
    END IF;
END$$
DELIMITER ;

-- Makes a runtime database from this template: its tables, its views, its schema version; and registers it. May be run
-- twice: what exists stays as it is. DDL: commits what is open.
DROP PROCEDURE IF EXISTS create_instance;
DELIMITER $$
CREATE PROCEDURE create_instance(
    IN _dbName VARCHAR(64)   -- name of the runtime database, existing or not
)
    COMMENT 'Makes and registers a runtime database with the tables and views of this template.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    DECLARE v_view LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    DECLARE v_template VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT DATABASE();
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    DECLARE c_tables CURSOR FOR
        SELECT TABLE_NAME FROM information_schema.TABLES
         WHERE TABLE_SCHEMA = v_template AND TABLE_TYPE = 'BASE TABLE'
           -- These are the template's own.
           AND TABLE_NAME NOT IN ('instance', 'protocol_table')
         ORDER BY TABLE_NAME;
    DECLARE c_views CURSOR FOR
        SELECT TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS
         WHERE TABLE_SCHEMA = v_template
         ORDER BY TABLE_NAME;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;

    -- The name goes into statements and into the views' texts.
    IF (_dbName REGEXP '^[A-Za-z0-9_$-]{1,64}$') IS NOT TRUE OR _dbName = v_template THEN
        SIGNAL SQLSTATE '45000'
           SET MESSAGE_TEXT = 'BAD_DATABASE_NAME: letters, digits, _ $ and - only, and not the template itself';
    END IF;
    CALL run_in(_dbName, 'CREATE DATABASE IF NOT EXISTS {db} DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin');

    OPEN c_tables;
    each_table: LOOP
        FETCH c_tables INTO v_name;
        IF v_done THEN
            LEAVE each_table;
        END IF;
        CALL run_in(_dbName, CONCAT('CREATE TABLE IF NOT EXISTS {db}.`', v_name, '` LIKE `', v_template, '`.`', v_name, '`'));
    END LOOP;
    CLOSE c_tables;

    SET v_done = FALSE;
    OPEN c_views;
    each_view: LOOP
        FETCH c_views INTO v_name, v_view;
        IF v_done THEN
            LEAVE each_view;
        END IF;
        CALL run_in(_dbName, CONCAT('CREATE OR REPLACE SQL SECURITY INVOKER VIEW {db}.`', v_name, '` AS ',
                                    REPLACE(v_view, CONCAT('`', v_template, '`.'), '{db}.')));
    END LOOP;
    CLOSE c_views;

    CALL run_in(_dbName, CONCAT('INSERT IGNORE INTO {db}.schema_version SELECT * FROM `', v_template, '`.schema_version'));
    INSERT IGNORE INTO instance (name, created_at) VALUES (_dbName, UTC_TIMESTAMP(6));
END$$
DELIMITER ;

-- The contract of the documented ranges: both days included; both NULL mean yesterday; exactly one NULL is refused; an
-- end after yesterday is cut, with a warning. May be run twice.
DROP PROCEDURE IF EXISTS day_range;
DELIMITER $$
CREATE PROCEDURE day_range(
    INOUT _rangeStart DATE,   -- first day; NULL with _rangeEnd: yesterday
    INOUT _rangeEnd   DATE,   -- last day, included; before _rangeStart: nothing is left of the range
    OUT   _isCut      BOOLEAN -- whether the caller has to warn, last of all, that the end was cut
)
    COMMENT 'Checks a range of days, UTC, and cuts its end at yesterday.'
    SQL SECURITY INVOKER
    NO SQL
BEGIN
    DECLARE v_yesterday DATE DEFAULT UTC_DATE() - INTERVAL 1 DAY;

    SET _isCut = FALSE;
    IF (_rangeStart IS NULL) <> (_rangeEnd IS NULL) THEN
        SIGNAL SQLSTATE '45000'
           SET MESSAGE_TEXT = 'HALF_A_RANGE: give both days, or NULL for both to mean yesterday';
    END IF;
    IF _rangeStart IS NULL THEN
        SET _rangeStart = v_yesterday, _rangeEnd = v_yesterday;
    END IF;
    IF _rangeStart > _rangeEnd THEN
        SIGNAL SQLSTATE '45000'
           SET MESSAGE_TEXT = 'REVERSED_RANGE: the first day is after the last';
    END IF;
    IF _rangeEnd > v_yesterday THEN
        SET _rangeEnd = v_yesterday, _isCut = TRUE;
    END IF;
END$$
DELIMITER ;

-- Empties the partitions of data that lie wholly before a day, and joins them with the gap below: the range of a dropped
-- partition would fall to the one above it, and late data would then mix with a day that is still kept. What goes is noted
-- first (mark_removed), while no loader adds to it. Tells the partitions that went. May be run twice. DDL: commits what is
-- open.
DROP PROCEDURE IF EXISTS drop_days_before;
DELIMITER $$
CREATE PROCEDURE drop_days_before(
    IN  _dbName    VARCHAR(64),   -- name that check_instance has accepted
    IN  _tableName VARCHAR(64),   -- a table partitioned by RANGE (TO_DAYS(...))
    IN  _limitDays INT,           -- first day to keep, as TO_DAYS counts
    OUT _removed   MEDIUMTEXT     -- names of the partitions, separated by commas; NULL: none
)
    COMMENT 'Removes the partitions of a table that lie wholly before a day.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_top_days INT;
    DECLARE v_names MEDIUMTEXT CHARACTER SET ascii;
    DECLARE v_table VARCHAR(140) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
        DEFAULT CONCAT('{db}.`', REPLACE(_tableName, '`', '``'), '`');
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL release_loaders(_dbName);
        RESIGNAL;
    END;

    SET SESSION group_concat_max_len = 16777216;
    SELECT GROUP_CONCAT(PARTITION_NAME ORDER BY PARTITION_ORDINAL_POSITION),
           GROUP_CONCAT(IF(PARTITION_NAME LIKE 'p%', PARTITION_NAME, NULL) ORDER BY PARTITION_ORDINAL_POSITION),
           MAX(CAST(PARTITION_DESCRIPTION AS SIGNED))
      INTO v_names, _removed, v_top_days
      FROM information_schema.PARTITIONS
     WHERE TABLE_SCHEMA = _dbName AND TABLE_NAME = _tableName
       AND PARTITION_DESCRIPTION <> 'MAXVALUE' AND CAST(PARTITION_DESCRIPTION AS SIGNED) <= _limitDays;

    IF _removed IS NOT NULL THEN
        CALL hold_loaders(_dbName);
        CALL mark_removed(_dbName, _tableName, _removed, v_top_days);
        CALL run_in(_dbName, CONCAT('ALTER TABLE ', v_table, ' TRUNCATE PARTITION ', _removed));
        CALL run_in(_dbName, CONCAT('ALTER TABLE ', v_table, ' REORGANIZE PARTITION ', v_names,
                                    ' INTO (PARTITION g', DATE_FORMAT(FROM_DAYS(v_top_days), '%Y%m%d'),
                                    ' VALUES LESS THAN (', v_top_days, '))'));
        CALL release_loaders(_dbName);
    END IF;
END$$
DELIMITER ;

-- Tells under which peers, protocol and service the flows of an account are reported: fills the temporary table flow_key
-- for the flow_no in the temporary table flow_asked. The service is decided by the precedence of the ports in
-- protocol_table, else by what the probe said, else by the protocol. May be run twice.
DROP PROCEDURE IF EXISTS flow_keys;
DELIMITER $$
CREATE PROCEDURE flow_keys(
    IN _dbName VARCHAR(64)   -- name that check_instance has accepted
)
    COMMENT 'Fills the temporary table flow_key for the flows in flow_asked.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DROP TEMPORARY TABLE IF EXISTS flow_key;
    CREATE TEMPORARY TABLE flow_key (
      flow_no BIGINT UNSIGNED NOT NULL PRIMARY KEY,
      probe_no INT UNSIGNED NOT NULL,
      class_no INT UNSIGNED NOT NULL,
      src_address VARBINARY(16) NOT NULL,
      src_prefix_length TINYINT UNSIGNED NULL,
      dst_address VARBINARY(16) NOT NULL,
      dst_prefix_length TINYINT UNSIGNED NULL,
      service VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      protocol SMALLINT UNSIGNED NOT NULL
    );
    CALL run_in(_dbName, CONCAT('
        INSERT INTO flow_key
        SELECT f.flow_no, f.probe_no, f.class_no,
               COALESCE(f.fwd_address, ''''), f.fwd_prefix_length,
               COALESCE(f.rev_address, ''''), f.rev_prefix_length,
               COALESCE(IF(r.port IS NULL
                           OR a.precedence < r.precedence
                           OR (a.precedence = r.precedence AND a.port <= r.port), a.service, r.service),
                        r.service, f.service,
                        CASE f.protocol WHEN 6 THEN ''other tcp'' WHEN 17 THEN ''other udp''
                                        ELSE protocol_name(f.protocol) END),
               COALESCE(f.protocol, 256)
          FROM flow_asked q
          JOIN {db}.flow f ON f.flow_no = q.flow_no
          LEFT JOIN protocol_table a ON a.protocol = f.protocol AND a.port = f.fwd_port
          LEFT JOIN protocol_table r ON r.protocol = f.protocol AND r.port = f.rev_port'));
END$$
DELIMITER ;

-- Removes the instances of flows that ended longer ago than some days before the newest, and the flows that have no instance
-- left and that no row of any table refers to. An instance without an end counts as ended when a later run of its probe is
-- known. The loader keeps out meanwhile. @trafmon_forgotten tells how many of both. May be run twice.
DROP PROCEDURE IF EXISTS forget_flows;
DELIMITER $$
CREATE PROCEDURE forget_flows(
    IN _dbName    VARCHAR(64),   -- name that check_instance has accepted
    IN _keep_days INT,           -- days to keep, 1 or more
    IN dry_run    BOOLEAN        -- whether to count only
)
    COMMENT 'Removes flows that ended long ago and that nothing refers to.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_table, v_column VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    DECLARE v_lock VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
        DEFAULT CONCAT('trafMon_flows_', LEFT(SHA2(_dbName, 256), 32));
    DECLARE v_instances, v_flows BIGINT;
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    DECLARE c_references CURSOR FOR
        SELECT c.TABLE_NAME, c.COLUMN_NAME
          FROM information_schema.COLUMNS c
          JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
         WHERE c.TABLE_SCHEMA = _dbName AND t.TABLE_TYPE = 'BASE TABLE' AND LEFT(c.TABLE_NAME, 1) <> '_'
           AND c.COLUMN_NAME IN ('flow_no', 'attributed_flow_no', 'data_flow_no', 'account_flow_no')
           AND c.TABLE_NAME NOT IN ('flow', 'flow_instance')
           -- Rows, minutes and hours are attributed as days are, which are the fewest.
           AND (c.COLUMN_NAME <> 'attributed_flow_no' OR RIGHT(c.TABLE_NAME, 3) = '_1d');
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
        DO RELEASE_LOCK(v_lock);
        RESIGNAL;
    END;

    -- A loader holds it while it has files in hand.
    IF GET_LOCK(v_lock, 600) IS NOT TRUE THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'LOADER_AT_WORK: the loader is busy with this database; try again';
    END IF;
    DROP TEMPORARY TABLE IF EXISTS forgotten_instance;
    CREATE TEMPORARY TABLE forgotten_instance (
      run_no INT UNSIGNED NOT NULL,
      flow_id BIGINT UNSIGNED NOT NULL,
      flow_no BIGINT UNSIGNED NOT NULL,
      PRIMARY KEY (run_no, flow_id),
      KEY flow_no (flow_no)
    );
    -- What a clock gone wrong says to begin tomorrow or later makes nothing older.
    CALL run_in(_dbName, 'SELECT DATE(MAX(started)) INTO @trafmon_newest FROM {db}.flow_instance
                           WHERE started < UTC_DATE() + INTERVAL 1 DAY');
    CALL run_in(_dbName, CONCAT(
        'INSERT INTO forgotten_instance SELECT i.run_no, i.flow_id, i.flow_no',
        ' FROM {db}.flow_instance i JOIN {db}.probe_run r ON r.run_no = i.run_no',
        ' WHERE COALESCE(i.ended, i.started) < @trafmon_newest - INTERVAL ', _keep_days - 1, ' DAY',
        ' AND (i.ended IS NOT NULL OR EXISTS',
        ' (SELECT 1 FROM {db}.probe_run later WHERE later.probe_no = r.probe_no AND later.run_no > r.run_no))'));
    SELECT COUNT(*) INTO v_instances FROM forgotten_instance;

    DROP TEMPORARY TABLE IF EXISTS forgotten_flow;
    CREATE TEMPORARY TABLE forgotten_flow (flow_no BIGINT UNSIGNED NOT NULL PRIMARY KEY);
    CALL run_in(_dbName, CONCAT(
        'INSERT INTO forgotten_flow SELECT f.flow_no FROM {db}.flow f',
        ' WHERE NOT EXISTS (SELECT 1 FROM {db}.flow_instance i',
        ' LEFT JOIN forgotten_instance g ON g.run_no = i.run_no AND g.flow_id = i.flow_id',
        ' WHERE i.flow_no = f.flow_no AND g.run_no IS NULL)'));
    OPEN c_references;
    each_reference: LOOP
        SET v_done = FALSE;
        FETCH c_references INTO v_table, v_column;
        IF v_done THEN
            LEAVE each_reference;
        END IF;
        CALL run_in(_dbName, CONCAT('DELETE g FROM forgotten_flow g WHERE EXISTS (SELECT 1 FROM {db}.`', v_table,
                                    '` x WHERE x.`', v_column, '` = g.flow_no)'));
    END LOOP;
    CLOSE c_references;
    SELECT COUNT(*) INTO v_flows FROM forgotten_flow;

    SET @trafmon_forgotten = v_instances + v_flows;
    IF NOT dry_run AND @trafmon_forgotten > 0 THEN
        START TRANSACTION;
        CALL run_in(_dbName, CONCAT('DELETE i FROM {db}.flow_instance i JOIN forgotten_instance g',
                                    ' ON g.run_no = i.run_no AND g.flow_id = i.flow_id'));
        CALL run_in(_dbName, 'DELETE f FROM {db}.flow f JOIN forgotten_flow g ON g.flow_no = f.flow_no');
        CALL run_in(_dbName, CONCAT('INSERT INTO {db}.retention_history (removed_at, table_name, partition_name, row_count)',
                                    ' VALUES (UTC_TIMESTAMP(6), ''flow'', '''', ', @trafmon_forgotten, ')'));
        COMMIT;
    END IF;
    DROP TEMPORARY TABLE forgotten_instance;
    DROP TEMPORARY TABLE forgotten_flow;
    DO RELEASE_LOCK(v_lock);
END$$
DELIMITER ;

-- Keeps loaders out of a database until release_loaders or the end of the session, and waits up to 10 minutes for one that
-- has files in hand: it counts on the partitions and marks that it found, and on its sums. May be run twice, and is then to
-- be released twice.
DROP PROCEDURE IF EXISTS hold_loaders;
DELIMITER $$
CREATE PROCEDURE hold_loaders(
    IN _dbName VARCHAR(64)   -- name that check_instance has accepted
)
    COMMENT 'Takes the lock that a loader holds while it has files in hand.'
    SQL SECURITY INVOKER
    NO SQL
BEGIN
    IF GET_LOCK(CONCAT('trafMon_flows_', LEFT(SHA2(_dbName, 256), 32)), 600) IS NOT TRUE THEN
        SIGNAL SQLSTATE '45000'
           SET MESSAGE_TEXT = 'LOADER_AT_WORK: the loader is busy with this database; try again';
    END IF;
END$$
DELIMITER ;

-- What the hours of a counter are to a day's prepared figures. Where retention has removed some, or is about to, the table
-- of days tells, to the unit: they may hold all of the day still, or exactly what came after the day was prepared, or
-- neither. Part of the transaction that would prepare the day, which has read from these tables before it asks: a removal
-- is noted first, and then waits for whoever has read. Where a removal is noted, the caller holds the lock of the loaders
-- (hold_loaders). May be run twice.
DROP PROCEDURE IF EXISTS hours_of_day;
DELIMITER $$
CREATE PROCEDURE hours_of_day(
    IN  _dbName  VARCHAR(64),   -- name that check_instance has accepted
    IN  _day     DATE,          -- day, UTC
    IN  _counter VARCHAR(64),   -- ipcttable, tcpcttable, tcprtttable or netflowtable
    OUT _hold    VARCHAR(8)     -- all: what the day is made of; late: what it lacks; neither
)
    COMMENT 'Tells whether the hours of a counter hold all of a day, or what its prepared figures lack.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_span VARCHAR(128) CHARACTER SET utf8mb4 DEFAULT
        CONCAT('x.bucket_start >= ', QUOTE(DATE_FORMAT(_day, '%Y-%m-%d')),
               ' AND x.bucket_start < ', QUOTE(DATE_FORMAT(_day + INTERVAL 1 DAY, '%Y-%m-%d')));
    DECLARE v_account VARCHAR(128) CHARACTER SET utf8mb4 DEFAULT
        IF(_counter = 'netflowtable', '', ' JOIN {db}.flow f ON f.flow_no = x.flow_no AND f.account = 1');
    -- Two sums that tell a counter's rows; {x} stands for the sum of column x. Each summed by itself: the sum of two columns
    -- may be more than their type holds.
    DECLARE v_sums TEXT CHARACTER SET utf8mb4 DEFAULT
        CASE _counter
            WHEN 'ipcttable' THEN '{fwd_packets} + {rev_packets}, {fwd_bytes} + {rev_bytes}'
            WHEN 'tcpcttable' THEN CONCAT('{fwd_packets} + {rev_packets}, {fwd_payload_bytes} + {rev_payload_bytes}',
                                          ' + {connections_opened} + {connections_timed_out}')
            WHEN 'tcprtttable' THEN '{samples}, {histogram_bucket * x.samples}'
            ELSE '{packets}, {bytes}' END;
    DECLARE v_preparedSums TEXT CHARACTER SET utf8mb4 DEFAULT
        CASE _counter
            WHEN 'tcpcttable' THEN REPLACE(v_sums, '_packets', '_tcp_packets')
            WHEN 'netflowtable' THEN '{fwd_packets} + {rev_packets}, {fwd_bytes} + {rev_bytes}'
            ELSE v_sums END;
    DECLARE v_isMarked VARCHAR(255) CHARACTER SET utf8mb4 DEFAULT
        CONCAT('EXISTS (SELECT 1 FROM {db}.retention_mark WHERE removed_before > ', QUOTE(DATE_FORMAT(_day, '%Y-%m-%d')),
               ' AND table_name = ''', _counter);
    DECLARE v_prepared VARCHAR(64) CHARACTER SET utf8mb4 DEFAULT
        CASE _counter
            WHEN 'tcprtttable' THEN 'activityrtt_1d'
            WHEN 'netflowtable' THEN 'activityvolumetable_netflow_1d'
            ELSE 'activityvolumetable_1d' END;

    CALL run_in(_dbName, CONCAT('SELECT ', v_isMarked, '_1h''), ', v_isMarked, '_1d'') INTO @trafmon_hours_marked, @trafmon_days_marked'));
    SET _hold = CASE WHEN NOT @trafmon_hours_marked THEN 'all' WHEN @trafmon_days_marked THEN 'neither' END;
    IF _hold IS NULL THEN
        SET v_sums = REPLACE(REPLACE(v_sums, '{', 'COALESCE(SUM(x.'), '}', '), 0)'),
            v_preparedSums = REPLACE(REPLACE(v_preparedSums, '{', 'COALESCE(SUM(x.'), '}', '), 0)');
        CALL run_in(_dbName, CONCAT('SELECT ', v_sums, ' INTO @trafmon_hours_n, @trafmon_hours_m FROM {db}.', _counter, '_1h x',
                                    v_account, ' WHERE ', v_span));
        CALL run_in(_dbName, CONCAT('SELECT ', v_sums, ' INTO @trafmon_days_n, @trafmon_days_m FROM {db}.', _counter, '_1d x',
                                    v_account, ' WHERE ', v_span));
        CALL run_in(_dbName, CONCAT('SELECT ', v_preparedSums, ' INTO @trafmon_made_n, @trafmon_made_m FROM {db}.', v_prepared,
                                    ' x WHERE ', v_span));
        SET _hold = CASE WHEN @trafmon_hours_n = @trafmon_days_n AND @trafmon_hours_m = @trafmon_days_m
                          AND @trafmon_made_n <= @trafmon_days_n AND @trafmon_made_m <= @trafmon_days_m THEN 'all'
                         WHEN @trafmon_hours_n + @trafmon_made_n = @trafmon_days_n
                          AND @trafmon_hours_m + @trafmon_made_m = @trafmon_days_m THEN 'late'
                         ELSE 'neither' END;
    END IF;
END$$
DELIMITER ;

-- Whether the table of days holds the packets and bytes of a partition of a counter's rows, minutes or hours. Tables that
-- have no days, and the days themselves, need no sum. May be run twice.
DROP PROCEDURE IF EXISTS is_summed;
DELIMITER $$
CREATE PROCEDURE is_summed(
    IN  _dbName     VARCHAR(64),   -- name that check_instance has accepted
    IN  _tableName  VARCHAR(64),   -- a table partitioned by RANGE (TO_DAYS(...))
    IN  _partition  VARCHAR(64),   -- one of its partitions
    IN  _lowerDays  INT,           -- its first day, as TO_DAYS counts
    IN  _upperDays  INT,           -- the first day after it
    OUT _isSummed   BOOLEAN
)
    COMMENT 'Tells whether the table of days holds the packets and bytes of a partition.'
    SQL SECURITY INVOKER
    READS SQL DATA
BEGIN
    DECLARE v_days VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
        DEFAULT CONCAT(REGEXP_REPLACE(_tableName, '_1[mh]$', ''), '_1d');
    DECLARE v_from VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
        DEFAULT CONCAT('{db}.`', REPLACE(_tableName, '`', '``'), '` PARTITION (', _partition, ')');
    DECLARE v_sums MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

    SET SESSION group_concat_max_len = 16777216;
    SELECT GROUP_CONCAT('COALESCE(SUM(`', d.COLUMN_NAME, '`), 0)' ORDER BY d.COLUMN_NAME SEPARATOR ', ')
      INTO v_sums
      FROM information_schema.COLUMNS d
      JOIN information_schema.COLUMNS f ON f.TABLE_SCHEMA = _dbName AND f.TABLE_NAME = _tableName
                                       AND f.COLUMN_NAME = d.COLUMN_NAME
     WHERE d.TABLE_SCHEMA = _dbName AND d.TABLE_NAME = v_days AND RIGHT(_tableName, 3) <> '_1d'
       -- NetFlow has no intervals: its rows are spread over the minutes of both sides of a midnight.
       AND (RIGHT(_tableName, 3) IN ('_1m', '_1h')
            OR EXISTS (SELECT 1 FROM information_schema.COLUMNS i
                        WHERE i.TABLE_SCHEMA = _dbName AND i.TABLE_NAME = _tableName AND i.COLUMN_NAME = 'interval_start'))
       AND d.COLUMN_NAME REGEXP '(packets|bytes|samples|requests|replies)$';
    SET _isSummed = TRUE;
    -- An empty one has nothing to lose: it is what an interrupted removal leaves.
    CALL run_in(_dbName, CONCAT('SELECT EXISTS (SELECT 1 FROM ', v_from, ') INTO @trafmon_has_rows'));
    IF v_sums IS NOT NULL AND @trafmon_has_rows THEN
        -- Minutes lack what came in longer intervals, and rows that come late make a new partition of a day whose others are
        -- gone: the days may hold more.
        CALL run_in(_dbName, CONCAT(
            'SELECT (SELECT CONCAT_WS('','', ', v_sums, ') FROM ', v_from, '), (SELECT CONCAT_WS('','', ', v_sums, ') FROM {db}.`', v_days, '` WHERE bucket_start >= FROM_DAYS(', _lowerDays,
            ') AND bucket_start < FROM_DAYS(', _upperDays, ')) INTO @trafmon_these, @trafmon_days'));
        SET _isSummed = holds_sums(@trafmon_days, @trafmon_these);
    END IF;
END$$
DELIMITER ;

-- Adds figures that a day's prepared tables hold to the temporary table activity_hour: what they were counted from has been
-- removed. From the table of days they stand under its first hour. Part of aggregate_day's transaction. Adds: once a
-- transaction.
DROP PROCEDURE IF EXISTS keep_figures;
DELIMITER $$
CREATE PROCEDURE keep_figures(
    IN _dbName   VARCHAR(64),    -- name that check_instance has accepted
    IN _prepared VARCHAR(64),    -- activityvolumetable_1h or _1d
    IN _day      DATE,           -- day, UTC
    IN _columns  VARCHAR(255)    -- which figures: a regular expression of their columns' names
)
    COMMENT 'Adds prepared figures of a day to activity_hour.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    -- Of two least or greatest ones, of which each is NULL without samples.
    DECLARE v_either VARCHAR(255) CHARACTER SET utf8mb4 DEFAULT
        '(COALESCE(activity_hour.'', name, '', VALUES('', name, '')), COALESCE(VALUES('', name, ''), activity_hour.'', name, ''))''';
    DECLARE v_from VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day, '%Y-%m-%d'));
    DECLARE v_until VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day + INTERVAL 1 DAY, '%Y-%m-%d'));

    SET SESSION group_concat_max_len = 16777216;
    CALL run_in(_dbName, CONCAT('
        SELECT GROUP_CONCAT(name), GROUP_CONCAT(''x.'', name), GROUP_CONCAT(''x.'', name, '' > 0'' SEPARATOR '' OR ''),
               GROUP_CONCAT(name, '' = '', CASE WHEN LOCATE(''_min_'', name) > 0 THEN CONCAT(''LEAST', v_either, ')
                                                WHEN LOCATE(''_max_'', name) > 0 THEN CONCAT(''GREATEST', v_either, ')
                                                ELSE CONCAT(''activity_hour.'', name, '' + VALUES('', name, '')'') END)
          INTO @trafmon_names, @trafmon_values, @trafmon_is_any, @trafmon_sums
          FROM (SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS
                 WHERE TABLE_SCHEMA = ', QUOTE(_dbName), ' AND TABLE_NAME = ', QUOTE(_prepared), '
                   AND DATA_TYPE = ''bigint'' AND COLUMN_NAME REGEXP ', QUOTE(_columns), ' LIMIT 100) figures'));
    CALL run_in(_dbName, CONCAT('
        INSERT INTO activity_hour (bucket_start, probe_no, class_no, src_address, dst_address, protocol, service,
               src_prefix_length, dst_prefix_length, ', @trafmon_names, ')
        SELECT x.bucket_start, x.probe_no, x.class_no, x.src_address, x.dst_address, x.protocol, x.service,
               x.src_prefix_length, x.dst_prefix_length, ', @trafmon_values, '
          FROM {db}.', _prepared, ' x
         WHERE (', @trafmon_is_any, ')
           AND x.bucket_start >= ', v_from, ' AND x.bucket_start < ', v_until, '
        ON DUPLICATE KEY UPDATE ', @trafmon_sums));
END$$
DELIMITER ;

-- Whether the prepared tables of a day must stay as they are, because retention has removed what they were made of, or is
-- about to. A day never made yet is made of what there is. Part of the transaction that would make them again, which has
-- read from these tables before it asks: a removal is noted first, and then waits for whoever has read. May be run twice.
DROP PROCEDURE IF EXISTS keeps_day;
DELIMITER $$
CREATE PROCEDURE keeps_day(
    IN  _dbName  VARCHAR(64),    -- name that check_instance has accepted
    IN  _source  VARCHAR(16),    -- probe or netflow
    IN  _day     DATE,           -- day, UTC
    IN  _tables  VARCHAR(255),   -- what it is made of: names, separated by commas
    OUT _isKept  BOOLEAN
)
    COMMENT 'Tells whether the prepared tables of a day must stay as they are.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    CALL run_in(_dbName, CONCAT('
        SELECT COUNT(*) > 0 INTO @trafmon_kept
          FROM {db}.retention_mark m
          JOIN {db}.aggregated_day a ON a.day < m.removed_before
         WHERE FIND_IN_SET(m.table_name, ', QUOTE(_tables), ')
           AND a.source = ', QUOTE(_source), ' AND a.day = ', QUOTE(DATE_FORMAT(_day, '%Y-%m-%d'))));
    SET _isKept = @trafmon_kept;
END$$
DELIMITER ;

-- Notes that partitions of a table are about to be emptied: the day up to which it is, the numbers of the records that go,
-- and of minutes of NetFlow the hours of files they belong to. In one transaction, and before the rows go: when the removal
-- is interrupted, the next one notes them again, with what came since. May be run twice. Commits what is open.
DROP PROCEDURE IF EXISTS mark_removed;
DELIMITER $$
CREATE PROCEDURE mark_removed(
    IN _dbName     VARCHAR(64),   -- name that check_instance has accepted
    IN _tableName  VARCHAR(64),   -- a table partitioned by RANGE (TO_DAYS(...))
    IN _partitions MEDIUMTEXT,    -- names of its partitions that go, separated by commas
    IN _limitDays  INT            -- first day that stays, as TO_DAYS counts
)
    COMMENT 'Notes what is about to be removed from a table.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_from MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
        DEFAULT CONCAT('{db}.`', REPLACE(_tableName, '`', '``'), '` PARTITION (', _partitions, ')');
    DECLARE v_hasRecords BOOLEAN;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
        RESIGNAL;
    END;

    -- NetFlow is replaced by the hour, not told apart by record.
    SELECT COUNT(*) = 2 INTO v_hasRecords
      FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = _dbName AND TABLE_NAME = _tableName AND TABLE_NAME <> 'netflowtable'
       AND COLUMN_NAME IN ('run_no', 'record_no');
    IF v_hasRecords THEN
        CALL removed_edges(_dbName, _tableName, v_from);
    END IF;

    START TRANSACTION;
    CALL run_in(_dbName, CONCAT('
        INSERT INTO {db}.retention_mark (table_name, removed_before, marked_at)
        VALUES (', QUOTE(_tableName), ', FROM_DAYS(', _limitDays, '), UTC_TIMESTAMP(6))
        ON DUPLICATE KEY UPDATE removed_before = GREATEST(removed_before, VALUES(removed_before)),
                                marked_at = VALUES(marked_at)'));
    IF v_hasRecords THEN
        CALL run_in(_dbName, CONCAT('DELETE r FROM {db}.removed_record r',
                                    ' JOIN (SELECT DISTINCT run_no FROM removed_edge) t ON t.run_no = r.run_no',
                                    ' WHERE r.table_name = ', QUOTE(_tableName)));
        -- Those that overlap or touch are made one: a range begins where the first one opens, and ends where none is open.
        CALL run_in(_dbName, CONCAT('
            INSERT INTO {db}.removed_record (table_name, run_no, first_record_no, last_record_no)
            SELECT ', QUOTE(_tableName), ', run_no, record_no, next_record_no - 1
              FROM (SELECT run_no, record_no, depth,
                           LEAD(record_no) OVER (PARTITION BY run_no ORDER BY record_no) AS next_record_no
                      FROM (SELECT run_no, record_no, opened,
                                   SUM(opened) OVER (PARTITION BY run_no ORDER BY record_no
                                                     ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS depth
                              FROM removed_edge
                             WHERE opened <> 0) steps
                     WHERE depth = 0 OR depth = opened) ends
             WHERE depth > 0'));
    END IF;
    IF _tableName = 'netflowtable_1m' THEN
        CALL run_in(_dbName, CONCAT('INSERT IGNORE INTO {db}.removed_netflow_hour (probe_no, exporter, file_hour)',
                                    ' SELECT DISTINCT probe_no, exporter, file_hour FROM ', v_from));
    END IF;
    COMMIT;
    DROP TEMPORARY TABLE IF EXISTS removed_edge;
END$$
DELIMITER ;

-- The newest day up to today, UTC, that a table partitioned by RANGE (TO_DAYS(...)) holds rows of, as TO_DAYS counts; NULL
-- when there is none. Ages are counted from it. Counted from today, captures of another year would be old as soon as they
-- are loaded; counted from the newest of all, one record of a clock gone wrong would make everything else old. Looks into
-- the partitions from the newest on. May be run twice.
DROP PROCEDURE IF EXISTS newest_day;
DELIMITER $$
CREATE PROCEDURE newest_day(
    IN  _dbName    VARCHAR(64),   -- name that check_instance has accepted
    IN  _tableName VARCHAR(64),   -- a table partitioned by RANGE
    OUT _day       INT
)
    COMMENT 'Tells the newest day up to today that a partitioned table holds rows of.'
    SQL SECURITY INVOKER
    READS SQL DATA
BEGIN
    DECLARE v_partition VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    DECLARE v_expression VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    DECLARE c_partitions CURSOR FOR
        SELECT PARTITION_NAME, PARTITION_EXPRESSION
          FROM information_schema.PARTITIONS
         WHERE TABLE_SCHEMA = _dbName AND TABLE_NAME = _tableName AND PARTITION_METHOD = 'RANGE'
         ORDER BY PARTITION_ORDINAL_POSITION DESC;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;

    SET @trafmon_newest = NULL;
    OPEN c_partitions;
    each_partition: LOOP
        FETCH c_partitions INTO v_partition, v_expression;
        IF v_done OR @trafmon_newest IS NOT NULL THEN
            LEAVE each_partition;
        END IF;
        CALL run_in(_dbName, CONCAT('SELECT MAX(', v_expression, ') INTO @trafmon_newest FROM {db}.`',
                                    REPLACE(_tableName, '`', '``'), '` PARTITION (', v_partition, ') WHERE ',
                                    v_expression, ' <= ', TO_DAYS(UTC_DATE())));
    END LOOP;
    CLOSE c_partitions;
    SET _day = @trafmon_newest;
END$$
DELIMITER ;

-- Makes room for days in a table partitioned by RANGE (TO_DAYS(...)): splits partitions off the empty ones that cover
-- unused ranges. A server can append RANGE partitions only at the top, so the ranges between and around the used ones
-- are covered by gap partitions: gYYYYMMDD ends before that day, gmax has no end. Only gaps are ever split, and they are
-- empty, so no row moves. Partitions of data are a day (pYYYYMMDD), for tables in _1h a month (pYYYYMM), in _1d a year
-- (pYYYY). May be run twice. DDL: commits what is open.
DROP PROCEDURE IF EXISTS partition_add;
DELIMITER $$
CREATE PROCEDURE partition_add(
    IN _dbName    VARCHAR(64),
    IN _tableName VARCHAR(64),
    IN _days      MEDIUMTEXT    -- days YYYY-MM-DD, separated by commas, in any order
)
    COMMENT 'Splits partitions for the given days off the empty ones of a table.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_partitions INT DEFAULT 0;
    DECLARE v_rest MEDIUMTEXT CHARACTER SET ascii DEFAULT _days;
    DECLARE v_day DATE;
    DECLARE v_lower, v_upper DATE;
    DECLARE v_name VARCHAR(16) CHARACTER SET ascii;
    DECLARE v_gap VARCHAR(64) CHARACTER SET ascii;
    DECLARE v_pieces MEDIUMTEXT CHARACTER SET ascii;
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    DECLARE c_split CURSOR FOR
        SELECT gap, CONCAT(GROUP_CONCAT(
                        IF(lower_days > below,
                           CONCAT('PARTITION g', DATE_FORMAT(FROM_DAYS(lower_days), '%Y%m%d'),
                                  ' VALUES LESS THAN (', lower_days, '), '), ''),
                        'PARTITION ', name, ' VALUES LESS THAN (', upper_days, ')'
                        ORDER BY lower_days SEPARATOR ', '),
                    IF(MAX(upper_days) < MAX(gap_upper),
                       CONCAT(', PARTITION ', gap, ' VALUES LESS THAN ',
                              IF(MAX(gap_upper) = 2147483647, 'MAXVALUE', CONCAT('(', MAX(gap_upper), ')'))), ''))
          FROM (SELECT w.name, w.lower_days, w.upper_days, g.name AS gap, g.upper_days AS gap_upper,
                       COALESCE(LAG(w.upper_days) OVER (PARTITION BY g.name ORDER BY w.lower_days),
                                g.lower_days) AS below
                  FROM partition_wanted w
                  JOIN partition_present g ON w.lower_days >= g.lower_days AND w.lower_days < g.upper_days
                 WHERE g.name LIKE 'g%') pieces
         GROUP BY gap;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;

    CALL check_instance(_dbName);
    SELECT COUNT(*) INTO v_partitions
      FROM information_schema.PARTITIONS
     WHERE TABLE_SCHEMA = _dbName AND TABLE_NAME = _tableName AND PARTITION_METHOD = 'RANGE';
    IF v_partitions = 0 THEN
        SIGNAL SQLSTATE '45000'
           SET MESSAGE_TEXT = 'NOT_PARTITIONED: the table does not exist or is not partitioned by RANGE';
    END IF;

    SET SESSION group_concat_max_len = 16777216;
    DROP TEMPORARY TABLE IF EXISTS partition_wanted;
    CREATE TEMPORARY TABLE partition_wanted (
      name VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      lower_days INT NOT NULL PRIMARY KEY,
      upper_days INT NOT NULL
    );
    WHILE v_rest <> '' DO
        SET v_day = CAST(SUBSTRING_INDEX(v_rest, ',', 1) AS DATE);
        SET v_rest = SUBSTRING(v_rest, CHAR_LENGTH(SUBSTRING_INDEX(v_rest, ',', 1)) + 2);
        IF v_day IS NULL THEN
            SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'NOT_A_DAY: days are YYYY-MM-DD, separated by commas';
        END IF;
        IF RIGHT(_tableName, 3) = '_1d' THEN
            SET v_lower = MAKEDATE(YEAR(v_day), 1), v_name = DATE_FORMAT(v_day, 'p%Y');
            SET v_upper = v_lower + INTERVAL 1 YEAR;
        ELSEIF RIGHT(_tableName, 3) = '_1h' THEN
            SET v_lower = v_day - INTERVAL DAYOFMONTH(v_day) - 1 DAY, v_name = DATE_FORMAT(v_day, 'p%Y%m');
            SET v_upper = v_lower + INTERVAL 1 MONTH;
        ELSE
            SET v_lower = v_day, v_name = DATE_FORMAT(v_day, 'p%Y%m%d');
            SET v_upper = v_lower + INTERVAL 1 DAY;
        END IF;
        INSERT IGNORE INTO partition_wanted VALUES (v_name, TO_DAYS(v_lower), TO_DAYS(v_upper));
    END WHILE;

    DROP TEMPORARY TABLE IF EXISTS partition_present;
    CREATE TEMPORARY TABLE partition_present (
      name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      lower_days INT NOT NULL,
      upper_days INT NOT NULL
    );
    INSERT INTO partition_present
    SELECT PARTITION_NAME, COALESCE(LAG(upper_days) OVER (ORDER BY upper_days), -1), upper_days
      FROM (SELECT PARTITION_NAME,
                   IF(PARTITION_DESCRIPTION = 'MAXVALUE', 2147483647, CAST(PARTITION_DESCRIPTION AS SIGNED)) AS upper_days
              FROM information_schema.PARTITIONS
             WHERE TABLE_SCHEMA = _dbName AND TABLE_NAME = _tableName) p;

    OPEN c_split;
    each_gap: LOOP
        FETCH c_split INTO v_gap, v_pieces;
        IF v_done THEN
            LEAVE each_gap;
        END IF;
        CALL run_in(_dbName, CONCAT('ALTER TABLE {db}.`', REPLACE(_tableName, '`', '``'), '` REORGANIZE PARTITION ',
                                    v_gap, ' INTO (', v_pieces, ')'));
    END LOOP;
    CLOSE c_split;
    DROP TEMPORARY TABLE partition_wanted;
    DROP TEMPORARY TABLE partition_present;
END$$
DELIMITER ;

-- Makes the rows of one rollup of ipcttable again for the flows and times in the temporary table ftp_touched. Days that the
-- rollup holds no more stay away. Part of the caller's transaction. May be run twice.
DROP PROCEDURE IF EXISTS rebuild_ipct_rollup;
DELIMITER $$
CREATE PROCEDURE rebuild_ipct_rollup(
    IN _dbName   VARCHAR(64),   -- name that check_instance has accepted
    IN _rollup   VARCHAR(64),   -- ipcttable_1m, _1h or _1d
    IN _bucket_s INT            -- length of its buckets, seconds: a divisor of a day
)
    COMMENT 'Rebuilds rows of a rollup of ipcttable.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_bucket VARCHAR(255) CHARACTER SET utf8mb4
        DEFAULT CONCAT('DATE(interval_start) + INTERVAL TIME_TO_SEC(TIME(interval_start)) DIV ', _bucket_s, ' * ', _bucket_s,
                       ' SECOND');

    DROP TEMPORARY TABLE IF EXISTS rollup_touched;
    CREATE TEMPORARY TABLE rollup_touched (
      flow_no BIGINT UNSIGNED NOT NULL,
      bucket_start DATETIME NOT NULL,
      PRIMARY KEY (flow_no, bucket_start)
    );
    CALL run_in(_dbName, CONCAT('DO (SELECT 1 FROM {db}.', _rollup, ' WHERE FALSE)'));
    CALL run_in(_dbName, CONCAT('
        INSERT INTO rollup_touched
        SELECT DISTINCT flow_no, ', v_bucket, '
          FROM ftp_touched
         WHERE interval_start >= (SELECT COALESCE(MAX(removed_before), ''1000-01-01'') FROM {db}.retention_mark
                                   WHERE table_name = ''', _rollup, ''')'));
    CALL run_in(_dbName, CONCAT('
        DELETE x FROM {db}.', _rollup, ' x
          JOIN rollup_touched t ON t.flow_no = x.flow_no AND t.bucket_start = x.bucket_start'));
    CALL run_in(_dbName, CONCAT('
        INSERT INTO {db}.', _rollup, ' (flow_no, bucket_start, attributed_flow_no, fwd_packets, rev_packets, fwd_bytes, rev_bytes,
               fwd_fragments, rev_fragments, fwd_duplicate_packets, rev_duplicate_packets, fwd_duplicate_bytes,
               rev_duplicate_bytes, first, last)
        SELECT x.flow_no, t.bucket_start, x.attributed_flow_no, SUM(x.fwd_packets), SUM(x.rev_packets),
               SUM(x.fwd_bytes), SUM(x.rev_bytes), SUM(x.fwd_fragments), SUM(x.rev_fragments),
               SUM(x.fwd_duplicate_packets), SUM(x.rev_duplicate_packets), SUM(x.fwd_duplicate_bytes),
               SUM(x.rev_duplicate_bytes), MIN(x.first), MAX(x.last)
          FROM rollup_touched t
          JOIN {db}.ipcttable x ON x.flow_no = t.flow_no AND x.interval_start >= t.bucket_start
               AND x.interval_start < t.bucket_start + INTERVAL ', _bucket_s, ' SECOND
         -- An interval longer than the bucket fills the longer buckets only.
         WHERE x.interval_s <= ', _bucket_s, '
         GROUP BY 1, 2, 3'));
    DROP TEMPORARY TABLE rollup_touched;
END$$
DELIMITER ;

-- Lets loaders in again after hold_loaders; does nothing when they are not held. May be run twice.
DROP PROCEDURE IF EXISTS release_loaders;
DELIMITER $$
CREATE PROCEDURE release_loaders(
    IN _dbName VARCHAR(64)   -- name that check_instance has accepted
)
    COMMENT 'Gives back the lock that hold_loaders took.'
    SQL SECURITY INVOKER
    NO SQL
BEGIN
    DO RELEASE_LOCK(CONCAT('trafMon_flows_', LEFT(SHA2(_dbName, 256), 32)));
END$$
DELIMITER ;

-- Makes the temporary table removed_edge: where ranges of numbers of records begin and end, of those in some partitions and
-- of those noted of the same runs already. May be run twice.
--
-- A run's records lie close together, so most blocks of numbers are there whole: only the others are looked at one by one,
-- and no more is sorted than these.
DROP PROCEDURE IF EXISTS removed_edges;
DELIMITER $$
CREATE PROCEDURE removed_edges(
    IN _dbName    VARCHAR(64),   -- name that check_instance has accepted
    IN _tableName VARCHAR(64),   -- a table of rows as measured
    IN _from      MEDIUMTEXT     -- the table with its partitions, as after FROM
)
    COMMENT 'Finds the ranges of the records in some partitions of a table.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DROP TEMPORARY TABLE IF EXISTS removed_block;
    CREATE TEMPORARY TABLE removed_block (
      run_no INT UNSIGNED NOT NULL,
      block BIGINT UNSIGNED NOT NULL,
      first_record_no BIGINT UNSIGNED NOT NULL,
      last_record_no BIGINT UNSIGNED NOT NULL,
      is_whole BOOLEAN NOT NULL,
      PRIMARY KEY (run_no, block)
    );
    DROP TEMPORARY TABLE IF EXISTS removed_edge;
    CREATE TEMPORARY TABLE removed_edge (
      run_no INT UNSIGNED NOT NULL,
      record_no BIGINT UNSIGNED NOT NULL,
      opened INT NOT NULL COMMENT 'ranges that begin with this number, less those that ended with the one before',
      PRIMARY KEY (run_no, record_no)
    );
    CALL run_in(_dbName, CONCAT('
        INSERT INTO removed_block
        SELECT run_no, record_no DIV 4096, MIN(record_no), MAX(record_no), COUNT(*) = MAX(record_no) - MIN(record_no) + 1
          FROM ', _from, '
         GROUP BY 1, 2'));
    CALL add_edges(_dbName, 'SELECT run_no, first_record_no, last_record_no FROM removed_block WHERE is_whole');
    IF EXISTS (SELECT 1 FROM removed_block WHERE NOT is_whole) THEN
        -- Numbers in a row have the same distance to their place.
        CALL add_edges(_dbName, CONCAT('
            SELECT run_no, MIN(record_no) AS first_record_no, MAX(record_no) AS last_record_no
              FROM (SELECT run_no, record_no,
                           CAST(record_no AS DECIMAL(20)) - ROW_NUMBER() OVER (PARTITION BY run_no ORDER BY record_no)
                               AS distance
                      FROM (SELECT DISTINCT x.run_no, x.record_no
                              FROM ', _from, ' x
                              JOIN removed_block b ON b.run_no = x.run_no AND b.block = x.record_no DIV 4096
                             WHERE NOT b.is_whole) numbers) placed
             GROUP BY run_no, distance'));
    END IF;
    CALL add_edges(_dbName, CONCAT('
        SELECT r.run_no, r.first_record_no, r.last_record_no
          FROM {db}.removed_record r
          JOIN (SELECT DISTINCT run_no FROM removed_block) b ON b.run_no = r.run_no
         WHERE r.table_name = ', QUOTE(_tableName)));
    DROP TEMPORARY TABLE removed_block;
END$$
DELIMITER ;

-- Runs one statement in a runtime database: {db} stands for its name, which the caller has checked. May be run twice
-- where the statement may. @trafmon_rows tells the rows affected.
DROP PROCEDURE IF EXISTS run_in;
DELIMITER $$
CREATE PROCEDURE run_in(
    IN _dbName    VARCHAR(64),   -- name that check_instance has accepted
    IN _statement MEDIUMTEXT     -- one statement, values already quoted
)
    COMMENT 'Runs one statement with {db} replaced by the back-quoted database name.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    -- PREPARE takes no local variable.
    SET @trafmon_statement = REPLACE(_statement, '{db}', CONCAT('`', REPLACE(_dbName, '`', '``'), '`'));
    PREPARE trafmon_prepared FROM @trafmon_statement;
    EXECUTE trafmon_prepared;
    SET @trafmon_rows = ROW_COUNT();
    DEALLOCATE PREPARE trafmon_prepared;
    SET @trafmon_statement = NULL;
END$$
DELIMITER ;

-- Puts the hours in the temporary table activity_hour into activityvolumetable_1h in place of what the day held, with the
-- names of probe and class and the description of both peers, and adds them up in activityvolumetable_1d. Part of
-- aggregate_day's transaction. May be run twice.
DROP PROCEDURE IF EXISTS store_activity;
DELIMITER $$
CREATE PROCEDURE store_activity(
    IN _dbName VARCHAR(64),   -- name that check_instance has accepted
    IN _day    DATE           -- day, UTC
)
    COMMENT 'Replaces the day in activityvolumetable by what is in activity_hour.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_from VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day, '%Y-%m-%d'));
    DECLARE v_until VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day + INTERVAL 1 DAY, '%Y-%m-%d'));
    DECLARE v_span VARCHAR(128) CHARACTER SET utf8mb4
        DEFAULT CONCAT('x.bucket_start >= ', v_from, ' AND x.bucket_start < ', v_until);

    CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.activityvolumetable_1h x WHERE ', v_span));
    CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.activityvolumetable_1d x WHERE ', v_span));
    CALL run_in(_dbName, '
        INSERT INTO {db}.activityvolumetable_1h
              (bucket_start, probe_no, probe, class_no, class, src_address, dst_address, protocol, protocol_name,
               service, src_prefix_length, dst_prefix_length, fwd_packets, fwd_bytes, rev_packets, rev_bytes,
               fwd_duplicate_packets, fwd_duplicate_bytes, rev_duplicate_packets, rev_duplicate_bytes,
               connections_opened, connections_established, connections_closed, connections_reset,
               connections_refused, connections_timed_out, fwd_payload_bytes, fwd_unique_payload_bytes,
               fwd_tcp_packets, fwd_retransmitted_segments, fwd_retransmitted_bytes, fwd_out_of_order_segments,
               fwd_duplicate_acks, fwd_zero_windows, fwd_rtt_samples, fwd_rtt_sum_ns, fwd_rtt_min_ns, fwd_rtt_max_ns,
               rev_payload_bytes, rev_unique_payload_bytes, rev_tcp_packets, rev_retransmitted_segments,
               rev_retransmitted_bytes, rev_out_of_order_segments, rev_duplicate_acks, rev_zero_windows,
               rev_rtt_samples, rev_rtt_sum_ns, rev_rtt_min_ns, rev_rtt_max_ns, ftp_transfers_started,
               ftp_transfers_completed, ftp_transfers_failed, ftp_transfers_aborted, ftp_transfers_unseen, ftp_bytes,
               ftp_duration_ns, src_host_name, src_activity, src_location, src_country, src_city, src_asn,
               src_as_name, dst_host_name, dst_activity, dst_location, dst_country, dst_city, dst_asn, dst_as_name)
        SELECT h.bucket_start, h.probe_no, p.name, h.class_no, c.name, h.src_address, h.dst_address, h.protocol,
               protocol_name(IF(h.protocol = 256, NULL, h.protocol)), h.service,
               h.src_prefix_length, h.dst_prefix_length, h.fwd_packets, h.fwd_bytes, h.rev_packets, h.rev_bytes,
               h.fwd_duplicate_packets, h.fwd_duplicate_bytes, h.rev_duplicate_packets, h.rev_duplicate_bytes,
               h.connections_opened, h.connections_established, h.connections_closed, h.connections_reset,
               h.connections_refused, h.connections_timed_out, h.fwd_payload_bytes, h.fwd_unique_payload_bytes,
               h.fwd_tcp_packets, h.fwd_retransmitted_segments, h.fwd_retransmitted_bytes,
               h.fwd_out_of_order_segments, h.fwd_duplicate_acks, h.fwd_zero_windows, h.fwd_rtt_samples,
               h.fwd_rtt_sum_ns, h.fwd_rtt_min_ns, h.fwd_rtt_max_ns, h.rev_payload_bytes, h.rev_unique_payload_bytes,
               h.rev_tcp_packets, h.rev_retransmitted_segments, h.rev_retransmitted_bytes,
               h.rev_out_of_order_segments, h.rev_duplicate_acks, h.rev_zero_windows, h.rev_rtt_samples,
               h.rev_rtt_sum_ns, h.rev_rtt_min_ns, h.rev_rtt_max_ns, h.ftp_transfers_started,
               h.ftp_transfers_completed, h.ftp_transfers_failed, h.ftp_transfers_aborted, h.ftp_transfers_unseen,
               h.ftp_bytes, h.ftp_duration_ns,
               s.host_name, s.activity, s.location, s.country, s.city, s.asn, s.as_name, d.host_name, d.activity,
               d.location, d.country, d.city, d.asn, d.as_name
          FROM activity_hour h
          JOIN {db}.probe p ON p.probe_no = h.probe_no
          JOIN {db}.flow_class c ON c.class_no = h.class_no
          LEFT JOIN {db}.ipInfotable s ON s.address = h.src_address
          LEFT JOIN {db}.ipInfotable d ON d.address = h.dst_address');
    CALL run_in(_dbName, CONCAT('
        INSERT INTO {db}.activityvolumetable_1d
              (bucket_start, probe_no, probe, class_no, class, src_address, dst_address, protocol, protocol_name,
               service, src_prefix_length, dst_prefix_length, fwd_packets, fwd_bytes, rev_packets, rev_bytes,
               fwd_duplicate_packets, fwd_duplicate_bytes, rev_duplicate_packets, rev_duplicate_bytes,
               connections_opened, connections_established, connections_closed, connections_reset,
               connections_refused, connections_timed_out, fwd_payload_bytes, fwd_unique_payload_bytes,
               fwd_tcp_packets, fwd_retransmitted_segments, fwd_retransmitted_bytes, fwd_out_of_order_segments,
               fwd_duplicate_acks, fwd_zero_windows, fwd_rtt_samples, fwd_rtt_sum_ns, fwd_rtt_min_ns, fwd_rtt_max_ns,
               rev_payload_bytes, rev_unique_payload_bytes, rev_tcp_packets, rev_retransmitted_segments,
               rev_retransmitted_bytes, rev_out_of_order_segments, rev_duplicate_acks, rev_zero_windows,
               rev_rtt_samples, rev_rtt_sum_ns, rev_rtt_min_ns, rev_rtt_max_ns, ftp_transfers_started,
               ftp_transfers_completed, ftp_transfers_failed, ftp_transfers_aborted, ftp_transfers_unseen, ftp_bytes,
               ftp_duration_ns, src_host_name, src_activity, src_location, src_country, src_city, src_asn,
               src_as_name, dst_host_name, dst_activity, dst_location, dst_country, dst_city, dst_asn, dst_as_name)
        SELECT ', v_from, ', probe_no, MAX(probe), class_no, MAX(class), src_address, dst_address, protocol,
               MAX(protocol_name), service,
               MAX(src_prefix_length), MAX(dst_prefix_length), SUM(fwd_packets), SUM(fwd_bytes), SUM(rev_packets),
               SUM(rev_bytes), SUM(fwd_duplicate_packets), SUM(fwd_duplicate_bytes), SUM(rev_duplicate_packets),
               SUM(rev_duplicate_bytes), SUM(connections_opened), SUM(connections_established),
               SUM(connections_closed), SUM(connections_reset), SUM(connections_refused), SUM(connections_timed_out),
               SUM(fwd_payload_bytes), SUM(fwd_unique_payload_bytes), SUM(fwd_tcp_packets),
               SUM(fwd_retransmitted_segments), SUM(fwd_retransmitted_bytes), SUM(fwd_out_of_order_segments),
               SUM(fwd_duplicate_acks), SUM(fwd_zero_windows), SUM(fwd_rtt_samples), SUM(fwd_rtt_sum_ns),
               MIN(fwd_rtt_min_ns), MAX(fwd_rtt_max_ns), SUM(rev_payload_bytes), SUM(rev_unique_payload_bytes),
               SUM(rev_tcp_packets), SUM(rev_retransmitted_segments), SUM(rev_retransmitted_bytes),
               SUM(rev_out_of_order_segments), SUM(rev_duplicate_acks), SUM(rev_zero_windows), SUM(rev_rtt_samples),
               SUM(rev_rtt_sum_ns), MIN(rev_rtt_min_ns), MAX(rev_rtt_max_ns), SUM(ftp_transfers_started),
               SUM(ftp_transfers_completed), SUM(ftp_transfers_failed), SUM(ftp_transfers_aborted),
               SUM(ftp_transfers_unseen), SUM(ftp_bytes), SUM(ftp_duration_ns), MAX(src_host_name), MAX(src_activity),
               MAX(src_location), MAX(src_country), MAX(src_city), MAX(src_asn), MAX(src_as_name), MAX(dst_host_name),
               MAX(dst_activity), MAX(dst_location), MAX(dst_country), MAX(dst_city), MAX(dst_asn), MAX(dst_as_name)
          FROM {db}.activityvolumetable_1h x
         WHERE ', v_span, '
         GROUP BY probe_no, class_no, src_address, dst_address, protocol, service'));
END$$
DELIMITER ;

-- Warns, last of all a procedure does, of what it left out of the range that it was asked for. May be run twice.
DROP PROCEDURE IF EXISTS warn_of_range;
DELIMITER $$
CREATE PROCEDURE warn_of_range(
    IN _isCut    BOOLEAN,   -- whether day_range has cut the end
    IN _keptDays INT        -- days that stay as they were, because hours were removed that they lack, or sums are too large
)
    COMMENT 'Warns of days that were left out of a range.'
    SQL SECURITY INVOKER
    NO SQL
BEGIN
    DECLARE v_message VARCHAR(128) CHARACTER SET utf8mb4 DEFAULT
        CONCAT_WS('; ', IF(_isCut, 'RANGE_CUT: the range ends yesterday, UTC; later days are not complete', NULL),
                  IF(_keptDays > 0, 
                              CONCAT('DAYS_KEPT: ', _keptDays, ' days stay as made: hours were removed too early, or sums are beyond 2^64'), NULL));
    IF v_message <> '' THEN
        SIGNAL SQLSTATE '01000' SET MESSAGE_TEXT = v_message;
    END IF;
END$$
DELIMITER ;

-- Produced from etc/services.tsv. Rows that exist stay: they may have been tuned.
INSERT IGNORE INTO protocol_table (protocol, port, service, precedence)
VALUES
  (6, 7, 'echo', 20),
  (6, 9, 'discard', 20),
  (6, 13, 'daytime', 20),
  (6, 19, 'chargen', 20),
  (6, 20, 'ftp-data', 10),
  (6, 21, 'ftp', 10),
  (6, 22, 'ssh', 10),
  (6, 23, 'telnet', 20),
  (6, 25, 'smtp', 10),
  (6, 37, 'time', 20),
  (6, 43, 'whois', 20),
  (6, 49, 'tacacs', 20),
  (6, 53, 'dns', 10),
  (6, 70, 'gopher', 20),
  (6, 79, 'finger', 20),
  (6, 80, 'http', 10),
  (6, 88, 'kerberos', 20),
  (6, 110, 'pop3', 20),
  (6, 111, 'rpcbind', 20),
  (6, 113, 'ident', 20),
  (6, 119, 'nntp', 20),
  (6, 135, 'epmap', 20),
  (6, 137, 'netbios-ns', 20),
  (6, 139, 'netbios-ssn', 20),
  (6, 143, 'imap', 20),
  (6, 161, 'snmp', 10),
  (6, 162, 'snmp-trap', 10),
  (6, 179, 'bgp', 20),
  (6, 194, 'irc', 20),
  (6, 389, 'ldap', 20),
  (6, 427, 'svrloc', 20),
  (6, 443, 'https', 10),
  (6, 445, 'smb', 20),
  (6, 464, 'kpasswd', 20),
  (6, 465, 'smtps', 20),
  (6, 513, 'rlogin', 20),
  (6, 514, 'shell', 20),
  (6, 515, 'printer', 20),
  (6, 554, 'rtsp', 20),
  (6, 563, 'nntps', 20),
  (6, 587, 'submission', 20),
  (6, 631, 'ipp', 20),
  (6, 636, 'ldaps', 20),
  (6, 646, 'ldp', 20),
  (6, 830, 'netconf-ssh', 30),
  (6, 853, 'dns-over-tls', 20),
  (6, 873, 'rsync', 20),
  (6, 989, 'ftps-data', 20),
  (6, 990, 'ftps', 20),
  (6, 992, 'telnets', 20),
  (6, 993, 'imaps', 20),
  (6, 995, 'pop3s', 20),
  (6, 1080, 'socks', 30),
  (6, 1099, 'rmi', 30),
  (6, 1194, 'openvpn', 30),
  (6, 1433, 'mssql', 30),
  (6, 1521, 'oracle', 30),
  (6, 1723, 'pptp', 30),
  (6, 1883, 'mqtt', 30),
  (6, 2049, 'nfs', 30),
  (6, 2181, 'zookeeper', 30),
  (6, 2375, 'docker', 30),
  (6, 2376, 'docker', 30),
  (6, 2379, 'etcd', 30),
  (6, 2380, 'etcd', 30),
  (6, 3000, 'grafana', 40),
  (6, 3128, 'http-alt', 40),
  (6, 3260, 'iscsi', 30),
  (6, 3300, 'ceph-mon', 30),
  (6, 3306, 'mysql', 30),
  (6, 3389, 'rdp', 30),
  (6, 3478, 'stun', 30),
  (6, 3690, 'svn', 30),
  (6, 3868, 'diameter', 30),
  (6, 4443, 'https-alt', 40),
  (6, 4505, 'salt', 30),
  (6, 4506, 'salt', 30),
  (6, 4739, 'ipfix', 30),
  (6, 5000, 'upnp', 40),
  (6, 5001, 'iperf', 30),
  (6, 5060, 'sip', 30),
  (6, 5061, 'sips', 30),
  (6, 5201, 'iperf3', 30),
  (6, 5222, 'xmpp-client', 30),
  (6, 5269, 'xmpp-server', 30),
  (6, 5355, 'llmnr', 30),
  (6, 5432, 'postgresql', 30),
  (6, 5666, 'nagios-nrpe', 30),
  (6, 5671, 'amqps', 30),
  (6, 5672, 'amqp', 30),
  (6, 5900, 'vnc', 30),
  (6, 5984, 'couchdb', 30),
  (6, 5985, 'winrm', 30),
  (6, 5986, 'winrm', 30),
  (6, 6000, 'x11', 30),
  (6, 6379, 'redis', 30),
  (6, 6443, 'kube-apiserver', 30),
  (6, 6514, 'syslog-tls', 40),
  (6, 6667, 'irc', 30),
  (6, 6697, 'ircs', 30),
  (6, 6789, 'ceph-mon', 30),
  (6, 6881, 'bittorrent', 40),
  (6, 6882, 'bittorrent', 40),
  (6, 6883, 'bittorrent', 40),
  (6, 6884, 'bittorrent', 40),
  (6, 6885, 'bittorrent', 40),
  (6, 6886, 'bittorrent', 40),
  (6, 6887, 'bittorrent', 40),
  (6, 6888, 'bittorrent', 40),
  (6, 6889, 'bittorrent', 40),
  (6, 6969, 'bittorrent-tracker', 30),
  (6, 8000, 'http-alt', 40),
  (6, 8008, 'http-alt', 40),
  (6, 8080, 'http-alt', 40),
  (6, 8081, 'http-alt', 40),
  (6, 8086, 'influxdb', 30),
  (6, 8140, 'puppet', 30),
  (6, 8300, 'consul', 30),
  (6, 8301, 'consul', 30),
  (6, 8302, 'consul', 30),
  (6, 8443, 'https-alt', 40),
  (6, 8883, 'mqtts', 30),
  (6, 8888, 'http-alt', 40),
  (6, 9042, 'cassandra', 30),
  (6, 9090, 'prometheus', 40),
  (6, 9092, 'kafka', 30),
  (6, 9100, 'jetdirect', 40),
  (6, 9101, 'bacula', 30),
  (6, 9102, 'bacula', 30),
  (6, 9103, 'bacula', 30),
  (6, 9200, 'elasticsearch', 30),
  (6, 9300, 'elasticsearch', 30),
  (6, 9418, 'git', 30),
  (6, 10050, 'zabbix-agent', 30),
  (6, 10051, 'zabbix-server', 30),
  (6, 10161, 'snmp-tls', 30),
  (6, 10162, 'snmp-tls', 30),
  (6, 11211, 'memcached', 30),
  (6, 24007, 'glusterfs', 30),
  (6, 25565, 'minecraft', 30),
  (6, 27017, 'mongodb', 30),
  (17, 7, 'echo', 20),
  (17, 9, 'discard', 20),
  (17, 13, 'daytime', 20),
  (17, 19, 'chargen', 20),
  (17, 37, 'time', 20),
  (17, 49, 'tacacs', 20),
  (17, 53, 'dns', 10),
  (17, 67, 'dhcp', 10),
  (17, 68, 'dhcp', 10),
  (17, 69, 'tftp', 20),
  (17, 88, 'kerberos', 20),
  (17, 111, 'rpcbind', 20),
  (17, 123, 'ntp', 10),
  (17, 135, 'epmap', 20),
  (17, 137, 'netbios-ns', 20),
  (17, 138, 'netbios-dgm', 20),
  (17, 161, 'snmp', 10),
  (17, 162, 'snmp-trap', 10),
  (17, 177, 'xdmcp', 20),
  (17, 319, 'ptp', 20),
  (17, 320, 'ptp', 20),
  (17, 389, 'ldap', 20),
  (17, 427, 'svrloc', 20),
  (17, 443, 'https', 10),
  (17, 445, 'smb', 20),
  (17, 464, 'kpasswd', 20),
  (17, 500, 'isakmp', 20),
  (17, 514, 'syslog', 20),
  (17, 520, 'rip', 20),
  (17, 521, 'ripng', 20),
  (17, 546, 'dhcpv6', 20),
  (17, 547, 'dhcpv6', 20),
  (17, 554, 'rtsp', 20),
  (17, 631, 'ipp', 20),
  (17, 646, 'ldp', 20),
  (17, 698, 'olsr', 20),
  (17, 853, 'dns-over-tls', 20),
  (17, 1194, 'openvpn', 30),
  (17, 1434, 'mssql-monitor', 30),
  (17, 1701, 'l2tp', 30),
  (17, 1812, 'radius', 30),
  (17, 1813, 'radius-acct', 30),
  (17, 1900, 'ssdp', 30),
  (17, 1985, 'hsrp', 30),
  (17, 2049, 'nfs', 30),
  (17, 2055, 'netflow', 30),
  (17, 2123, 'gtp-control', 30),
  (17, 2152, 'gtp-user', 30),
  (17, 3386, 'gtp-prime', 30),
  (17, 3389, 'rdp', 30),
  (17, 3478, 'stun', 30),
  (17, 3544, 'teredo', 30),
  (17, 3702, 'wsd', 30),
  (17, 3784, 'bfd', 30),
  (17, 3785, 'bfd-echo', 40),
  (17, 4500, 'ipsec-nat-t', 30),
  (17, 4739, 'ipfix', 30),
  (17, 4789, 'vxlan', 30),
  (17, 5001, 'iperf', 30),
  (17, 5004, 'rtp', 40),
  (17, 5005, 'rtcp', 40),
  (17, 5060, 'sip', 30),
  (17, 5061, 'sips', 30),
  (17, 5201, 'iperf3', 30),
  (17, 5353, 'mdns', 30),
  (17, 5355, 'llmnr', 30),
  (17, 5683, 'coap', 30),
  (17, 5684, 'coaps', 30),
  (17, 6081, 'geneve', 30),
  (17, 6343, 'sflow', 30),
  (17, 6881, 'bittorrent', 40),
  (17, 6882, 'bittorrent', 40),
  (17, 6883, 'bittorrent', 40),
  (17, 6884, 'bittorrent', 40),
  (17, 6885, 'bittorrent', 40),
  (17, 6886, 'bittorrent', 40),
  (17, 6887, 'bittorrent', 40),
  (17, 6888, 'bittorrent', 40),
  (17, 6889, 'bittorrent', 40),
  (17, 6969, 'bittorrent-tracker', 30),
  (17, 7000, 'afs', 30),
  (17, 7001, 'afs', 30),
  (17, 7003, 'afs', 30),
  (17, 7601, 'trafmon', 30),
  (17, 8300, 'consul', 30),
  (17, 8301, 'consul', 30),
  (17, 8302, 'consul', 30),
  (17, 10161, 'snmp-tls', 30),
  (17, 10162, 'snmp-tls', 30),
  (17, 11211, 'memcached', 30),
  (17, 25565, 'minecraft', 30),
  (17, 27015, 'steam', 30),
  (17, 27960, 'quake', 30),
  (17, 33434, 'traceroute', 40),
  (17, 51820, 'wireguard', 30),
  (132, 2904, 'm2ua', 30),
  (132, 2905, 'm3ua', 30),
  (132, 3868, 'diameter', 30),
  (132, 4739, 'ipfix', 30),
  (132, 5672, 'amqp', 30),
  (132, 14001, 'sua', 30),
  (132, 36412, 's1ap', 30),
  (132, 36422, 'x2ap', 30),
  (132, 38412, 'ngap', 30);

-- The version that tables/ makes: the number of the last file in migrations/, or 1. A database that has a version keeps
-- it, since its tables are as that version made them.
INSERT INTO schema_version (version, name, applied_at)
SELECT 2, 'netflow-minutes-by-file-hour', UTC_TIMESTAMP(6)
  FROM (SELECT COUNT(*) AS versions FROM schema_version) present
 WHERE versions = 0;
