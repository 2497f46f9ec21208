-- Whether the prepared tables of a day must stay as they are, because retention has removed what they were made of, or is
-- about to. A day never made yet is made of what there is. Part of the transaction that would make them again, which has
-- read from these tables before it asks: a removal is noted first, and then waits for whoever has read. May be run twice.
DROP PROCEDURE IF EXISTS keeps_day;
DELIMITER $$
CREATE PROCEDURE keeps_day(
    IN  _dbName  VARCHAR(64),    -- name that check_instance has accepted
    IN  _source  VARCHAR(16),    -- probe or netflow
    IN  _day     DATE,           -- day, UTC
    IN  _tables  VARCHAR(255),   -- what it is made of: names, separated by commas
    OUT _isKept  BOOLEAN
)
    COMMENT 'Tells whether the prepared tables of a day must stay as they are.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    CALL run_in(_dbName, CONCAT('
        SELECT COUNT(*) > 0 INTO @trafmon_kept
          FROM {db}.retention_mark m
          JOIN {db}.aggregated_day a ON a.day < m.removed_before
         WHERE FIND_IN_SET(m.table_name, ', QUOTE(_tables), ')
           AND a.source = ', QUOTE(_source), ' AND a.day = ', QUOTE(DATE_FORMAT(_day, '%Y-%m-%d'))));
    SET _isKept = @trafmon_kept;
END$$
DELIMITER ;
