-- The one collector whose logs count for a probe from an instant on, where several collectors or relays write logs of the
-- same probe. Lines of any other are refused by the loader. Probes that are not listed, and what was seen before the first
-- instant listed, count from whichever collector.
CREATE TABLE IF NOT EXISTS feed (
  probe VARCHAR(64) NOT NULL COMMENT 'name of the probe',
  since DATETIME(6) NOT NULL COMMENT 'first instant it counts for, by the time of the records, UTC',
  collector VARCHAR(64) NOT NULL COMMENT 'name of the collector, as in the names of its log files',
  PRIMARY KEY (probe, since)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'which collector counts for a probe';
