-- Removes the instances of flows that ended longer ago than some days before the newest, and the flows that have no instance
-- left and that no row of any table refers to. An instance without an end counts as ended when a later run of its probe is
-- known. The loader keeps out meanwhile. @trafmon_forgotten tells how many of both. May be run twice.
DROP PROCEDURE IF EXISTS forget_flows;
DELIMITER $$
CREATE PROCEDURE forget_flows(
    IN _dbName    VARCHAR(64),   -- name that check_instance has accepted
    IN _keep_days INT,           -- days to keep, 1 or more
    IN dry_run    BOOLEAN        -- whether to count only
)
    COMMENT 'Removes flows that ended long ago and that nothing refers to.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_table, v_column VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    DECLARE v_lock VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
        DEFAULT CONCAT('trafMon_flows_', LEFT(SHA2(_dbName, 256), 32));
    DECLARE v_instances, v_flows BIGINT;
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    DECLARE c_references CURSOR FOR
        SELECT c.TABLE_NAME, c.COLUMN_NAME
          FROM information_schema.COLUMNS c
          JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
         WHERE c.TABLE_SCHEMA = _dbName AND t.TABLE_TYPE = 'BASE TABLE' AND LEFT(c.TABLE_NAME, 1) <> '_'
           AND c.COLUMN_NAME IN ('flow_no', 'attributed_flow_no', 'data_flow_no', 'account_flow_no')
           AND c.TABLE_NAME NOT IN ('flow', 'flow_instance')
           -- Rows, minutes and hours are attributed as days are, which are the fewest.
           AND (c.COLUMN_NAME <> 'attributed_flow_no' OR RIGHT(c.TABLE_NAME, 3) = '_1d');
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
        DO RELEASE_LOCK(v_lock);
        RESIGNAL;
    END;

    -- A loader holds it while it has files in hand.
    IF GET_LOCK(v_lock, 600) IS NOT TRUE THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'LOADER_AT_WORK: the loader is busy with this database; try again';
    END IF;
    DROP TEMPORARY TABLE IF EXISTS forgotten_instance;
    CREATE TEMPORARY TABLE forgotten_instance (
      run_no INT UNSIGNED NOT NULL,
      flow_id BIGINT UNSIGNED NOT NULL,
      flow_no BIGINT UNSIGNED NOT NULL,
      PRIMARY KEY (run_no, flow_id),
      KEY flow_no (flow_no)
    );
    -- What a clock gone wrong says to begin tomorrow or later makes nothing older.
    CALL run_in(_dbName, 'SELECT DATE(MAX(started)) INTO @trafmon_newest FROM {db}.flow_instance
                           WHERE started < UTC_DATE() + INTERVAL 1 DAY');
    CALL run_in(_dbName, CONCAT(
        'INSERT INTO forgotten_instance SELECT i.run_no, i.flow_id, i.flow_no',
        ' FROM {db}.flow_instance i JOIN {db}.probe_run r ON r.run_no = i.run_no',
        ' WHERE COALESCE(i.ended, i.started) < @trafmon_newest - INTERVAL ', _keep_days - 1, ' DAY',
        ' AND (i.ended IS NOT NULL OR EXISTS',
        ' (SELECT 1 FROM {db}.probe_run later WHERE later.probe_no = r.probe_no AND later.run_no > r.run_no))'));
    SELECT COUNT(*) INTO v_instances FROM forgotten_instance;

    DROP TEMPORARY TABLE IF EXISTS forgotten_flow;
    CREATE TEMPORARY TABLE forgotten_flow (flow_no BIGINT UNSIGNED NOT NULL PRIMARY KEY);
    CALL run_in(_dbName, CONCAT(
        'INSERT INTO forgotten_flow SELECT f.flow_no FROM {db}.flow f',
        ' WHERE NOT EXISTS (SELECT 1 FROM {db}.flow_instance i',
        ' LEFT JOIN forgotten_instance g ON g.run_no = i.run_no AND g.flow_id = i.flow_id',
        ' WHERE i.flow_no = f.flow_no AND g.run_no IS NULL)'));
    OPEN c_references;
    each_reference: LOOP
        SET v_done = FALSE;
        FETCH c_references INTO v_table, v_column;
        IF v_done THEN
            LEAVE each_reference;
        END IF;
        CALL run_in(_dbName, CONCAT('DELETE g FROM forgotten_flow g WHERE EXISTS (SELECT 1 FROM {db}.`', v_table,
                                    '` x WHERE x.`', v_column, '` = g.flow_no)'));
    END LOOP;
    CLOSE c_references;
    SELECT COUNT(*) INTO v_flows FROM forgotten_flow;

    SET @trafmon_forgotten = v_instances + v_flows;
    IF NOT dry_run AND @trafmon_forgotten > 0 THEN
        START TRANSACTION;
        CALL run_in(_dbName, CONCAT('DELETE i FROM {db}.flow_instance i JOIN forgotten_instance g',
                                    ' ON g.run_no = i.run_no AND g.flow_id = i.flow_id'));
        CALL run_in(_dbName, 'DELETE f FROM {db}.flow f JOIN forgotten_flow g ON g.flow_no = f.flow_no');
        CALL run_in(_dbName, CONCAT('INSERT INTO {db}.retention_history (removed_at, table_name, partition_name, row_count)',
                                    ' VALUES (UTC_TIMESTAMP(6), ''flow'', '''', ', @trafmon_forgotten, ')'));
        COMMIT;
    END IF;
    DROP TEMPORARY TABLE forgotten_instance;
    DROP TEMPORARY TABLE forgotten_flow;
    DO RELEASE_LOCK(v_lock);
END$$
DELIMITER ;
