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
