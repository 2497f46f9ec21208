-- Rebuilds the prepared tables of one day from NetFlow data, in one transaction. What the day held before is replaced, so
-- it may be run twice. src is the client side: that whose port does not name the service, else the lower address; the two
-- unidirectional flows of a conversation make one row. Where retention has removed hours since the day was made, it is made
-- up as in aggregate_day.
DROP PROCEDURE IF EXISTS aggregate_netflow_day;
DELIMITER $$
CREATE PROCEDURE aggregate_netflow_day(
    IN  _dbName VARCHAR(64),   -- name that check_instance has accepted
    IN  _day    DATE,          -- day, UTC
    OUT _isKept BOOLEAN        -- whether the day stays as it was, because hours were removed that it lacks, or a sum is too large
)
    COMMENT 'Rebuilds the prepared tables of one day of NetFlow data.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
make_day: BEGIN
    DECLARE v_from VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day, '%Y-%m-%d'));
    DECLARE v_until VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day + INTERVAL 1 DAY, '%Y-%m-%d'));
    DECLARE v_span VARCHAR(128) CHARACTER SET utf8mb4
        DEFAULT CONCAT('x.bucket_start >= ', v_from, ' AND x.bucket_start < ', v_until);
    DECLARE v_isMarked, v_isShort BOOLEAN;
    DECLARE v_hold VARCHAR(8) CHARACTER SET utf8mb4;
    DECLARE v_hours VARCHAR(64) CHARACTER SET utf8mb4;
    DECLARE v_add TEXT CHARACTER SET utf8mb4;
    -- A sum beyond the greatest number of its column: no number of this day would be true, and other days must not wait for it.
    DECLARE EXIT HANDLER FOR SQLSTATE '22003'
    BEGIN
        ROLLBACK;
        CALL release_loaders(_dbName);
        CALL run_in(_dbName, CONCAT('INSERT IGNORE INTO {db}.stale_day (day, source, marked_at) VALUES (', v_from,
                                    ', ''netflow'', UTC_TIMESTAMP(6))'));
        SET _isKept = TRUE;
    END;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
        CALL release_loaders(_dbName);
        RESIGNAL;
    END;

    CALL partition_add(_dbName, 'activityvolumetable_netflow_1h', _day);
    CALL partition_add(_dbName, 'activityvolumetable_netflow_1d', _day);
    DROP TEMPORARY TABLE IF EXISTS netflow_late;
    CALL run_in(_dbName, 'CREATE TEMPORARY TABLE netflow_late SELECT * FROM {db}.activityvolumetable_netflow_1h WHERE FALSE');
    CALL run_in(_dbName, CONCAT('SELECT COUNT(*) > 0 INTO @trafmon_marked FROM {db}.retention_mark
                                  WHERE table_name = ''netflowtable_1h'' AND removed_before > ', v_from));
    SET v_isMarked = @trafmon_marked;
    IF v_isMarked THEN
        -- What is added of late hours is what is taken out of them.
        CALL hold_loaders(_dbName);
    END IF;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    START TRANSACTION;
    -- From here on nothing of these goes; what is noted in retention_mark goes, or is gone.
    CALL run_in(_dbName, 'DO (SELECT 1 FROM {db}.netflowtable_1h LIMIT 1)');
    -- Before anything is read: a loader that is adding to this day holds this row, and what it adds is then seen below.
    CALL run_in(_dbName, CONCAT('DELETE FROM {db}.stale_day WHERE source = ''netflow'' AND day = ', v_from));
    CALL hours_of_day(_dbName, _day, 'netflowtable', v_hold);
    -- A removal noted since we looked: the next time.
    SET v_isShort = v_hold = 'neither' OR (v_hold = 'late' AND NOT v_isMarked);
    CALL run_in(_dbName, CONCAT('SELECT COUNT(*) > 0 INTO @trafmon_made FROM {db}.aggregated_day
                                  WHERE source = ''netflow'' AND day = ', v_from));
    SET _isKept = v_isShort AND @trafmon_made;
    IF _isKept THEN
        ROLLBACK;
        IF v_isMarked THEN
            CALL release_loaders(_dbName);
        END IF;
        LEAVE make_day;
    END IF;
    SET v_add = CONCAT('fwd_packets = {t}.fwd_packets + VALUES(fwd_packets), fwd_bytes = {t}.fwd_bytes + VALUES(fwd_bytes),',
                       'rev_packets = {t}.rev_packets + VALUES(rev_packets), rev_bytes = {t}.rev_bytes + VALUES(rev_bytes)');
    SET v_hours = IF(v_hold = 'late', 'netflow_late', '{db}.activityvolumetable_netflow_1h');
    IF v_hold <> 'late' THEN
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.activityvolumetable_netflow_1h x WHERE ', v_span));
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.activityvolumetable_netflow_1d x WHERE ', v_span));
    END IF;
    CALL run_in(_dbName, CONCAT('
        INSERT INTO ', v_hours, '
              (bucket_start, probe_no, exporter, probe, src_address, dst_address, protocol, protocol_name, service,
               src_prefix_length, dst_prefix_length, fwd_packets, fwd_bytes, rev_packets, rev_bytes,
               src_host_name, src_activity, src_location, src_country, src_city, src_asn, src_as_name,
               dst_host_name, dst_activity, dst_location, dst_country, dst_city, dst_asn, dst_as_name)
        SELECT v.bucket_start, v.probe_no, v.exporter, INET6_NTOA(v.exporter), v.client, v.server, v.protocol,
               protocol_name(v.protocol), v.service, LENGTH(v.client) * 8, LENGTH(v.server) * 8,
               v.fwd_packets, v.fwd_bytes, v.rev_packets, v.rev_bytes,
               s.host_name, s.activity, s.location, s.country, s.city, s.asn, s.as_name,
               d.host_name, d.activity, d.location, d.country, d.city, d.asn, d.as_name
          FROM (SELECT bucket_start, probe_no, exporter, IF(turned, dst_address, src_address) AS client,
                       IF(turned, src_address, dst_address) AS server, protocol, service,
                       SUM(IF(turned, 0, packets)) AS fwd_packets, SUM(IF(turned, 0, bytes)) AS fwd_bytes,
                       SUM(IF(turned, packets, 0)) AS rev_packets, SUM(IF(turned, bytes, 0)) AS rev_bytes
                  FROM (SELECT x.*,
                               CASE WHEN a.port IS NULL AND b.port IS NULL THEN x.src_address > x.dst_address
                                    WHEN b.port IS NULL THEN TRUE
                                    WHEN a.port IS NULL THEN FALSE
                                    WHEN a.precedence = b.precedence AND a.port = b.port
                                        THEN x.src_address > x.dst_address
                                    ELSE a.precedence < b.precedence
                                         OR (a.precedence = b.precedence AND a.port < b.port) END AS turned,
                               COALESCE(IF(b.port IS NULL OR a.precedence < b.precedence
                                           OR (a.precedence = b.precedence AND a.port <= b.port), a.service, b.service),
                                        b.service,
                                        CASE x.protocol WHEN 6 THEN ''other tcp'' WHEN 17 THEN ''other udp''
                                                        ELSE protocol_name(x.protocol) END) AS service
                          FROM {db}.netflowtable_1h x
                          LEFT JOIN protocol_table a ON a.protocol = x.protocol AND a.port = x.src_port
                          LEFT JOIN protocol_table b ON b.protocol = x.protocol AND b.port = x.dst_port
                         WHERE ', v_span, ') directed
                 GROUP BY 1, 2, 3, 4, 5, 6, 7) v
          LEFT JOIN {db}.ipInfotable s ON s.address = v.client
          LEFT JOIN {db}.ipInfotable d ON d.address = v.server'));
    CALL run_in(_dbName, CONCAT('
        INSERT INTO {db}.activityvolumetable_netflow_1d
              (bucket_start, probe_no, exporter, probe, src_address, dst_address, protocol, protocol_name, service,
               src_prefix_length, dst_prefix_length, fwd_packets, fwd_bytes, rev_packets, rev_bytes,
               src_host_name, src_activity, src_location, src_country, src_city, src_asn, src_as_name,
               dst_host_name, dst_activity, dst_location, dst_country, dst_city, dst_asn, dst_as_name)
        SELECT ', v_from, ', probe_no, exporter, MAX(probe), src_address, dst_address, protocol, MAX(protocol_name),
               service, MAX(src_prefix_length), MAX(dst_prefix_length), SUM(fwd_packets), SUM(fwd_bytes),
               SUM(rev_packets), SUM(rev_bytes),
               MAX(src_host_name), MAX(src_activity), MAX(src_location), MAX(src_country), MAX(src_city), MAX(src_asn), MAX(src_as_name),
               MAX(dst_host_name), MAX(dst_activity), MAX(dst_location), MAX(dst_country), MAX(dst_city), MAX(dst_asn), MAX(dst_as_name)
          FROM ', v_hours, ' x
         WHERE ', v_span, '
         GROUP BY probe_no, exporter, src_address, dst_address, protocol, service
        ON DUPLICATE KEY UPDATE ', REPLACE(v_add, '{t}', 'activityvolumetable_netflow_1d')));
    IF v_hold = 'late' THEN
        CALL run_in(_dbName, CONCAT('
            INSERT INTO {db}.activityvolumetable_netflow_1h SELECT * FROM netflow_late h
            ON DUPLICATE KEY UPDATE ', REPLACE(v_add, '{t}', 'activityvolumetable_netflow_1h')));
        -- Hours that were added do not count again.
        CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.netflowtable_1h x WHERE ', v_span));
    END IF;
    CALL run_in(_dbName, CONCAT('
        REPLACE INTO {db}.aggregated_day (day, source, aggregated_at, fwd_packets, rev_packets, fwd_bytes, rev_bytes)
        SELECT ', v_from, ', ''netflow'', UTC_TIMESTAMP(6), COALESCE(SUM(fwd_packets), 0), COALESCE(SUM(rev_packets), 0),
               COALESCE(SUM(fwd_bytes), 0), COALESCE(SUM(rev_bytes), 0)
          FROM {db}.activityvolumetable_netflow_1d x
         WHERE ', v_span));
    IF v_isShort THEN
        CALL run_in(_dbName, CONCAT('INSERT IGNORE INTO {db}.stale_day (day, source, marked_at) VALUES (', v_from,
                                    ', ''netflow'', UTC_TIMESTAMP(6))'));
    END IF;
    COMMIT;
    IF v_isMarked THEN
        CALL release_loaders(_dbName);
    END IF;
END make_day$$
DELIMITER ;
