-- The version of the tables of this database: the number of the last migration.
CREATE TABLE IF NOT EXISTS schema_version (
  version INT UNSIGNED NOT NULL COMMENT 'number of the migration',
  name VARCHAR(128) NOT NULL COMMENT 'name of the migration',
  applied_at DATETIME(6) NOT NULL COMMENT 'when it was applied, UTC',
  PRIMARY KEY (version)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'version of the tables';
