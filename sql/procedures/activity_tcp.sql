-- Adds the TCP figures of a day, hour by hour, to the temporary table activity_hour: those of tcpcttable_1h, under the flow
-- that the volumes of the same hour are attributed to (flow_attributed, flow_key). Part of aggregate_day's transaction.
DROP PROCEDURE IF EXISTS activity_tcp;
DELIMITER $$
CREATE PROCEDURE activity_tcp(
    IN _dbName VARCHAR(64),    -- name that check_instance has accepted
    IN _span   VARCHAR(128),   -- condition that x.bucket_start lies within the day
    IN _turned VARCHAR(128)    -- whether flow f was opened from the other end than the flow k that it is attributed to
)
    COMMENT 'Adds the TCP figures of a day to activity_hour.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
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
                       k.dst_prefix_length, k.service, k.protocol, x.*, ', _turned, ' AS turned
                  FROM {db}.tcpcttable_1h x
                  JOIN {db}.flow f ON f.flow_no = x.flow_no
                  LEFT JOIN flow_attributed t ON t.bucket_start = x.bucket_start AND t.flow_no = x.flow_no
                  JOIN flow_key k ON k.flow_no = COALESCE(t.attributed_flow_no, x.flow_no)
                 WHERE f.account = 1 AND ', _span, ') rows_of_day
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
END$$
DELIMITER ;
