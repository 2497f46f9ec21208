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
