-- Empties the partitions of data that lie wholly before a day, and joins them with the gap below: the range of a dropped
-- partition would fall to the one above it, and late data would then mix with a day that is still kept. What goes is noted
-- first (mark_removed), while no loader adds to it. Tells the partitions that went. May be run twice. DDL: commits what is
-- open.
DROP PROCEDURE IF EXISTS drop_days_before;
DELIMITER $$
CREATE PROCEDURE drop_days_before(
    IN  _dbName    VARCHAR(64),   -- name that check_instance has accepted
    IN  _tableName VARCHAR(64),   -- a table partitioned by RANGE (TO_DAYS(...))
    IN  _limitDays INT,           -- first day to keep, as TO_DAYS counts
    OUT _removed   MEDIUMTEXT     -- names of the partitions, separated by commas; NULL: none
)
    COMMENT 'Removes the partitions of a table that lie wholly before a day.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_top_days INT;
    DECLARE v_names MEDIUMTEXT CHARACTER SET ascii;
    DECLARE v_table VARCHAR(140) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
        DEFAULT CONCAT('{db}.`', REPLACE(_tableName, '`', '``'), '`');
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL release_loaders(_dbName);
        RESIGNAL;
    END;

    SET SESSION group_concat_max_len = 16777216;
    SELECT GROUP_CONCAT(PARTITION_NAME ORDER BY PARTITION_ORDINAL_POSITION),
           GROUP_CONCAT(IF(PARTITION_NAME LIKE 'p%', PARTITION_NAME, NULL) ORDER BY PARTITION_ORDINAL_POSITION),
           MAX(CAST(PARTITION_DESCRIPTION AS SIGNED))
      INTO v_names, _removed, v_top_days
      FROM information_schema.PARTITIONS
     WHERE TABLE_SCHEMA = _dbName AND TABLE_NAME = _tableName
       AND PARTITION_DESCRIPTION <> 'MAXVALUE' AND CAST(PARTITION_DESCRIPTION AS SIGNED) <= _limitDays;

    IF _removed IS NOT NULL THEN
        CALL hold_loaders(_dbName);
        CALL mark_removed(_dbName, _tableName, _removed, v_top_days);
        CALL run_in(_dbName, CONCAT('ALTER TABLE ', v_table, ' TRUNCATE PARTITION ', _removed));
        CALL run_in(_dbName, CONCAT('ALTER TABLE ', v_table, ' REORGANIZE PARTITION ', v_names,
                                    ' INTO (PARTITION g', DATE_FORMAT(FROM_DAYS(v_top_days), '%Y%m%d'),
                                    ' VALUES LESS THAN (', v_top_days, '))'));
        CALL release_loaders(_dbName);
    END IF;
END$$
DELIMITER ;
