-- Notes that partitions of a table are about to be emptied: the day up to which it is, the numbers of the records that go,
-- and of minutes of NetFlow the hours of files they belong to. In one transaction, and before the rows go: when the removal
-- is interrupted, the next one notes them again, with what came since. May be run twice. Commits what is open.
DROP PROCEDURE IF EXISTS mark_removed;
DELIMITER $$
CREATE PROCEDURE mark_removed(
    IN _dbName     VARCHAR(64),   -- name that check_instance has accepted
    IN _tableName  VARCHAR(64),   -- a table partitioned by RANGE (TO_DAYS(...))
    IN _partitions MEDIUMTEXT,    -- names of its partitions that go, separated by commas
    IN _limitDays  INT            -- first day that stays, as TO_DAYS counts
)
    COMMENT 'Notes what is about to be removed from a table.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_from MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
        DEFAULT CONCAT('{db}.`', REPLACE(_tableName, '`', '``'), '` PARTITION (', _partitions, ')');
    DECLARE v_hasRecords BOOLEAN;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
        RESIGNAL;
    END;

    -- NetFlow is replaced by the hour, not told apart by record.
    SELECT COUNT(*) = 2 INTO v_hasRecords
      FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = _dbName AND TABLE_NAME = _tableName AND TABLE_NAME <> 'netflowtable'
       AND COLUMN_NAME IN ('run_no', 'record_no');
    IF v_hasRecords THEN
        CALL removed_edges(_dbName, _tableName, v_from);
    END IF;

    START TRANSACTION;
    CALL run_in(_dbName, CONCAT('
        INSERT INTO {db}.retention_mark (table_name, removed_before, marked_at)
        VALUES (', QUOTE(_tableName), ', FROM_DAYS(', _limitDays, '), UTC_TIMESTAMP(6))
        ON DUPLICATE KEY UPDATE removed_before = GREATEST(removed_before, VALUES(removed_before)),
                                marked_at = VALUES(marked_at)'));
    IF v_hasRecords THEN
        CALL run_in(_dbName, CONCAT('DELETE r FROM {db}.removed_record r',
                                    ' JOIN (SELECT DISTINCT run_no FROM removed_edge) t ON t.run_no = r.run_no',
                                    ' WHERE r.table_name = ', QUOTE(_tableName)));
        -- Those that overlap or touch are made one: a range begins where the first one opens, and ends where none is open.
        CALL run_in(_dbName, CONCAT('
            INSERT INTO {db}.removed_record (table_name, run_no, first_record_no, last_record_no)
            SELECT ', QUOTE(_tableName), ', run_no, record_no, next_record_no - 1
              FROM (SELECT run_no, record_no, depth,
                           LEAD(record_no) OVER (PARTITION BY run_no ORDER BY record_no) AS next_record_no
                      FROM (SELECT run_no, record_no, opened,
                                   SUM(opened) OVER (PARTITION BY run_no ORDER BY record_no
                                                     ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS depth
                              FROM removed_edge
                             WHERE opened <> 0) steps
                     WHERE depth = 0 OR depth = opened) ends
             WHERE depth > 0'));
    END IF;
    IF _tableName = 'netflowtable_1m' THEN
        CALL run_in(_dbName, CONCAT('INSERT IGNORE INTO {db}.removed_netflow_hour (probe_no, exporter, file_hour)',
                                    ' SELECT DISTINCT probe_no, exporter, file_hour FROM ', v_from));
    END IF;
    COMMIT;
    DROP TEMPORARY TABLE IF EXISTS removed_edge;
END$$
DELIMITER ;
