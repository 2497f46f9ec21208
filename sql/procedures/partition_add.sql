-- Makes room for days in a table partitioned by RANGE (TO_DAYS(...)): splits partitions off the empty ones that cover
-- unused ranges. A server can append RANGE partitions only at the top, so the ranges between and around the used ones
-- are covered by gap partitions: gYYYYMMDD ends before that day, gmax has no end. Only gaps are ever split, and they are
-- empty, so no row moves. Partitions of data are a day (pYYYYMMDD), for tables in _1h a month (pYYYYMM), in _1d a year
-- (pYYYY). May be run twice. DDL: commits what is open.
DROP PROCEDURE IF EXISTS partition_add;
DELIMITER $$
CREATE PROCEDURE partition_add(
    IN _dbName    VARCHAR(64),
    IN _tableName VARCHAR(64),
    IN _days      MEDIUMTEXT    -- days YYYY-MM-DD, separated by commas, in any order
)
    COMMENT 'Splits partitions for the given days off the empty ones of a table.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_partitions INT DEFAULT 0;
    DECLARE v_rest MEDIUMTEXT CHARACTER SET ascii DEFAULT _days;
    DECLARE v_day DATE;
    DECLARE v_lower, v_upper DATE;
    DECLARE v_name VARCHAR(16) CHARACTER SET ascii;
    DECLARE v_gap VARCHAR(64) CHARACTER SET ascii;
    DECLARE v_pieces MEDIUMTEXT CHARACTER SET ascii;
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    DECLARE c_split CURSOR FOR
        SELECT gap, CONCAT(GROUP_CONCAT(
                        IF(lower_days > below,
                           CONCAT('PARTITION g', DATE_FORMAT(FROM_DAYS(lower_days), '%Y%m%d'),
                                  ' VALUES LESS THAN (', lower_days, '), '), ''),
                        'PARTITION ', name, ' VALUES LESS THAN (', upper_days, ')'
                        ORDER BY lower_days SEPARATOR ', '),
                    IF(MAX(upper_days) < MAX(gap_upper),
                       CONCAT(', PARTITION ', gap, ' VALUES LESS THAN ',
                              IF(MAX(gap_upper) = 2147483647, 'MAXVALUE', CONCAT('(', MAX(gap_upper), ')'))), ''))
          FROM (SELECT w.name, w.lower_days, w.upper_days, g.name AS gap, g.upper_days AS gap_upper,
                       COALESCE(LAG(w.upper_days) OVER (PARTITION BY g.name ORDER BY w.lower_days),
                                g.lower_days) AS below
                  FROM partition_wanted w
                  JOIN partition_present g ON w.lower_days >= g.lower_days AND w.lower_days < g.upper_days
                 WHERE g.name LIKE 'g%') pieces
         GROUP BY gap;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;

    CALL check_instance(_dbName);
    SELECT COUNT(*) INTO v_partitions
      FROM information_schema.PARTITIONS
     WHERE TABLE_SCHEMA = _dbName AND TABLE_NAME = _tableName AND PARTITION_METHOD = 'RANGE';
    IF v_partitions = 0 THEN
        SIGNAL SQLSTATE '45000'
           SET MESSAGE_TEXT = 'NOT_PARTITIONED: the table does not exist or is not partitioned by RANGE';
    END IF;

    SET SESSION group_concat_max_len = 16777216;
    DROP TEMPORARY TABLE IF EXISTS partition_wanted;
    CREATE TEMPORARY TABLE partition_wanted (
      name VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      lower_days INT NOT NULL PRIMARY KEY,
      upper_days INT NOT NULL
    );
    WHILE v_rest <> '' DO
        SET v_day = CAST(SUBSTRING_INDEX(v_rest, ',', 1) AS DATE);
        SET v_rest = SUBSTRING(v_rest, CHAR_LENGTH(SUBSTRING_INDEX(v_rest, ',', 1)) + 2);
        IF v_day IS NULL THEN
            SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'NOT_A_DAY: days are YYYY-MM-DD, separated by commas';
        END IF;
        IF RIGHT(_tableName, 3) = '_1d' THEN
            SET v_lower = MAKEDATE(YEAR(v_day), 1), v_name = DATE_FORMAT(v_day, 'p%Y');
            SET v_upper = v_lower + INTERVAL 1 YEAR;
        ELSEIF RIGHT(_tableName, 3) = '_1h' THEN
            SET v_lower = v_day - INTERVAL DAYOFMONTH(v_day) - 1 DAY, v_name = DATE_FORMAT(v_day, 'p%Y%m');
            SET v_upper = v_lower + INTERVAL 1 MONTH;
        ELSE
            SET v_lower = v_day, v_name = DATE_FORMAT(v_day, 'p%Y%m%d');
            SET v_upper = v_lower + INTERVAL 1 DAY;
        END IF;
        INSERT IGNORE INTO partition_wanted VALUES (v_name, TO_DAYS(v_lower), TO_DAYS(v_upper));
    END WHILE;

    DROP TEMPORARY TABLE IF EXISTS partition_present;
    CREATE TEMPORARY TABLE partition_present (
      name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      lower_days INT NOT NULL,
      upper_days INT NOT NULL
    );
    INSERT INTO partition_present
    SELECT PARTITION_NAME, COALESCE(LAG(upper_days) OVER (ORDER BY upper_days), -1), upper_days
      FROM (SELECT PARTITION_NAME,
                   IF(PARTITION_DESCRIPTION = 'MAXVALUE', 2147483647, CAST(PARTITION_DESCRIPTION AS SIGNED)) AS upper_days
              FROM information_schema.PARTITIONS
             WHERE TABLE_SCHEMA = _dbName AND TABLE_NAME = _tableName) p;

    OPEN c_split;
    each_gap: LOOP
        FETCH c_split INTO v_gap, v_pieces;
        IF v_done THEN
            LEAVE each_gap;
        END IF;
        CALL run_in(_dbName, CONCAT('ALTER TABLE {db}.`', REPLACE(_tableName, '`', '``'), '` REORGANIZE PARTITION ',
                                    v_gap, ' INTO (', v_pieces, ')'));
    END LOOP;
    CLOSE c_split;
    DROP TEMPORARY TABLE partition_wanted;
    DROP TEMPORARY TABLE partition_present;
END$$
DELIMITER ;
