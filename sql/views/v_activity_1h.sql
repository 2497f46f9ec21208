-- What reports read, readable.
DROP VIEW IF EXISTS v_activity_1h;
CREATE SQL SECURITY INVOKER VIEW v_activity_1h AS
SELECT x.bucket_start, x.probe, x.service, x.protocol_name,
       INET6_NTOA(x.src_address) AS src_address, x.src_host_name, x.src_activity, x.src_location, x.src_country,
       INET6_NTOA(x.dst_address) AS dst_address, x.dst_host_name, x.dst_activity, x.dst_location, x.dst_country,
       x.fwd_packets, x.fwd_bytes, x.rev_packets, x.rev_bytes, x.connections_opened, x.connections_refused,
       x.fwd_retransmitted_segments, x.rev_retransmitted_segments, x.ftp_transfers_started, x.ftp_transfers_completed
  FROM activityvolumetable_1h x;
