-- Runs one statement in a runtime database: {db} stands for its name, which the caller has checked. May be run twice
-- where the statement may. @trafmon_rows tells the rows affected.
DROP PROCEDURE IF EXISTS run_in;
DELIMITER $$
CREATE PROCEDURE run_in(
    IN _dbName    VARCHAR(64),   -- name that check_instance has accepted
    IN _statement MEDIUMTEXT     -- one statement, values already quoted
)
    COMMENT 'Runs one statement with {db} replaced by the back-quoted database name.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    -- PREPARE takes no local variable.
    SET @trafmon_statement = REPLACE(_statement, '{db}', CONCAT('`', REPLACE(_dbName, '`', '``'), '`'));
    PREPARE trafmon_prepared FROM @trafmon_statement;
    EXECUTE trafmon_prepared;
    SET @trafmon_rows = ROW_COUNT();
    DEALLOCATE PREPARE trafmon_prepared;
    SET @trafmon_statement = NULL;
END$$
DELIMITER ;
