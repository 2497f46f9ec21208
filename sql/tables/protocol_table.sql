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
