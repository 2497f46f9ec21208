-- UDP counters with their flows.
DROP VIEW IF EXISTS v_udpct_1h;
CREATE SQL SECURITY INVOKER VIEW v_udpct_1h AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.fwd_datagrams, x.rev_datagrams, x.fwd_payload_bytes, x.rev_payload_bytes,
       x.fwd_checksumless, x.rev_checksumless
  FROM udpcttable_1h x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;
