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
