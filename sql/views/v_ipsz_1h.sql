-- Distribution of packet sizes with their flows; bounds in bytes, the upper one not included.
DROP VIEW IF EXISTS v_ipsz_1h;
CREATE SQL SECURITY INVOKER VIEW v_ipsz_1h AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       s.lower AS from_bytes, s.upper AS below_bytes, x.fwd_packets, x.rev_packets
  FROM ipsztable_1h x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no
  JOIN slice s ON s.slice_no = x.slice_no;
