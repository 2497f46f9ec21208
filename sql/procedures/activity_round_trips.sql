-- Fills activityrtt and servicertt, per hour and per day, from the histograms of one day's tcprtttable_1h. What they held of
-- the day is replaced; hours that came late are added to it. Part of aggregate_day's transaction.
DROP PROCEDURE IF EXISTS activity_round_trips;
DELIMITER $$
CREATE PROCEDURE activity_round_trips(
    IN _dbName VARCHAR(64),    -- name that check_instance has accepted
    IN _day    DATE,           -- day, UTC
    IN _span   VARCHAR(128),   -- condition that x.bucket_start lies within the day
    IN _turned VARCHAR(128),   -- whether flow f was opened from the other end than the flow k that it is attributed to
    IN _isLate BOOLEAN         -- whether the hours came after the day was made and others removed
)
    COMMENT 'Fills activityrtt and servicertt of one day.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_from VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day, '%Y-%m-%d'));
    DECLARE v_hours VARCHAR(64) CHARACTER SET utf8mb4 DEFAULT IF(_isLate, 'rtt_late', '{db}.activityrtt_1h');

    IF NOT _isLate THEN
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.activityrtt_1h x WHERE ', _span));
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.activityrtt_1d x WHERE ', _span));
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.servicertt_1h x WHERE ', _span));
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.servicertt_1d x WHERE ', _span));
    END IF;
    CALL run_in(_dbName, CONCAT('
        INSERT INTO ', v_hours, ' (bucket_start, probe_no, class_no, src_address, dst_address, service, direction,
               histogram_bucket, samples)
        SELECT x.bucket_start, k.probe_no, k.class_no, k.src_address, k.dst_address, k.service,
               IF(', _turned, ', IF(x.direction = ''fwd'', ''rev'', ''fwd''), x.direction),
               x.histogram_bucket, SUM(x.samples)
          FROM {db}.tcprtttable_1h x
          JOIN {db}.flow f ON f.flow_no = x.flow_no
          LEFT JOIN flow_attributed t ON t.bucket_start = x.bucket_start AND t.flow_no = x.flow_no
          JOIN flow_key k ON k.flow_no = COALESCE(t.attributed_flow_no, x.flow_no)
         WHERE f.account = 1 AND ', _span, '
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8'));
    IF _isLate THEN
        CALL run_in(_dbName, '
            INSERT INTO {db}.activityrtt_1h (bucket_start, probe_no, class_no, src_address, dst_address, service, direction,
                   histogram_bucket, samples)
            SELECT bucket_start, probe_no, class_no, src_address, dst_address, service, direction, histogram_bucket, samples
              FROM rtt_late r
            ON DUPLICATE KEY UPDATE samples = activityrtt_1h.samples + VALUES(samples)');
    END IF;
    CALL run_in(_dbName, CONCAT('
        INSERT INTO {db}.activityrtt_1d (bucket_start, probe_no, class_no, src_address, dst_address, service, direction,
               histogram_bucket, samples)
        SELECT ', v_from, ', probe_no, class_no, src_address, dst_address, service, direction, histogram_bucket,
               SUM(samples)
          FROM ', v_hours, ' x
         WHERE ', _span, '
         GROUP BY 2, 3, 4, 5, 6, 7, 8
        ON DUPLICATE KEY UPDATE samples = activityrtt_1d.samples + VALUES(samples)'));
    CALL run_in(_dbName, CONCAT('
        INSERT INTO {db}.servicertt_1h (bucket_start, probe_no, service, direction, histogram_bucket, samples)
        SELECT bucket_start, probe_no, service, direction, histogram_bucket, SUM(samples)
          FROM ', v_hours, ' x
         WHERE ', _span, '
         GROUP BY 1, 2, 3, 4, 5
        ON DUPLICATE KEY UPDATE samples = servicertt_1h.samples + VALUES(samples)'));
    CALL run_in(_dbName, CONCAT('
        INSERT INTO {db}.servicertt_1d (bucket_start, probe_no, service, direction, histogram_bucket, samples)
        SELECT ', v_from, ', probe_no, service, direction, histogram_bucket, SUM(samples)
          FROM ', v_hours, ' x
         WHERE ', _span, '
         GROUP BY 2, 3, 4, 5
        ON DUPLICATE KEY UPDATE samples = servicertt_1d.samples + VALUES(samples)'));
END$$
DELIMITER ;
