-- Rebuilds the prepared tables of one day from the account class: activityvolumetable, activityrtt and servicertt, per
-- hour and per day, in one transaction. What a day held before is replaced, so it may be run twice. Where retention has
-- removed hours since the day was made, the hours that came since are added to what it holds, and go; where the table of
-- days tells that this would not be the day, it stays as it is. Where transfers are gone, its FTP figures stay.
--
-- Volumes are those of ipcttable_1h, grouped by the flow that they are attributed to: bytes of an FTP data connection
-- stand under its control connection. Where the two were opened from opposite ends (active mode), forward and reverse
-- change places, so that a row's forward bytes always went from src to dst.
DROP PROCEDURE IF EXISTS aggregate_day;
DELIMITER $$
CREATE PROCEDURE aggregate_day(
    IN  _dbName VARCHAR(64),   -- name that check_instance has accepted
    IN  _day    DATE,          -- day, UTC, for which activity_partitions has made room
    OUT _isKept BOOLEAN        -- whether the day stays as it was, because hours were removed that it lacks, or a sum is too large
)
    COMMENT 'Rebuilds the prepared tables of one day of probe data.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
make_day: BEGIN
    DECLARE v_isMarked, v_keepsTransfers, v_isShort, v_holdsHours BOOLEAN;
    DECLARE v_volumes, v_tcp, v_rtt VARCHAR(8) CHARACTER SET utf8mb4;
    DECLARE v_held VARCHAR(64) CHARACTER SET utf8mb4 DEFAULT 'activityvolumetable_1h';
    DECLARE v_rttHours VARCHAR(64) CHARACTER SET utf8mb4;
    DECLARE v_from VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day, '%Y-%m-%d'));
    DECLARE v_until VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day + INTERVAL 1 DAY, '%Y-%m-%d'));
    DECLARE v_span VARCHAR(128) CHARACTER SET utf8mb4
        DEFAULT CONCAT('x.bucket_start >= ', v_from, ' AND x.bucket_start < ', v_until);
    DECLARE v_ofAccount VARCHAR(255) CHARACTER SET utf8mb4
        DEFAULT CONCAT(' x JOIN {db}.flow f ON f.flow_no = x.flow_no WHERE f.account = 1 AND ', v_span);
    -- Whether this flow was opened from the other end than the flow it is attributed to.
    DECLARE v_turned VARCHAR(128) CHARACTER SET utf8mb4
        DEFAULT '(f.fwd_address = k.dst_address AND f.fwd_address <> k.src_address) IS TRUE';
    -- A sum beyond the greatest number of its column: no number of this day would be true, and other days must not wait for it.
    DECLARE EXIT HANDLER FOR SQLSTATE '22003'
    BEGIN
        ROLLBACK;
        CALL release_loaders(_dbName);
        CALL run_in(_dbName, CONCAT('INSERT IGNORE INTO {db}.stale_day (day, source, marked_at) VALUES (', v_from,
                                    ', ''probe'', UTC_TIMESTAMP(6))'));
        SET _isKept = TRUE;
    END;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
        CALL release_loaders(_dbName);
        RESIGNAL;
    END;

    CALL run_in(_dbName, CONCAT('SELECT COUNT(*) > 0 INTO @trafmon_marked FROM {db}.retention_mark
                                  WHERE table_name IN (''ipcttable_1h'', ''tcpcttable_1h'', ''tcprtttable_1h'')
                                    AND removed_before > ', v_from));
    SET v_isMarked = @trafmon_marked;
    IF v_isMarked THEN
        -- What is added of late hours is what is taken out of them.
        CALL hold_loaders(_dbName);
    END IF;
    -- Temporary tables outside the transaction: their DDL is not undone by a rollback.
    CALL activity_tables(_dbName);

    -- The loader must not wait for rows that are only read here.
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;
    -- From here on nothing of these goes; what is noted in retention_mark goes, or is gone.
    CALL run_in(_dbName, CONCAT('DO (SELECT 1 FROM {db}.ipcttable_1h LIMIT 1), (SELECT 1 FROM {db}.tcpcttable_1h LIMIT 1),',
                                ' (SELECT 1 FROM {db}.tcprtttable_1h LIMIT 1), (SELECT 1 FROM {db}.ftptftable LIMIT 1),',
                                ' (SELECT 1 FROM {db}.activityvolumetable_1h LIMIT 1)'));
    -- Before anything is read: a loader that is adding to this day holds this row, and what it adds is then seen below.
    CALL run_in(_dbName, CONCAT('DELETE FROM {db}.stale_day WHERE source = ''probe'' AND day = ', v_from));
    CALL hours_of_day(_dbName, _day, 'ipcttable', v_volumes);
    CALL hours_of_day(_dbName, _day, 'tcpcttable', v_tcp);
    CALL hours_of_day(_dbName, _day, 'tcprtttable', v_rtt);
    -- A removal noted since we looked: the next time.
    SET v_isShort = 'neither' IN (v_volumes, v_tcp, v_rtt) OR ('late' IN (v_volumes, v_tcp, v_rtt) AND NOT v_isMarked);
    CALL run_in(_dbName, CONCAT('SELECT COUNT(*) > 0 INTO @trafmon_made FROM {db}.aggregated_day
                                  WHERE source = ''probe'' AND day = ', v_from));
    SET _isKept = v_isShort AND @trafmon_made;
    IF _isKept THEN
        ROLLBACK;
        IF v_isMarked THEN
            CALL release_loaders(_dbName);
        END IF;
        LEAVE make_day;
    END IF;
    CALL keeps_day(_dbName, 'probe', _day, 'ftptftable', v_keepsTransfers);
    -- Prepared hours may have been removed as well: then the prepared day holds what is kept, and stands alone.
    CALL run_in(_dbName, CONCAT('
        SELECT h.n = d.n AND h.m = d.m AND h.t = d.t INTO @trafmon_hours_held
          FROM (SELECT COALESCE(SUM(fwd_packets), 0) AS n, COALESCE(SUM(fwd_bytes), 0) AS m,
                       COALESCE(SUM(ftp_transfers_started), 0) AS t FROM {db}.activityvolumetable_1h x WHERE ', v_span, ') h,
               (SELECT COALESCE(SUM(fwd_packets), 0) AS n, COALESCE(SUM(fwd_bytes), 0) AS m,
                       COALESCE(SUM(ftp_transfers_started), 0) AS t FROM {db}.activityvolumetable_1d x WHERE ', v_span, ') d'));
    SET v_holdsHours = @trafmon_hours_held OR NOT (v_keepsTransfers OR 'late' IN (v_volumes, v_tcp));
    IF NOT v_holdsHours THEN
        SET v_held = 'activityvolumetable_1d';
    END IF;

    -- 1. The flows of the day and how they are reported.
    CALL run_in(_dbName, CONCAT('
        INSERT IGNORE INTO flow_asked
        SELECT x.attributed_flow_no FROM {db}.ipcttable_1h x JOIN {db}.flow f ON f.flow_no = x.flow_no
         WHERE f.account = 1 AND ', v_span));
    CALL run_in(_dbName, CONCAT('
        INSERT IGNORE INTO flow_asked
        SELECT x.flow_no FROM {db}.tcpcttable_1h x JOIN {db}.flow f ON f.flow_no = x.flow_no
         WHERE f.account = 1 AND ', v_span));
    CALL run_in(_dbName, CONCAT('
        INSERT IGNORE INTO flow_asked
        SELECT COALESCE(x.account_flow_no, x.flow_no) FROM {db}.ftptftable x
         WHERE x.commanded >= ', v_from, ' AND x.commanded < ', v_until));
    CALL run_in(_dbName, CONCAT('
        INSERT INTO flow_attributed
        SELECT x.bucket_start, x.flow_no, MAX(x.attributed_flow_no)
          FROM {db}.ipcttable_1h x
         WHERE x.attributed_flow_no <> x.flow_no AND ', v_span, '
         GROUP BY x.bucket_start, x.flow_no'));
    CALL flow_keys(_dbName);

    -- 2. Volumes.
    CALL run_in(_dbName, CONCAT('
        INSERT INTO activity_hour (bucket_start, probe_no, class_no, src_address, dst_address, protocol, service,
               src_prefix_length, dst_prefix_length,
               fwd_packets, fwd_bytes, rev_packets, rev_bytes,
               fwd_duplicate_packets, fwd_duplicate_bytes, rev_duplicate_packets, rev_duplicate_bytes)
        SELECT bucket_start, probe_no, class_no, src_address, dst_address, protocol, service,
               MAX(src_prefix_length), MAX(dst_prefix_length),
               SUM(IF(turned, rev_packets, fwd_packets)), SUM(IF(turned, rev_bytes, fwd_bytes)),
               SUM(IF(turned, fwd_packets, rev_packets)), SUM(IF(turned, fwd_bytes, rev_bytes)),
               SUM(IF(turned, rev_duplicate_packets, fwd_duplicate_packets)),
               SUM(IF(turned, rev_duplicate_bytes, fwd_duplicate_bytes)),
               SUM(IF(turned, fwd_duplicate_packets, rev_duplicate_packets)),
               SUM(IF(turned, fwd_duplicate_bytes, rev_duplicate_bytes))
          FROM (SELECT k.*, x.bucket_start, x.fwd_packets, x.rev_packets, x.fwd_bytes, x.rev_bytes,
                       x.fwd_duplicate_packets, x.rev_duplicate_packets,
                       x.fwd_duplicate_bytes, x.rev_duplicate_bytes, ', v_turned, ' AS turned
                  FROM {db}.ipcttable_1h x
                  JOIN {db}.flow f ON f.flow_no = x.flow_no
                  JOIN flow_key k ON k.flow_no = x.attributed_flow_no
                 WHERE f.account = 1 AND ', v_span, ') rows_of_day
         GROUP BY 1, 2, 3, 4, 5, 6, 7'));
    IF v_volumes = 'late' THEN
        CALL keep_figures(_dbName, v_held, _day, '^(fwd|rev)_(duplicate_)?(packets|bytes)$');
    END IF;

    -- 3. TCP figures; they follow the volumes of their flow.
    CALL run_in(_dbName, CONCAT('
        INSERT INTO activity_hour (bucket_start, probe_no, class_no, src_address, dst_address, protocol, service,
               src_prefix_length, dst_prefix_length,
               connections_opened, connections_established, connections_closed, connections_reset,
               connections_refused, connections_timed_out,
               fwd_payload_bytes, fwd_unique_payload_bytes, fwd_tcp_packets, fwd_retransmitted_segments,
               fwd_retransmitted_bytes, fwd_out_of_order_segments, fwd_duplicate_acks, fwd_zero_windows,
               fwd_rtt_samples, fwd_rtt_sum_ns, fwd_rtt_min_ns, fwd_rtt_max_ns,
               rev_payload_bytes, rev_unique_payload_bytes, rev_tcp_packets, rev_retransmitted_segments,
               rev_retransmitted_bytes, rev_out_of_order_segments, rev_duplicate_acks, rev_zero_windows,
               rev_rtt_samples, rev_rtt_sum_ns, rev_rtt_min_ns, rev_rtt_max_ns)
        SELECT bucket_start, probe_no, class_no, src_address, dst_address, protocol, service,
               MAX(src_prefix_length), MAX(dst_prefix_length),
               SUM(connections_opened), SUM(connections_established), SUM(connections_closed),
               SUM(connections_reset), SUM(connections_refused), SUM(connections_timed_out),
               SUM(IF(turned, rev_payload_bytes, fwd_payload_bytes)),
               SUM(IF(turned, rev_unique_payload_bytes, fwd_unique_payload_bytes)),
               SUM(IF(turned, rev_packets, fwd_packets)),
               SUM(IF(turned, rev_retransmitted_segments, fwd_retransmitted_segments)),
               SUM(IF(turned, rev_retransmitted_bytes, fwd_retransmitted_bytes)),
               SUM(IF(turned, rev_out_of_order_segments, fwd_out_of_order_segments)),
               SUM(IF(turned, rev_duplicate_acks, fwd_duplicate_acks)),
               SUM(IF(turned, rev_zero_windows, fwd_zero_windows)),
               SUM(IF(turned, rev_rtt_samples, fwd_rtt_samples)),
               SUM(IF(turned, rev_rtt_sum_ns, fwd_rtt_sum_ns)),
               MIN(IF(turned, rev_rtt_min_ns, fwd_rtt_min_ns)),
               MAX(IF(turned, rev_rtt_max_ns, fwd_rtt_max_ns)),
               SUM(IF(turned, fwd_payload_bytes, rev_payload_bytes)),
               SUM(IF(turned, fwd_unique_payload_bytes, rev_unique_payload_bytes)),
               SUM(IF(turned, fwd_packets, rev_packets)),
               SUM(IF(turned, fwd_retransmitted_segments, rev_retransmitted_segments)),
               SUM(IF(turned, fwd_retransmitted_bytes, rev_retransmitted_bytes)),
               SUM(IF(turned, fwd_out_of_order_segments, rev_out_of_order_segments)),
               SUM(IF(turned, fwd_duplicate_acks, rev_duplicate_acks)),
               SUM(IF(turned, fwd_zero_windows, rev_zero_windows)),
               SUM(IF(turned, fwd_rtt_samples, rev_rtt_samples)),
               SUM(IF(turned, fwd_rtt_sum_ns, rev_rtt_sum_ns)),
               MIN(IF(turned, fwd_rtt_min_ns, rev_rtt_min_ns)),
               MAX(IF(turned, fwd_rtt_max_ns, rev_rtt_max_ns))
          FROM (SELECT k.probe_no, k.class_no, k.src_address, k.dst_address, k.src_prefix_length,
                       k.dst_prefix_length, k.service, k.protocol, x.*, ', v_turned, ' AS turned
                  FROM {db}.tcpcttable_1h x
                  JOIN {db}.flow f ON f.flow_no = x.flow_no
                  LEFT JOIN flow_attributed t ON t.bucket_start = x.bucket_start AND t.flow_no = x.flow_no
                  JOIN flow_key k ON k.flow_no = COALESCE(t.attributed_flow_no, x.flow_no)
                 WHERE f.account = 1 AND ', v_span, ') rows_of_day
         GROUP BY 1, 2, 3, 4, 5, 6, 7
        ON DUPLICATE KEY UPDATE
               connections_opened = VALUES(connections_opened),
               connections_established = VALUES(connections_established),
               connections_closed = VALUES(connections_closed),
               connections_reset = VALUES(connections_reset),
               connections_refused = VALUES(connections_refused),
               connections_timed_out = VALUES(connections_timed_out),
               fwd_payload_bytes = VALUES(fwd_payload_bytes),
               fwd_unique_payload_bytes = VALUES(fwd_unique_payload_bytes),
               fwd_tcp_packets = VALUES(fwd_tcp_packets),
               fwd_retransmitted_segments = VALUES(fwd_retransmitted_segments),
               fwd_retransmitted_bytes = VALUES(fwd_retransmitted_bytes),
               fwd_out_of_order_segments = VALUES(fwd_out_of_order_segments),
               fwd_duplicate_acks = VALUES(fwd_duplicate_acks),
               fwd_zero_windows = VALUES(fwd_zero_windows),
               fwd_rtt_samples = VALUES(fwd_rtt_samples),
               fwd_rtt_sum_ns = VALUES(fwd_rtt_sum_ns),
               fwd_rtt_min_ns = VALUES(fwd_rtt_min_ns),
               fwd_rtt_max_ns = VALUES(fwd_rtt_max_ns),
               rev_payload_bytes = VALUES(rev_payload_bytes),
               rev_unique_payload_bytes = VALUES(rev_unique_payload_bytes),
               rev_tcp_packets = VALUES(rev_tcp_packets),
               rev_retransmitted_segments = VALUES(rev_retransmitted_segments),
               rev_retransmitted_bytes = VALUES(rev_retransmitted_bytes),
               rev_out_of_order_segments = VALUES(rev_out_of_order_segments),
               rev_duplicate_acks = VALUES(rev_duplicate_acks),
               rev_zero_windows = VALUES(rev_zero_windows),
               rev_rtt_samples = VALUES(rev_rtt_samples),
               rev_rtt_sum_ns = VALUES(rev_rtt_sum_ns),
               rev_rtt_min_ns = VALUES(rev_rtt_min_ns),
               rev_rtt_max_ns = VALUES(rev_rtt_max_ns)'));
    IF v_tcp = 'late' THEN
        CALL keep_figures(_dbName, v_held, _day,
            '^(connections_|(fwd|rev)_(payload|unique|tcp|retransmitted|out_of_order|duplicate_acks|zero_windows|rtt))');
    END IF;

    -- 4. FTP transfers, in the hour of their command.
    IF v_keepsTransfers THEN
        CALL keep_figures(_dbName, v_held, _day, '^ftp_');
    ELSE
        CALL run_in(_dbName, CONCAT('
            INSERT INTO activity_hour (bucket_start, probe_no, class_no, src_address, dst_address, protocol, service,
                   src_prefix_length, dst_prefix_length,
                   ftp_transfers_started, ftp_transfers_completed, ftp_transfers_failed, ftp_transfers_aborted,
                   ftp_transfers_unseen, ftp_bytes, ftp_duration_ns)
            SELECT DATE_FORMAT(x.commanded, ''%Y-%m-%d %H:00:00''), k.probe_no, k.class_no, k.src_address, k.dst_address,
                   k.protocol, k.service, MAX(k.src_prefix_length), MAX(k.dst_prefix_length),
                   COUNT(*), SUM(x.outcome = ''complete''), SUM(x.outcome = ''failed''), SUM(x.outcome = ''aborted''),
                   SUM(x.outcome = ''data connection unseen''), SUM(x.bytes),
                   SUM(COALESCE(TIMESTAMPDIFF(MICROSECOND, x.first_payload, x.last_payload), 0) * 1000)
              FROM (SELECT t.*,
                           -- Every class that records transfers tells of each: what the account tells counts, else one class.
                           RANK() OVER (
                               PARTITION BY t.run_no, t.commanded, t.client, t.client_port, t.server, t.server_port, t.command, t.path
                               ORDER BY o.account DESC, o.class_no) AS class_rank
                      FROM {db}.ftptftable t
                      JOIN {db}.flow o ON o.flow_no = t.flow_no
                     WHERE t.commanded >= ', v_from, ' AND t.commanded < ', v_until, ') x
              JOIN flow_key k ON k.flow_no = COALESCE(x.account_flow_no, x.flow_no)
             WHERE x.class_rank = 1
             GROUP BY 1, 2, 3, 4, 5, 6, 7
            ON DUPLICATE KEY UPDATE
                   ftp_transfers_started = VALUES(ftp_transfers_started),
                   ftp_transfers_completed = VALUES(ftp_transfers_completed),
                   ftp_transfers_failed = VALUES(ftp_transfers_failed),
                   ftp_transfers_aborted = VALUES(ftp_transfers_aborted),
                   ftp_transfers_unseen = VALUES(ftp_transfers_unseen),
                   ftp_bytes = VALUES(ftp_bytes),
                   ftp_duration_ns = VALUES(ftp_duration_ns)'));
    END IF;

    -- 5. Round-trip times.
    SET v_rttHours = IF(v_rtt = 'late', 'rtt_late', '{db}.activityrtt_1h');
    IF v_rtt <> 'late' THEN
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.activityrtt_1h x WHERE ', v_span));
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.activityrtt_1d x WHERE ', v_span));
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.servicertt_1h x WHERE ', v_span));
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.servicertt_1d x WHERE ', v_span));
    END IF;
    CALL run_in(_dbName, CONCAT('
        INSERT INTO ', v_rttHours, ' (bucket_start, probe_no, class_no, src_address, dst_address, service, direction,
               histogram_bucket, samples)
        SELECT x.bucket_start, k.probe_no, k.class_no, k.src_address, k.dst_address, k.service,
               IF(', v_turned, ', IF(x.direction = ''fwd'', ''rev'', ''fwd''), x.direction),
               x.histogram_bucket, SUM(x.samples)
          FROM {db}.tcprtttable_1h x
          JOIN {db}.flow f ON f.flow_no = x.flow_no
          LEFT JOIN flow_attributed t ON t.bucket_start = x.bucket_start AND t.flow_no = x.flow_no
          JOIN flow_key k ON k.flow_no = COALESCE(t.attributed_flow_no, x.flow_no)
         WHERE f.account = 1 AND ', v_span, '
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8'));
    IF v_rtt = 'late' THEN
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
          FROM ', v_rttHours, ' x
         WHERE ', v_span, '
         GROUP BY 2, 3, 4, 5, 6, 7, 8
        ON DUPLICATE KEY UPDATE samples = activityrtt_1d.samples + VALUES(samples)'));
    CALL run_in(_dbName, CONCAT('
        INSERT INTO {db}.servicertt_1h (bucket_start, probe_no, service, direction, histogram_bucket, samples)
        SELECT bucket_start, probe_no, service, direction, histogram_bucket, SUM(samples)
          FROM ', v_rttHours, ' x
         WHERE ', v_span, '
         GROUP BY 1, 2, 3, 4, 5
        ON DUPLICATE KEY UPDATE samples = servicertt_1h.samples + VALUES(samples)'));
    CALL run_in(_dbName, CONCAT('
        INSERT INTO {db}.servicertt_1d (bucket_start, probe_no, service, direction, histogram_bucket, samples)
        SELECT ', v_from, ', probe_no, service, direction, histogram_bucket, SUM(samples)
          FROM ', v_rttHours, ' x
         WHERE ', v_span, '
         GROUP BY 2, 3, 4, 5
        ON DUPLICATE KEY UPDATE samples = servicertt_1d.samples + VALUES(samples)'));

    -- 6. With names, into place.
    CALL store_activity(_dbName, _day);
    CALL run_in(_dbName, CONCAT('
        REPLACE INTO {db}.aggregated_day (day, source, aggregated_at, fwd_packets, rev_packets, fwd_bytes, rev_bytes)
        SELECT ', v_from, ', ''probe'', UTC_TIMESTAMP(6), COALESCE(SUM(fwd_packets), 0), COALESCE(SUM(rev_packets), 0),
               COALESCE(SUM(fwd_bytes), 0), COALESCE(SUM(rev_bytes), 0)
          FROM {db}.activityvolumetable_1d x
         WHERE ', v_span));
    IF NOT v_holdsHours THEN
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.activityvolumetable_1h x WHERE ', v_span));
    END IF;
    IF v_isShort THEN
        CALL run_in(_dbName, CONCAT('INSERT IGNORE INTO {db}.stale_day (day, source, marked_at) VALUES (', v_from,
                                    ', ''probe'', UTC_TIMESTAMP(6))'));
    END IF;

    -- 7. Hours that were added do not count again.
    IF v_volumes = 'late' THEN
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.ipcttable_1h', v_ofAccount));
    END IF;
    IF v_tcp = 'late' THEN
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.tcpcttable_1h', v_ofAccount));
    END IF;
    IF v_rtt = 'late' THEN
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.tcprtttable_1h', v_ofAccount));
    END IF;
    COMMIT;
    IF v_isMarked THEN
        CALL release_loaders(_dbName);
    END IF;
END make_day$$
DELIMITER ;
