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
