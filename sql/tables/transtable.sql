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
