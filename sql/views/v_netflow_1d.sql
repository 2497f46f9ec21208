-- NetFlow volumes per day, each direction a row of its own; multiplied by the sampling rate.
DROP VIEW IF EXISTS v_netflow_1d;
CREATE SQL SECURITY INVOKER VIEW v_netflow_1d AS
SELECT x.bucket_start, p.name AS formatter, INET6_NTOA(x.exporter) AS exporter, x.protocol,
       INET6_NTOA(x.src_address) AS src_address, x.src_port, INET6_NTOA(x.dst_address) AS dst_address, x.dst_port,
       x.packets, x.bytes
  FROM netflowtable_1d x
  JOIN probe p ON p.probe_no = x.probe_no;
