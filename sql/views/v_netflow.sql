-- NetFlow records as exported: multiply packets and bytes by the sampling rate.
DROP VIEW IF EXISTS v_netflow;
CREATE SQL SECURITY INVOKER VIEW v_netflow AS
SELECT x.first, x.last, p.name AS formatter, INET6_NTOA(x.exporter) AS exporter, x.protocol,
       INET6_NTOA(x.src_address) AS src_address, x.src_port, INET6_NTOA(x.dst_address) AS dst_address, x.dst_port,
       x.packets, x.bytes, x.sampling_rate, x.tos, x.tcp_flags, x.input_interface, x.output_interface, x.src_as, x.dst_as
  FROM netflowtable x
  JOIN probe_run r ON r.run_no = x.run_no
  JOIN probe p ON p.probe_no = r.probe_no;
