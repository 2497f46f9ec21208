-- What the hours of a counter are to a day's prepared figures. Where retention has removed some, or is about to, the table
-- of days tells, to the unit: they may hold all of the day still, or exactly what came after the day was prepared, or
-- neither. Part of the transaction that would prepare the day, which has read from these tables before it asks: a removal
-- is noted first, and then waits for whoever has read. Where a removal is noted, the caller holds the lock of the loaders
-- (hold_loaders). May be run twice.
DROP PROCEDURE IF EXISTS hours_of_day;
DELIMITER $$
CREATE PROCEDURE hours_of_day(
    IN  _dbName  VARCHAR(64),   -- name that check_instance has accepted
    IN  _day     DATE,          -- day, UTC
    IN  _counter VARCHAR(64),   -- ipcttable, tcpcttable, tcprtttable or netflowtable
    OUT _hold    VARCHAR(8)     -- all: what the day is made of; late: what it lacks; neither
)
    COMMENT 'Tells whether the hours of a counter hold all of a day, or what its prepared figures lack.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_span VARCHAR(128) CHARACTER SET utf8mb4 DEFAULT
        CONCAT('x.bucket_start >= ', QUOTE(DATE_FORMAT(_day, '%Y-%m-%d')),
               ' AND x.bucket_start < ', QUOTE(DATE_FORMAT(_day + INTERVAL 1 DAY, '%Y-%m-%d')));
    DECLARE v_account VARCHAR(128) CHARACTER SET utf8mb4 DEFAULT
        IF(_counter = 'netflowtable', '', ' JOIN {db}.flow f ON f.flow_no = x.flow_no AND f.account = 1');
    -- Two sums that tell a counter's rows; {x} stands for the sum of column x. Each summed by itself: the sum of two columns
    -- may be more than their type holds.
    DECLARE v_sums TEXT CHARACTER SET utf8mb4 DEFAULT
        CASE _counter
            WHEN 'ipcttable' THEN '{fwd_packets} + {rev_packets}, {fwd_bytes} + {rev_bytes}'
            WHEN 'tcpcttable' THEN CONCAT('{fwd_packets} + {rev_packets}, {fwd_payload_bytes} + {rev_payload_bytes}',
                                          ' + {connections_opened} + {connections_timed_out}')
            WHEN 'tcprtttable' THEN '{samples}, {histogram_bucket * x.samples}'
            ELSE '{packets}, {bytes}' END;
    DECLARE v_preparedSums TEXT CHARACTER SET utf8mb4 DEFAULT
        CASE _counter
            WHEN 'tcpcttable' THEN REPLACE(v_sums, '_packets', '_tcp_packets')
            WHEN 'netflowtable' THEN '{fwd_packets} + {rev_packets}, {fwd_bytes} + {rev_bytes}'
            ELSE v_sums END;
    DECLARE v_isMarked VARCHAR(255) CHARACTER SET utf8mb4 DEFAULT
        CONCAT('EXISTS (SELECT 1 FROM {db}.retention_mark WHERE removed_before > ', QUOTE(DATE_FORMAT(_day, '%Y-%m-%d')),
               ' AND table_name = ''', _counter);
    DECLARE v_prepared VARCHAR(64) CHARACTER SET utf8mb4 DEFAULT
        CASE _counter
            WHEN 'tcprtttable' THEN 'activityrtt_1d'
            WHEN 'netflowtable' THEN 'activityvolumetable_netflow_1d'
            ELSE 'activityvolumetable_1d' END;

    CALL run_in(_dbName, CONCAT('SELECT ', v_isMarked, '_1h''), ', v_isMarked, '_1d'') INTO @trafmon_hours_marked, @trafmon_days_marked'));
    SET _hold = CASE WHEN NOT @trafmon_hours_marked THEN 'all' WHEN @trafmon_days_marked THEN 'neither' END;
    IF _hold IS NULL THEN
        SET v_sums = REPLACE(REPLACE(v_sums, '{', 'COALESCE(SUM(x.'), '}', '), 0)'),
            v_preparedSums = REPLACE(REPLACE(v_preparedSums, '{', 'COALESCE(SUM(x.'), '}', '), 0)');
        CALL run_in(_dbName, CONCAT('SELECT ', v_sums, ' INTO @trafmon_hours_n, @trafmon_hours_m FROM {db}.', _counter, '_1h x',
                                    v_account, ' WHERE ', v_span));
        CALL run_in(_dbName, CONCAT('SELECT ', v_sums, ' INTO @trafmon_days_n, @trafmon_days_m FROM {db}.', _counter, '_1d x',
                                    v_account, ' WHERE ', v_span));
        CALL run_in(_dbName, CONCAT('SELECT ', v_preparedSums, ' INTO @trafmon_made_n, @trafmon_made_m FROM {db}.', v_prepared,
                                    ' x WHERE ', v_span));
        SET _hold = CASE WHEN @trafmon_hours_n = @trafmon_days_n AND @trafmon_hours_m = @trafmon_days_m
                          AND @trafmon_made_n <= @trafmon_days_n AND @trafmon_made_m <= @trafmon_days_m THEN 'all'
                         WHEN @trafmon_hours_n + @trafmon_made_n = @trafmon_days_n
                          AND @trafmon_hours_m + @trafmon_made_m = @trafmon_days_m THEN 'late'
                         ELSE 'neither' END;
    END IF;
END$$
DELIMITER ;
