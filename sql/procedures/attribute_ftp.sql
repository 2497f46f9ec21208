-- The work of Update_ftp_data_in_ipcttable for transfers under way in a range of days: those that ended later, too,
-- because rows of these days may have come late. Leaves the temporary table ftp_asked with the transfers taken up and,
-- where nothing could be attributed, why. May be run twice.
--
-- A data connection is attributed only where its flow is told apart by ports, or by the service ftp-data, which the probe
-- gives to announced data connections: else the flow holds other traffic too. The lifetime of its flow instance bounds the
-- rows, because the same ports may come back later for something else. Sums are made again from the rows, so those of days
-- of which retention has removed rows stay as they are.
DROP PROCEDURE IF EXISTS attribute_ftp;
DELIMITER $$
CREATE PROCEDURE attribute_ftp(
    IN _dbName     VARCHAR(64),   -- name that check_instance has accepted
    IN _rangeStart DATE,          -- first day, UTC
    IN _rangeEnd   DATE,          -- last day, included
    IN _andLate    BOOLEAN        -- whether earlier transfers not taken up yet are, too
)
    COMMENT 'Attributes the data connections of transfers under way in a range of days.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_from VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_rangeStart, '%Y-%m-%d'));
    DECLARE v_until VARCHAR(24) CHARACTER SET utf8mb4
        DEFAULT QUOTE(DATE_FORMAT(_rangeEnd + INTERVAL 1 DAY, '%Y-%m-%d'));
    DECLARE v_rowsFrom VARCHAR(24) CHARACTER SET utf8mb4;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
        RESIGNAL;
    END;

    DROP TEMPORARY TABLE IF EXISTS ftp_asked;
    CREATE TEMPORARY TABLE ftp_asked (
      commanded DATETIME(6) NOT NULL,
      run_no INT UNSIGNED NOT NULL,
      record_no BIGINT UNSIGNED NOT NULL,
      control_flow_no BIGINT UNSIGNED NULL,
      data_flow_no BIGINT UNSIGNED NULL,
      data_from DATETIME(6) NULL,
      data_until DATETIME(6) NULL,
      problem VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
      PRIMARY KEY (commanded, run_no, record_no),
      KEY data_flow_no (data_flow_no)
    );
    DROP TEMPORARY TABLE IF EXISTS ftp_touched;
    CREATE TEMPORARY TABLE ftp_touched (
      flow_no BIGINT UNSIGNED NOT NULL,
      interval_start DATETIME NOT NULL,
      run_no INT UNSIGNED NOT NULL,
      record_no BIGINT UNSIGNED NOT NULL,
      control_flow_no BIGINT UNSIGNED NOT NULL,
      PRIMARY KEY (flow_no, interval_start, run_no, record_no)
    );

    START TRANSACTION;
    -- From here on no rows go; what is noted in retention_mark goes, or is gone. Nothing is read without a lock: MariaDB
    -- from 11.6 on would refuse to go on with rows that a loader commits meanwhile.
    CALL run_in(_dbName, 'DO (SELECT 1 FROM {db}.ipcttable WHERE FALSE)');
    CALL run_in(_dbName, 'SELECT COALESCE(MAX(removed_before), ''1000-01-01'') INTO @trafmon_mark
                            FROM {db}.retention_mark WHERE table_name = ''ipcttable'' LOCK IN SHARE MODE');
    SET v_rowsFrom = QUOTE(DATE_FORMAT(@trafmon_mark, '%Y-%m-%d'));
    -- 1. The transfers; the control flow in the account class is the recorded one, or that with the same ends. Nothing
    -- equals NULL, so where it is the recorded one the many flows of a busy server are not looked through for each transfer.
    CALL run_in(_dbName, CONCAT('
        INSERT INTO ftp_asked (commanded, run_no, record_no, control_flow_no, data_flow_no, data_from, data_until)
        SELECT t.commanded, t.run_no, t.record_no,
               COALESCE(MAX(IF(own.account = 1, own.flow_no, NULL)), MIN(c.flow_no), MIN(s.flow_no)),
               MAX(d.flow_no), MAX(i.started), MAX(i.ended)
          FROM {db}.ftptftable t
          JOIN {db}.flow own ON own.flow_no = t.flow_no
          LEFT JOIN {db}.flow c ON c.account = 1 AND c.probe_no = own.probe_no AND c.protocol = 6
                AND c.fwd_address = IF(own.account = 1, NULL, t.client)
                AND c.rev_address = IF(own.account = 1, NULL, t.server)
                AND ((c.fwd_port = t.client_port AND c.rev_port = t.server_port)
                     OR (c.fwd_port IS NULL AND c.rev_port IS NULL AND c.service = own.service))
          LEFT JOIN {db}.flow s ON s.account = 1 AND s.probe_no = own.probe_no AND s.protocol = 6
                AND s.rev_address = IF(own.account = 1, NULL, t.client)
                AND s.fwd_address = IF(own.account = 1, NULL, t.server)
                AND ((s.rev_port = t.client_port AND s.fwd_port = t.server_port)
                     OR (s.fwd_port IS NULL AND s.rev_port IS NULL AND s.service = own.service))
          LEFT JOIN {db}.flow_instance i ON i.run_no = t.run_no AND i.flow_id = t.data_flow_id
          LEFT JOIN {db}.flow d ON d.flow_no = i.flow_no AND d.account = 1
                AND ((d.fwd_port IS NOT NULL AND d.rev_port IS NOT NULL) OR d.service = ''ftp-data'')
         WHERE (COALESCE(t.replied, t.last_payload, t.commanded) >= ', v_from, '
                AND t.commanded < ', v_until, ')',
               IF(_andLate, CONCAT(' OR (t.attributed_at IS NULL AND t.commanded < ', v_until, ')'), ''), '
         GROUP BY t.commanded, t.run_no, t.record_no'));

    -- 2. The rows of ipcttable that do not name their control flow yet.
    CALL run_in(_dbName, CONCAT('
        INSERT INTO ftp_touched
        SELECT x.flow_no, x.interval_start, x.run_no, x.record_no, MIN(a.control_flow_no)
          FROM ftp_asked a
          JOIN {db}.ipcttable x ON x.flow_no = a.data_flow_no AND x.run_no = a.run_no
               AND x.last >= a.data_from AND x.first <= COALESCE(a.data_until, x.first)
         WHERE a.control_flow_no IS NOT NULL AND x.interval_start >= ', v_rowsFrom, '
         GROUP BY x.flow_no, x.interval_start, x.run_no, x.record_no, x.attributed_flow_no
        HAVING x.attributed_flow_no <> MIN(a.control_flow_no)'));
    CALL run_in(_dbName, '
        UPDATE {db}.ipcttable x
          JOIN ftp_touched t ON t.flow_no = x.flow_no AND t.interval_start = x.interval_start
               AND t.run_no = x.run_no AND t.record_no = x.record_no
           SET x.attributed_flow_no = t.control_flow_no');

    -- 3. Their rollups, made again from the rows.
    CALL rebuild_ipct_rollup(_dbName, 'ipcttable_1m', 60);
    CALL rebuild_ipct_rollup(_dbName, 'ipcttable_1h', 3600);
    CALL rebuild_ipct_rollup(_dbName, 'ipcttable_1d', 86400);
    CALL run_in(_dbName, '
        INSERT INTO {db}.stale_day (day, source, marked_at)
        SELECT DISTINCT DATE(interval_start), ''probe'', UTC_TIMESTAMP(6) FROM ftp_touched
        ON DUPLICATE KEY UPDATE marked_at = VALUES(marked_at)');

    -- 4. What was taken up, and what had nothing to attribute.
    CALL run_in(_dbName, '
        UPDATE {db}.ftptftable t
          JOIN ftp_asked a ON a.commanded = t.commanded AND a.run_no = t.run_no AND a.record_no = t.record_no
           SET t.account_flow_no = a.control_flow_no, t.attributed_at = UTC_TIMESTAMP(6)');
    CALL run_in(_dbName, CONCAT('
        UPDATE ftp_asked a
          JOIN {db}.ipcttable x ON x.flow_no = a.data_flow_no AND x.run_no = a.run_no
               AND x.last >= a.data_from AND x.first <= COALESCE(a.data_until, x.first)
           SET a.problem = ''rows of its day have been removed''
         WHERE x.interval_start < ', v_rowsFrom, ' AND x.attributed_flow_no <> a.control_flow_no'));
    CALL run_in(_dbName, CONCAT('
        UPDATE ftp_asked a
          LEFT JOIN {db}.ipcttable x ON x.flow_no = a.data_flow_no AND x.run_no = a.run_no
               AND x.last >= a.data_from AND x.first <= COALESCE(a.data_until, x.first)
           SET a.problem = CASE WHEN a.control_flow_no IS NULL THEN ''control session not in the account class''
                                WHEN a.data_flow_no IS NULL THEN ''no flow of its own for the data connection''
                                WHEN x.flow_no IS NOT NULL THEN NULL
                                WHEN a.data_from < ', v_rowsFrom, ' THEN ''rows of its day have been removed''
                                ELSE ''no packets of the data connection in ipcttable'' END
         WHERE a.problem IS NULL'));
    COMMIT;
    DROP TEMPORARY TABLE ftp_touched;
END$$
DELIMITER ;
