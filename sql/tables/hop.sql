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
