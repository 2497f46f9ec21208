-- Makes room for days in the prepared tables of probe data. May be run twice. DDL: commits what is open.
DROP PROCEDURE IF EXISTS activity_partitions;
DELIMITER $$
CREATE PROCEDURE activity_partitions(
    IN _dbName VARCHAR(64),   -- a registered runtime database
    IN _days   MEDIUMTEXT     -- days YYYY-MM-DD, separated by commas
)
    COMMENT 'Splits partitions for the given days in the prepared tables.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    CALL partition_add(_dbName, 'activityvolumetable_1h', _days);
    CALL partition_add(_dbName, 'activityvolumetable_1d', _days);
    CALL partition_add(_dbName, 'activityrtt_1h', _days);
    CALL partition_add(_dbName, 'activityrtt_1d', _days);
    CALL partition_add(_dbName, 'servicertt_1h', _days);
    CALL partition_add(_dbName, 'servicertt_1d', _days);
END$$
DELIMITER ;
