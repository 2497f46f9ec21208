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
