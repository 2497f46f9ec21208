-- Puts the hours in the temporary table activity_hour into activityvolumetable_1h in place of what the day held, with the
-- names of probe and class and the description of both peers, and adds them up in activityvolumetable_1d. Part of
-- aggregate_day's transaction. May be run twice.
DROP PROCEDURE IF EXISTS store_activity;
DELIMITER $$
CREATE PROCEDURE store_activity(
    IN _dbName VARCHAR(64),   -- name that check_instance has accepted
    IN _day    DATE           -- day, UTC
)
    COMMENT 'Replaces the day in activityvolumetable by what is in activity_hour.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_from VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day, '%Y-%m-%d'));
    DECLARE v_until VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day + INTERVAL 1 DAY, '%Y-%m-%d'));
    DECLARE v_span VARCHAR(128) CHARACTER SET utf8mb4
        DEFAULT CONCAT('x.bucket_start >= ', v_from, ' AND x.bucket_start < ', v_until);

    CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.activityvolumetable_1h x WHERE ', v_span));
    CALL run_in(_dbName, CONCAT('DELETE x FROM {db}.activityvolumetable_1d x WHERE ', v_span));
    CALL run_in(_dbName, '
        INSERT INTO {db}.activityvolumetable_1h
              (bucket_start, probe_no, probe, class_no, class, src_address, dst_address, protocol, protocol_name,
               service, src_prefix_length, dst_prefix_length, fwd_packets, fwd_bytes, rev_packets, rev_bytes,
               fwd_duplicate_packets, fwd_duplicate_bytes, rev_duplicate_packets, rev_duplicate_bytes,
               connections_opened, connections_established, connections_closed, connections_reset,
               connections_refused, connections_timed_out, fwd_payload_bytes, fwd_unique_payload_bytes,
               fwd_tcp_packets, fwd_retransmitted_segments, fwd_retransmitted_bytes, fwd_out_of_order_segments,
               fwd_duplicate_acks, fwd_zero_windows, fwd_rtt_samples, fwd_rtt_sum_ns, fwd_rtt_min_ns, fwd_rtt_max_ns,
               rev_payload_bytes, rev_unique_payload_bytes, rev_tcp_packets, rev_retransmitted_segments,
               rev_retransmitted_bytes, rev_out_of_order_segments, rev_duplicate_acks, rev_zero_windows,
               rev_rtt_samples, rev_rtt_sum_ns, rev_rtt_min_ns, rev_rtt_max_ns, ftp_transfers_started,
               ftp_transfers_completed, ftp_transfers_failed, ftp_transfers_aborted, ftp_transfers_unseen, ftp_bytes,
               ftp_duration_ns, src_host_name, src_activity, src_location, src_country, src_city, src_asn,
               src_as_name, dst_host_name, dst_activity, dst_location, dst_country, dst_city, dst_asn, dst_as_name)
        SELECT h.bucket_start, h.probe_no, p.name, h.class_no, c.name, h.src_address, h.dst_address, h.protocol,
               protocol_name(IF(h.protocol = 256, NULL, h.protocol)), h.service,
               h.src_prefix_length, h.dst_prefix_length, h.fwd_packets, h.fwd_bytes, h.rev_packets, h.rev_bytes,
               h.fwd_duplicate_packets, h.fwd_duplicate_bytes, h.rev_duplicate_packets, h.rev_duplicate_bytes,
               h.connections_opened, h.connections_established, h.connections_closed, h.connections_reset,
               h.connections_refused, h.connections_timed_out, h.fwd_payload_bytes, h.fwd_unique_payload_bytes,
               h.fwd_tcp_packets, h.fwd_retransmitted_segments, h.fwd_retransmitted_bytes,
               h.fwd_out_of_order_segments, h.fwd_duplicate_acks, h.fwd_zero_windows, h.fwd_rtt_samples,
               h.fwd_rtt_sum_ns, h.fwd_rtt_min_ns, h.fwd_rtt_max_ns, h.rev_payload_bytes, h.rev_unique_payload_bytes,
               h.rev_tcp_packets, h.rev_retransmitted_segments, h.rev_retransmitted_bytes,
               h.rev_out_of_order_segments, h.rev_duplicate_acks, h.rev_zero_windows, h.rev_rtt_samples,
               h.rev_rtt_sum_ns, h.rev_rtt_min_ns, h.rev_rtt_max_ns, h.ftp_transfers_started,
               h.ftp_transfers_completed, h.ftp_transfers_failed, h.ftp_transfers_aborted, h.ftp_transfers_unseen,
               h.ftp_bytes, h.ftp_duration_ns,
               s.host_name, s.activity, s.location, s.country, s.city, s.asn, s.as_name, d.host_name, d.activity,
               d.location, d.country, d.city, d.asn, d.as_name
          FROM activity_hour h
          JOIN {db}.probe p ON p.probe_no = h.probe_no
          JOIN {db}.flow_class c ON c.class_no = h.class_no
          LEFT JOIN {db}.ipInfotable s ON s.address = h.src_address
          LEFT JOIN {db}.ipInfotable d ON d.address = h.dst_address');
    CALL run_in(_dbName, CONCAT('
        INSERT INTO {db}.activityvolumetable_1d
              (bucket_start, probe_no, probe, class_no, class, src_address, dst_address, protocol, protocol_name,
               service, src_prefix_length, dst_prefix_length, fwd_packets, fwd_bytes, rev_packets, rev_bytes,
               fwd_duplicate_packets, fwd_duplicate_bytes, rev_duplicate_packets, rev_duplicate_bytes,
               connections_opened, connections_established, connections_closed, connections_reset,
               connections_refused, connections_timed_out, fwd_payload_bytes, fwd_unique_payload_bytes,
               fwd_tcp_packets, fwd_retransmitted_segments, fwd_retransmitted_bytes, fwd_out_of_order_segments,
               fwd_duplicate_acks, fwd_zero_windows, fwd_rtt_samples, fwd_rtt_sum_ns, fwd_rtt_min_ns, fwd_rtt_max_ns,
               rev_payload_bytes, rev_unique_payload_bytes, rev_tcp_packets, rev_retransmitted_segments,
               rev_retransmitted_bytes, rev_out_of_order_segments, rev_duplicate_acks, rev_zero_windows,
               rev_rtt_samples, rev_rtt_sum_ns, rev_rtt_min_ns, rev_rtt_max_ns, ftp_transfers_started,
               ftp_transfers_completed, ftp_transfers_failed, ftp_transfers_aborted, ftp_transfers_unseen, ftp_bytes,
               ftp_duration_ns, src_host_name, src_activity, src_location, src_country, src_city, src_asn,
               src_as_name, dst_host_name, dst_activity, dst_location, dst_country, dst_city, dst_asn, dst_as_name)
        SELECT ', v_from, ', probe_no, MAX(probe), class_no, MAX(class), src_address, dst_address, protocol,
               MAX(protocol_name), service,
               MAX(src_prefix_length), MAX(dst_prefix_length), SUM(fwd_packets), SUM(fwd_bytes), SUM(rev_packets),
               SUM(rev_bytes), SUM(fwd_duplicate_packets), SUM(fwd_duplicate_bytes), SUM(rev_duplicate_packets),
               SUM(rev_duplicate_bytes), SUM(connections_opened), SUM(connections_established),
               SUM(connections_closed), SUM(connections_reset), SUM(connections_refused), SUM(connections_timed_out),
               SUM(fwd_payload_bytes), SUM(fwd_unique_payload_bytes), SUM(fwd_tcp_packets),
               SUM(fwd_retransmitted_segments), SUM(fwd_retransmitted_bytes), SUM(fwd_out_of_order_segments),
               SUM(fwd_duplicate_acks), SUM(fwd_zero_windows), SUM(fwd_rtt_samples), SUM(fwd_rtt_sum_ns),
               MIN(fwd_rtt_min_ns), MAX(fwd_rtt_max_ns), SUM(rev_payload_bytes), SUM(rev_unique_payload_bytes),
               SUM(rev_tcp_packets), SUM(rev_retransmitted_segments), SUM(rev_retransmitted_bytes),
               SUM(rev_out_of_order_segments), SUM(rev_duplicate_acks), SUM(rev_zero_windows), SUM(rev_rtt_samples),
               SUM(rev_rtt_sum_ns), MIN(rev_rtt_min_ns), MAX(rev_rtt_max_ns), SUM(ftp_transfers_started),
               SUM(ftp_transfers_completed), SUM(ftp_transfers_failed), SUM(ftp_transfers_aborted),
               SUM(ftp_transfers_unseen), SUM(ftp_bytes), SUM(ftp_duration_ns), MAX(src_host_name), MAX(src_activity),
               MAX(src_location), MAX(src_country), MAX(src_city), MAX(src_asn), MAX(src_as_name), MAX(dst_host_name),
               MAX(dst_activity), MAX(dst_location), MAX(dst_country), MAX(dst_city), MAX(dst_asn), MAX(dst_as_name)
          FROM {db}.activityvolumetable_1h x
         WHERE ', v_span, '
         GROUP BY probe_no, class_no, src_address, dst_address, protocol, service'));
END$$
DELIMITER ;
