-- Makes the temporary tables that aggregate_day works in, empty. May be run twice.
DROP PROCEDURE IF EXISTS activity_tables;
DELIMITER $$
CREATE PROCEDURE activity_tables(
    IN _dbName VARCHAR(64)   -- name that check_instance has accepted
)
    COMMENT 'Makes the temporary tables of aggregate_day.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DROP TEMPORARY TABLE IF EXISTS flow_asked;
    CREATE TEMPORARY TABLE flow_asked (flow_no BIGINT UNSIGNED NOT NULL PRIMARY KEY);
    DROP TEMPORARY TABLE IF EXISTS flow_attributed;
    CREATE TEMPORARY TABLE flow_attributed (
      bucket_start DATETIME NOT NULL,
      flow_no BIGINT UNSIGNED NOT NULL,
      attributed_flow_no BIGINT UNSIGNED NOT NULL,
      PRIMARY KEY (bucket_start, flow_no)
    );
    -- A temporary table cannot be partitioned, so not LIKE the table that it fills.
    DROP TEMPORARY TABLE IF EXISTS activity_hour;
    CALL run_in(_dbName, '
        CREATE TEMPORARY TABLE activity_hour (
          PRIMARY KEY (bucket_start, probe_no, class_no, src_address, dst_address, protocol, service)
        )
        SELECT bucket_start, probe_no, class_no, src_address, dst_address, protocol, service,
               src_prefix_length, dst_prefix_length, fwd_packets, fwd_bytes, rev_packets, rev_bytes,
               fwd_duplicate_packets, fwd_duplicate_bytes, rev_duplicate_packets, rev_duplicate_bytes,
               connections_opened, connections_established, connections_closed, connections_reset,
               connections_refused, connections_timed_out, fwd_payload_bytes, fwd_unique_payload_bytes,
               fwd_tcp_packets, fwd_retransmitted_segments, fwd_retransmitted_bytes, fwd_out_of_order_segments,
               fwd_duplicate_acks, fwd_zero_windows, fwd_rtt_samples, fwd_rtt_sum_ns, fwd_rtt_min_ns, fwd_rtt_max_ns,
               rev_payload_bytes, rev_unique_payload_bytes, rev_tcp_packets, rev_retransmitted_segments,
               rev_retransmitted_bytes, rev_out_of_order_segments, rev_duplicate_acks, rev_zero_windows,
               rev_rtt_samples, rev_rtt_sum_ns, rev_rtt_min_ns, rev_rtt_max_ns, ftp_transfers_started,
               ftp_transfers_completed, ftp_transfers_failed, ftp_transfers_aborted, ftp_transfers_unseen, ftp_bytes,
               ftp_duration_ns
          FROM {db}.activityvolumetable_1h
         WHERE FALSE');
    DROP TEMPORARY TABLE IF EXISTS rtt_late;
    CALL run_in(_dbName, 'CREATE TEMPORARY TABLE rtt_late SELECT * FROM {db}.activityrtt_1h WHERE FALSE');
END$$
DELIMITER ;
