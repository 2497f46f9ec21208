-- What classes promise, since when: an announcement of a probe holds for its class until that probe's next one.
-- Shares are in millionths: 995000 is 99.5 %.
CREATE TABLE IF NOT EXISTS objective (
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no: which run of which probe announced it',
  class_no INT UNSIGNED NOT NULL COMMENT 'flow_class.class_no',
  since DATETIME(6) NOT NULL COMMENT 'since when it holds, UTC',
  objective VARCHAR(64) NOT NULL COMMENT 'name of the objective; empty for none',
  metric VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what is promised: none delay answered latency variation loss retransmitted',
  target BIGINT UNSIGNED NOT NULL COMMENT 'the most, of answered the least: nanoseconds, of answered, loss and retransmitted millionths',
  percentile INT UNSIGNED NULL COMMENT 'which percentile of an hour''s samples is meant, millionths',
  protocol VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'request/response protocol, of delay and answered',
  from_hop SMALLINT UNSIGNED NULL COMMENT 'earlier hop, of latency, variation and loss',
  to_hop SMALLINT UNSIGNED NULL COMMENT 'later hop, of these',
  hours INT UNSIGNED NOT NULL COMMENT 'least share of the judged hours within the target, millionths',
  samples BIGINT UNSIGNED NOT NULL COMMENT 'least samples of an hour that is judged',
  measured INT UNSIGNED NOT NULL COMMENT 'least share of an hour, and of the hours of a period, measured, millionths',
  PRIMARY KEY (run_no, class_no, since, objective)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'objectives of flow classes';
