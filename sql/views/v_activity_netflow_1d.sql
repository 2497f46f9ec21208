-- What reports on NetFlow read, readable.
DROP VIEW IF EXISTS v_activity_netflow_1d;
CREATE SQL SECURITY INVOKER VIEW v_activity_netflow_1d AS
SELECT x.bucket_start, x.probe AS exporter, x.service, x.protocol_name,
       INET6_NTOA(x.src_address) AS src_address, x.src_host_name, x.src_activity, x.src_location, x.src_country,
       INET6_NTOA(x.dst_address) AS dst_address, x.dst_host_name, x.dst_activity, x.dst_location, x.dst_country,
       x.fwd_packets, x.fwd_bytes, x.rev_packets, x.rev_bytes
  FROM activityvolumetable_netflow_1d x;
