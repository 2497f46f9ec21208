-- IP counters with their flows.
DROP VIEW IF EXISTS v_ipct_1d;
CREATE SQL SECURITY INVOKER VIEW v_ipct_1d AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.fwd_packets, x.rev_packets, x.fwd_bytes, x.rev_bytes, x.first, x.last
  FROM ipcttable_1d x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;
