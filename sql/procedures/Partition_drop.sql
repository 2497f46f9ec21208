-- Keeps the last NB_DAYS days of a table partitioned by day, month or year, counted from the newest day that it holds,
-- and gives the older partitions' space back. A month or a year goes once all of it is older. Lists the partitions that
-- went. May be run twice. DDL: commits what is open.
DROP PROCEDURE IF EXISTS Partition_drop;
DELIMITER $$
CREATE PROCEDURE Partition_drop(
    IN SCHEMANAME VARCHAR(64),   -- a registered runtime database
    IN TABLENAME  VARCHAR(64),   -- one of its partitioned tables
    IN NB_DAYS    INT            -- days to keep, 1 or more
)
    COMMENT 'Removes data older than the last NB_DAYS days that the table holds.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_partitions, v_newest, v_limit_days INT;
    DECLARE v_removed MEDIUMTEXT CHARACTER SET ascii;

    CALL check_instance(SCHEMANAME);
    IF (NB_DAYS >= 1) IS NOT TRUE THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'TOO_FEW_DAYS: NB_DAYS must be 1 or more';
    END IF;
    SELECT COUNT(*) INTO v_partitions
      FROM information_schema.PARTITIONS
     WHERE TABLE_SCHEMA = SCHEMANAME AND TABLE_NAME = TABLENAME AND PARTITION_METHOD = 'RANGE';
    IF v_partitions = 0 THEN
        SIGNAL SQLSTATE '45000'
           SET MESSAGE_TEXT = 'NOT_PARTITIONED: the table does not exist or is not partitioned by RANGE';
    END IF;

    CALL newest_day(SCHEMANAME, TABLENAME, v_newest);
    -- Nothing is older than an empty table's newest day.
    SET v_limit_days = COALESCE(v_newest, 0) - NB_DAYS + 1;
    CALL drop_days_before(SCHEMANAME, TABLENAME, v_limit_days, v_removed);
    SELECT COALESCE(v_removed, '') AS removed_partitions, FROM_DAYS(v_limit_days) AS first_day_kept;
END$$
DELIMITER ;
