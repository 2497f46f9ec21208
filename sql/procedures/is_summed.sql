-- Whether the table of days holds the packets and bytes of a partition of a counter's rows, minutes or hours. Tables that
-- have no days, and the days themselves, need no sum. May be run twice.
DROP PROCEDURE IF EXISTS is_summed;
DELIMITER $$
CREATE PROCEDURE is_summed(
    IN  _dbName     VARCHAR(64),   -- name that check_instance has accepted
    IN  _tableName  VARCHAR(64),   -- a table partitioned by RANGE (TO_DAYS(...))
    IN  _partition  VARCHAR(64),   -- one of its partitions
    IN  _lowerDays  INT,           -- its first day, as TO_DAYS counts
    IN  _upperDays  INT,           -- the first day after it
    OUT _isSummed   BOOLEAN
)
    COMMENT 'Tells whether the table of days holds the packets and bytes of a partition.'
    SQL SECURITY INVOKER
    READS SQL DATA
BEGIN
    DECLARE v_days VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
        DEFAULT CONCAT(REGEXP_REPLACE(_tableName, '_1[mh]$', ''), '_1d');
    DECLARE v_from VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
        DEFAULT CONCAT('{db}.`', REPLACE(_tableName, '`', '``'), '` PARTITION (', _partition, ')');
    DECLARE v_sums MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

    SET SESSION group_concat_max_len = 16777216;
    SELECT GROUP_CONCAT('COALESCE(SUM(`', d.COLUMN_NAME, '`), 0)' ORDER BY d.COLUMN_NAME SEPARATOR ', ')
      INTO v_sums
      FROM information_schema.COLUMNS d
      JOIN information_schema.COLUMNS f ON f.TABLE_SCHEMA = _dbName AND f.TABLE_NAME = _tableName
                                       AND f.COLUMN_NAME = d.COLUMN_NAME
     WHERE d.TABLE_SCHEMA = _dbName AND d.TABLE_NAME = v_days AND RIGHT(_tableName, 3) <> '_1d'
       -- NetFlow has no intervals: its rows are spread over the minutes of both sides of a midnight.
       AND (RIGHT(_tableName, 3) IN ('_1m', '_1h')
            OR EXISTS (SELECT 1 FROM information_schema.COLUMNS i
                        WHERE i.TABLE_SCHEMA = _dbName AND i.TABLE_NAME = _tableName AND i.COLUMN_NAME = 'interval_start'))
       AND d.COLUMN_NAME REGEXP '(packets|bytes|samples|requests|replies)$';
    SET _isSummed = TRUE;
    -- An empty one has nothing to lose: it is what an interrupted removal leaves.
    CALL run_in(_dbName, CONCAT('SELECT EXISTS (SELECT 1 FROM ', v_from, ') INTO @trafmon_has_rows'));
    IF v_sums IS NOT NULL AND @trafmon_has_rows THEN
        -- Minutes lack what came in longer intervals, and rows that come late make a new partition of a day whose others are
        -- gone: the days may hold more.
        CALL run_in(_dbName, CONCAT(
            'SELECT (SELECT CONCAT_WS('','', ', v_sums, ') FROM ', v_from, '), (SELECT CONCAT_WS('','', ', v_sums, ') FROM {db}.`', v_days, '` WHERE bucket_start >= FROM_DAYS(', _lowerDays,
            ') AND bucket_start < FROM_DAYS(', _upperDays, ')) INTO @trafmon_these, @trafmon_days'));
        SET _isSummed = holds_sums(@trafmon_days, @trafmon_these);
    END IF;
END$$
DELIMITER ;
