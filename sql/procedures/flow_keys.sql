-- Tells under which peers, protocol and service the flows of an account are reported: fills the temporary table flow_key
-- for the flow_no in the temporary table flow_asked. The service is decided by the precedence of the ports in
-- protocol_table, else by what the probe said, else by the protocol. May be run twice.
DROP PROCEDURE IF EXISTS flow_keys;
DELIMITER $$
CREATE PROCEDURE flow_keys(
    IN _dbName VARCHAR(64)   -- name that check_instance has accepted
)
    COMMENT 'Fills the temporary table flow_key for the flows in flow_asked.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DROP TEMPORARY TABLE IF EXISTS flow_key;
    CREATE TEMPORARY TABLE flow_key (
      flow_no BIGINT UNSIGNED NOT NULL PRIMARY KEY,
      probe_no INT UNSIGNED NOT NULL,
      class_no INT UNSIGNED NOT NULL,
      src_address VARBINARY(16) NOT NULL,
      src_prefix_length TINYINT UNSIGNED NULL,
      dst_address VARBINARY(16) NOT NULL,
      dst_prefix_length TINYINT UNSIGNED NULL,
      service VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      protocol SMALLINT UNSIGNED NOT NULL
    );
    CALL run_in(_dbName, CONCAT('
        INSERT INTO flow_key
        SELECT f.flow_no, f.probe_no, f.class_no,
               COALESCE(f.fwd_address, ''''), f.fwd_prefix_length,
               COALESCE(f.rev_address, ''''), f.rev_prefix_length,
               COALESCE(IF(r.port IS NULL
                           OR a.precedence < r.precedence
                           OR (a.precedence = r.precedence AND a.port <= r.port), a.service, r.service),
                        r.service, f.service,
                        CASE f.protocol WHEN 6 THEN ''other tcp'' WHEN 17 THEN ''other udp''
                                        ELSE protocol_name(f.protocol) END),
               COALESCE(f.protocol, 256)
          FROM flow_asked q
          JOIN {db}.flow f ON f.flow_no = q.flow_no
          LEFT JOIN protocol_table a ON a.protocol = f.protocol AND a.port = f.fwd_port
          LEFT JOIN protocol_table r ON r.protocol = f.protocol AND r.port = f.rev_port'));
END$$
DELIMITER ;
