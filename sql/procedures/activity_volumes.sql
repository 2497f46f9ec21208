-- Adds the volumes of a day, hour by hour, to the temporary table activity_hour: those of ipcttable_1h, under the flow that
-- they are attributed to in the temporary table flow_key. Part of aggregate_day's transaction.
DROP PROCEDURE IF EXISTS activity_volumes;
DELIMITER $$
CREATE PROCEDURE activity_volumes(
    IN _dbName VARCHAR(64),    -- name that check_instance has accepted
    IN _span   VARCHAR(128),   -- condition that x.bucket_start lies within the day
    IN _turned VARCHAR(128)    -- whether flow f was opened from the other end than the flow k that it is attributed to
)
    COMMENT 'Adds the volumes of a day to activity_hour.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
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
                       x.fwd_duplicate_bytes, x.rev_duplicate_bytes, ', _turned, ' AS turned
                  FROM {db}.ipcttable_1h x
                  JOIN {db}.flow f ON f.flow_no = x.flow_no
                  JOIN flow_key k ON k.flow_no = x.attributed_flow_no
                 WHERE f.account = 1 AND ', _span, ') rows_of_day
         GROUP BY 1, 2, 3, 4, 5, 6, 7'));
END$$
DELIMITER ;
