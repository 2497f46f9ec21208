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
    CALL activity_volumes(_dbName, v_span, v_turned);
    IF v_volumes = 'late' THEN
        CALL keep_figures(_dbName, v_held, _day, '^(fwd|rev)_(duplicate_)?(packets|bytes)$');
    END IF;

    -- 3. TCP figures; they follow the volumes of their flow.
    CALL activity_tcp(_dbName, v_span, v_turned);
    IF v_tcp = 'late' THEN
        CALL keep_figures(_dbName, v_held, _day,
            '^(connections_|(fwd|rev)_(payload|unique|tcp|retransmitted|out_of_order|duplicate_acks|zero_windows|rtt))');
    END IF;

    -- 4. FTP transfers, in the hour of their command.
    IF v_keepsTransfers THEN
        CALL keep_figures(_dbName, v_held, _day, '^ftp_');
    ELSE
        CALL activity_transfers(_dbName, _day);
    END IF;

    -- 5. Round-trip times.
    CALL activity_round_trips(_dbName, _day, v_span, v_turned, v_rtt = 'late');

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
