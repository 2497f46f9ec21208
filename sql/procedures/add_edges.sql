-- Adds the ends of ranges of records to the temporary table removed_edge.
DROP PROCEDURE IF EXISTS add_edges;
DELIMITER $$
CREATE PROCEDURE add_edges(
    IN _dbName VARCHAR(64),   -- name that check_instance has accepted
    IN _ranges MEDIUMTEXT     -- a query: run_no, first_record_no, last_record_no
)
    COMMENT 'Adds the ends of ranges of records to removed_edge.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    CALL run_in(_dbName, CONCAT('
        INSERT INTO removed_edge (run_no, record_no, opened)
        SELECT g.run_no, IF(e.step = 1, g.first_record_no, g.last_record_no + 1), e.step
          FROM (', _ranges, ') g
         CROSS JOIN (SELECT 1 AS step UNION ALL SELECT -1) e
         WHERE TRUE
        ON DUPLICATE KEY UPDATE opened = removed_edge.opened + VALUES(opened)'));
END$$
DELIMITER ;
