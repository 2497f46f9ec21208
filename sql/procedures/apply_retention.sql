-- Applies the table retention: what is older or more than a table may hold goes, whole partitions at a time, the oldest
-- first. Lists what went, or with dry_run what would go, and what stays although a policy would have it go, and
-- the policies that cannot be applied, so that a mistyped name fills no disk.
--
-- Counters age instead of vanishing: a partition of fine rows, minutes or hours goes only when the table of days holds its
-- packets and bytes. Where it does not, that partition and all newer ones stay, and the list says so.
--
-- Each partition goes by itself, so an interrupted run is finished by the next one. May be run twice. DDL: commits what is
-- open.
DROP PROCEDURE IF EXISTS apply_retention;
DELIMITER $$
CREATE PROCEDURE apply_retention(
    IN _dbName VARCHAR(64),   -- a registered runtime database
    IN dry_run BOOLEAN        -- whether to tell only
)
    COMMENT 'Removes what is older or more than the table retention allows, or tells what would go.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_table, v_partition VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    DECLARE v_keep_days, v_newest, v_limit, v_lower, v_upper INT;
    DECLARE v_keep_mib, v_rows, v_bytes BIGINT;
    DECLARE v_removed MEDIUMTEXT CHARACTER SET ascii;
    DECLARE v_partitions INT;
    DECLARE v_ignored VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    DECLARE v_summed BOOLEAN;
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    DECLARE c_policies CURSOR FOR
        SELECT table_name, keep_days, keep_mib FROM retention_policy
         -- Flows after the rows that refer to them.
         ORDER BY table_name = 'flow', table_name;
    DECLARE c_partitions CURSOR FOR
        SELECT name, lower_days, upper_days, row_count, bytes FROM retention_partition
         WHERE upper_days <= v_limit ORDER BY upper_days;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;

    CALL check_instance(_dbName);
    IF dry_run IS NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'NO_DRY_RUN: dry_run must be TRUE or FALSE';
    END IF;
    DROP TEMPORARY TABLE IF EXISTS retention_policy;
    CREATE TEMPORARY TABLE retention_policy (
      table_name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
      keep_days INT NULL,
      keep_mib BIGINT NULL
    );
    CALL run_in(_dbName, 'INSERT INTO retention_policy SELECT table_name, keep_days, keep_mib FROM {db}.retention');
    DROP TEMPORARY TABLE IF EXISTS retention_result;
    CREATE TEMPORARY TABLE retention_result (
      nth INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
      table_name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      partition_name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      row_count BIGINT NOT NULL,
      bytes BIGINT NOT NULL,
      outcome VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL
    );
    DROP TEMPORARY TABLE IF EXISTS retention_partition;
    CREATE TEMPORARY TABLE retention_partition (
      name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      lower_days INT NOT NULL,
      upper_days INT NOT NULL,
      row_count BIGINT NOT NULL,
      bytes BIGINT NOT NULL
    );

    OPEN c_policies;
    each_policy: LOOP
        SET v_done = FALSE;
        FETCH c_policies INTO v_table, v_keep_days, v_keep_mib;
        IF v_done THEN
            LEAVE each_policy;
        END IF;
        SELECT COUNT(*) INTO v_partitions
          FROM information_schema.PARTITIONS
         WHERE TABLE_SCHEMA = _dbName AND TABLE_NAME = v_table AND PARTITION_METHOD = 'RANGE';
        SET v_ignored = CASE
            WHEN v_table <> 'flow' AND v_partitions = 0 THEN 'ignored: no such partitioned table'
            WHEN v_keep_days < 1 THEN 'ignored: keep_days must be 1 or more'
            WHEN v_table = 'flow' AND v_keep_days IS NULL THEN 'ignored: flow goes by keep_days only'
            WHEN v_keep_days IS NULL AND v_keep_mib IS NULL THEN 'ignored: neither keep_days nor keep_mib is given'
        END;
        IF v_ignored IS NOT NULL THEN
            INSERT INTO retention_result (table_name, partition_name, row_count, bytes, outcome)
            VALUES (v_table, '', 0, 0, v_ignored);
        END IF;
        -- Where keep_mib can be applied all the same, it is.
        IF v_table = 'flow' THEN
            IF v_keep_days >= 1 THEN
                CALL forget_flows(_dbName, v_keep_days, dry_run);
                INSERT INTO retention_result (table_name, partition_name, row_count, bytes, outcome)
                VALUES (v_table, '', @trafmon_forgotten, 0, IF(dry_run, 'would go', 'gone'));
            END IF;
            ITERATE each_policy;
        END IF;

        DELETE FROM retention_partition;
        INSERT INTO retention_partition
        SELECT PARTITION_NAME, lower_days, upper_days, TABLE_ROWS, size_bytes
          FROM (SELECT PARTITION_NAME, TABLE_ROWS, DATA_LENGTH + INDEX_LENGTH AS size_bytes,
                       COALESCE(LAG(CAST(PARTITION_DESCRIPTION AS SIGNED)) OVER (ORDER BY PARTITION_ORDINAL_POSITION), 0)
                           AS lower_days,
                       CAST(PARTITION_DESCRIPTION AS SIGNED) AS upper_days
                  FROM information_schema.PARTITIONS
                 WHERE TABLE_SCHEMA = _dbName AND TABLE_NAME = v_table AND PARTITION_METHOD = 'RANGE'
                   AND PARTITION_DESCRIPTION <> 'MAXVALUE') p
         WHERE PARTITION_NAME LIKE 'p%';
        CALL newest_day(_dbName, v_table, v_newest);
        IF v_newest IS NULL THEN
            ITERATE each_policy;
        END IF;
        SET v_limit = IF(v_keep_days >= 1, v_newest - v_keep_days + 1, 0);
        IF v_keep_mib IS NOT NULL THEN
            -- The newest partition of data always stays.
            SELECT GREATEST(v_limit, COALESCE(MAX(upper_days), 0)) INTO v_limit
              FROM (SELECT upper_days, SUM(bytes) OVER (ORDER BY upper_days DESC) AS with_newer FROM retention_partition) s
             WHERE with_newer > v_keep_mib * 1048576 AND upper_days <= v_newest;
        END IF;

        SET v_done = FALSE;
        OPEN c_partitions;
        each_partition: LOOP
            FETCH c_partitions INTO v_partition, v_lower, v_upper, v_rows, v_bytes;
            IF v_done THEN
                LEAVE each_partition;
            END IF;
            CALL is_summed(_dbName, v_table, v_partition, v_lower, v_upper, v_summed);
            IF NOT v_summed THEN
                INSERT INTO retention_result (table_name, partition_name, row_count, bytes, outcome)
                VALUES (v_table, v_partition, v_rows, v_bytes, 'kept: the table of days does not hold it');
                LEAVE each_partition;
            END IF;
            IF NOT dry_run THEN
                CALL drop_days_before(_dbName, v_table, v_upper, v_removed);
                CALL run_in(_dbName, CONCAT(
                    'INSERT INTO {db}.retention_history (removed_at, table_name, partition_name, row_count)',
                    ' VALUES (UTC_TIMESTAMP(6), ', QUOTE(v_table), ', ', QUOTE(v_partition), ', ', v_rows, ')'));
            END IF;
            SET v_done = FALSE;
            INSERT INTO retention_result (table_name, partition_name, row_count, bytes, outcome)
            VALUES (v_table, v_partition, v_rows, v_bytes, IF(dry_run, 'would go', 'gone'));
        END LOOP;
        CLOSE c_partitions;
    END LOOP;
    CLOSE c_policies;
    SELECT table_name, partition_name, row_count AS rows_about, bytes AS bytes_about, outcome
      FROM retention_result ORDER BY nth;
    DROP TEMPORARY TABLE retention_policy;
    DROP TEMPORARY TABLE retention_partition;
    DROP TEMPORARY TABLE retention_result;
END$$
DELIMITER ;
