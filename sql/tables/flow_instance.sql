-- Which flow a flow id of a run stands for, and when that instance lived.
CREATE TABLE IF NOT EXISTS flow_instance (
  run_no INT UNSIGNED NOT NULL COMMENT 'probe_run.run_no',
  flow_id BIGINT UNSIGNED NOT NULL COMMENT 'number of the instance within the run',
  flow_no BIGINT UNSIGNED NOT NULL COMMENT 'flow.flow_no',
  direction VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what settled which way is forward: syn synack service first from lower overflow',
  started DATETIME(6) NOT NULL COMMENT 'first packet, UTC',
  ended DATETIME(6) NULL COMMENT 'last packet, UTC',
  end_reason VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'why it ended: idle evicted stop switch',
  PRIMARY KEY (run_no, flow_id),
  KEY flow_no (flow_no, started)
) ENGINE = InnoDB
  DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'instances of flows';
