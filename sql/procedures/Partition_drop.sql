-- Keeps the last NB_DAYS days of a table partitioned by day, month or year, counted from the newest day that it holds,
-- and gives the older partitions' space back. A month or a year goes once all of it is older. Lists the partitions that
-- went. May be run twice. DDL: commits what is open.
--
-- The old partitions are emptied and joined with the gap below them, and not dropped: the range of a dropped partition
-- would fall to the one above it, and late data would then mix with a day that is still kept.
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
    DECLARE v_expression VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    DECLARE v_limit_days, v_top_days INT;
    DECLARE v_names, v_data MEDIUMTEXT CHARACTER SET ascii;
    DECLARE v_table VARCHAR(130) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
        DEFAULT CONCAT('{db}.`', REPLACE(TABLENAME, '`', '``'), '`');

    CALL check_instance(SCHEMANAME);
    IF (NB_DAYS >= 1) IS NOT TRUE THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'TOO_FEW_DAYS: NB_DAYS must be 1 or more';
    END IF;
    SELECT MAX(PARTITION_EXPRESSION) INTO v_expression
      FROM information_schema.PARTITIONS
     WHERE TABLE_SCHEMA = SCHEMANAME AND TABLE_NAME = TABLENAME AND PARTITION_METHOD = 'RANGE';
    IF v_expression IS NULL THEN
        SIGNAL SQLSTATE '45000'
           SET MESSAGE_TEXT = 'NOT_PARTITIONED: the table does not exist or is not partitioned by RANGE';
    END IF;

    -- The expression is TO_DAYS of the time column.
    CALL run_in(SCHEMANAME, CONCAT('SELECT MAX(', v_expression, ') INTO @trafmon_newest FROM ', v_table));
    -- Nothing is older than an empty table's newest day.
    SET v_limit_days = COALESCE(@trafmon_newest, 0) - NB_DAYS + 1;

    SET SESSION group_concat_max_len = 16777216;
    SELECT GROUP_CONCAT(PARTITION_NAME ORDER BY PARTITION_ORDINAL_POSITION),
           GROUP_CONCAT(IF(PARTITION_NAME LIKE 'p%', PARTITION_NAME, NULL) ORDER BY PARTITION_ORDINAL_POSITION),
           MAX(CAST(PARTITION_DESCRIPTION AS SIGNED))
      INTO v_names, v_data, v_top_days
      FROM information_schema.PARTITIONS
     WHERE TABLE_SCHEMA = SCHEMANAME AND TABLE_NAME = TABLENAME
       AND PARTITION_DESCRIPTION <> 'MAXVALUE' AND CAST(PARTITION_DESCRIPTION AS SIGNED) <= v_limit_days;

    IF v_data IS NOT NULL THEN
        CALL run_in(SCHEMANAME, CONCAT('ALTER TABLE ', v_table, ' TRUNCATE PARTITION ', v_data));
        CALL run_in(SCHEMANAME, CONCAT('ALTER TABLE ', v_table, ' REORGANIZE PARTITION ', v_names,
                                       ' INTO (PARTITION g', DATE_FORMAT(FROM_DAYS(v_top_days), '%Y%m%d'),
                                       ' VALUES LESS THAN (', v_top_days, '))'));
    END IF;
    SELECT COALESCE(v_data, '') AS removed_partitions, FROM_DAYS(v_limit_days) AS first_day_kept;
END$$
DELIMITER ;
