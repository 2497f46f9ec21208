-- The newest day up to today, UTC, that a table partitioned by RANGE (TO_DAYS(...)) holds rows of, as TO_DAYS counts; NULL
-- when there is none. Ages are counted from it. Counted from today, captures of another year would be old as soon as they
-- are loaded; counted from the newest of all, one record of a clock gone wrong would make everything else old. Looks into
-- the partitions from the newest on. May be run twice.
DROP PROCEDURE IF EXISTS newest_day;
DELIMITER $$
CREATE PROCEDURE newest_day(
    IN  _dbName    VARCHAR(64),   -- name that check_instance has accepted
    IN  _tableName VARCHAR(64),   -- a table partitioned by RANGE
    OUT _day       INT
)
    COMMENT 'Tells the newest day up to today that a partitioned table holds rows of.'
    SQL SECURITY INVOKER
    READS SQL DATA
BEGIN
    DECLARE v_partition VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    DECLARE v_expression VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    DECLARE c_partitions CURSOR FOR
        SELECT PARTITION_NAME, PARTITION_EXPRESSION
          FROM information_schema.PARTITIONS
         WHERE TABLE_SCHEMA = _dbName AND TABLE_NAME = _tableName AND PARTITION_METHOD = 'RANGE'
         ORDER BY PARTITION_ORDINAL_POSITION DESC;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;

    SET @trafmon_newest = NULL;
    OPEN c_partitions;
    each_partition: LOOP
        FETCH c_partitions INTO v_partition, v_expression;
        IF v_done OR @trafmon_newest IS NOT NULL THEN
            LEAVE each_partition;
        END IF;
        CALL run_in(_dbName, CONCAT('SELECT MAX(', v_expression, ') INTO @trafmon_newest FROM {db}.`',
                                    REPLACE(_tableName, '`', '``'), '` PARTITION (', v_partition, ') WHERE ',
                                    v_expression, ' <= ', TO_DAYS(UTC_DATE())));
    END LOOP;
    CLOSE c_partitions;
    SET _day = @trafmon_newest;
END$$
DELIMITER ;
