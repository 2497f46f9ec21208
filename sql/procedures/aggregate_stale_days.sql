-- Takes up the days for which data came after the prepared tables were last made: attributes FTP data connections, then
-- rebuilds the day, probe and NetFlow data alike. Runs after the nightly procedures and in the demo, so that late data
-- and, if asked, today reach the reports. Days whose hours have been removed stay as they are, and stay listed. May be run
-- twice.
DROP PROCEDURE IF EXISTS aggregate_stale_days;
DELIMITER $$
CREATE PROCEDURE aggregate_stale_days(
    IN _dbName       VARCHAR(64),   -- a registered runtime database
    IN include_today BOOLEAN        -- whether days that have not ended, UTC, are made as far as they go
)
    COMMENT 'Rebuilds the prepared tables of the days listed in stale_day.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_last VARCHAR(24) CHARACTER SET utf8mb4
        DEFAULT IF(include_today, '9999-12-31', DATE_FORMAT(UTC_DATE() - INTERVAL 1 DAY, '%Y-%m-%d'));
    DECLARE v_day DATE;
    DECLARE v_isKept BOOLEAN;
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    DECLARE v_stale VARCHAR(255) CHARACTER SET utf8mb4
        DEFAULT CONCAT('SELECT day FROM {db}.stale_day WHERE day <= ', QUOTE(v_last), ' AND source = ');
    DECLARE c_probe CURSOR FOR SELECT day FROM stale_probe_day ORDER BY day;
    DECLARE c_netflow CURSOR FOR SELECT day FROM stale_netflow_day ORDER BY day;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;

    CALL check_instance(_dbName);
    -- A copy, because the list changes while it is worked off; two, because a session opens a temporary table once.
    DROP TEMPORARY TABLE IF EXISTS stale_probe_day;
    CREATE TEMPORARY TABLE stale_probe_day (day DATE NOT NULL PRIMARY KEY);
    CALL run_in(_dbName, CONCAT('INSERT INTO stale_probe_day ', v_stale, '''probe'''));
    DROP TEMPORARY TABLE IF EXISTS stale_netflow_day;
    CREATE TEMPORARY TABLE stale_netflow_day (day DATE NOT NULL PRIMARY KEY);
    CALL run_in(_dbName, CONCAT('INSERT INTO stale_netflow_day ', v_stale, '''netflow'''));

    -- First for all days: a transfer that ended on one of them may have begun on an earlier one, which is stale then.
    OPEN c_probe;
    each_ftp_day: LOOP
        FETCH c_probe INTO v_day;
        IF v_done THEN
            LEAVE each_ftp_day;
        END IF;
        CALL attribute_ftp(_dbName, v_day, v_day, FALSE);
    END LOOP;
    CLOSE c_probe;
    CALL run_in(_dbName, CONCAT('INSERT IGNORE INTO stale_probe_day ', v_stale, '''probe'''));

    SET SESSION group_concat_max_len = 16777216;
    SELECT GROUP_CONCAT(day ORDER BY day) INTO @trafmon_days FROM stale_probe_day;
    IF @trafmon_days IS NOT NULL THEN
        CALL activity_partitions(_dbName, @trafmon_days);
    END IF;
    SET v_done = FALSE;
    OPEN c_probe;
    each_probe_day: LOOP
        FETCH c_probe INTO v_day;
        IF v_done THEN
            LEAVE each_probe_day;
        END IF;
        CALL aggregate_day(_dbName, v_day, v_isKept);
    END LOOP;
    CLOSE c_probe;

    SET v_done = FALSE;
    OPEN c_netflow;
    each_netflow_day: LOOP
        FETCH c_netflow INTO v_day;
        IF v_done THEN
            LEAVE each_netflow_day;
        END IF;
        CALL aggregate_netflow_day(_dbName, v_day, v_isKept);
    END LOOP;
    CLOSE c_netflow;
    DROP TEMPORARY TABLE stale_probe_day;
    DROP TEMPORARY TABLE stale_netflow_day;
END$$
DELIMITER ;
