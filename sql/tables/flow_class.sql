-- The flow classes that records in this database belong to.
CREATE TABLE IF NOT EXISTS flow_class (
  class_no INT UNSIGNED NOT NULL COMMENT 'number of the class in this database',
  name VARCHAR(64) NOT NULL COMMENT 'name of the class in the configuration',
  PRIMARY KEY (class_no),
  UNIQUE KEY name (name)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'flow classes';
