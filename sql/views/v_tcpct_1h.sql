-- TCP counters with their flows; shares in percent, times in milliseconds.
DROP VIEW IF EXISTS v_tcpct_1h;
CREATE SQL SECURITY INVOKER VIEW v_tcpct_1h AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.connections_opened, x.connections_established, x.connections_refused, x.connections_reset,
       x.fwd_payload_bytes, x.rev_payload_bytes,
       ROUND(100.000000 * x.fwd_retransmitted_bytes / NULLIF(x.fwd_payload_bytes, 0), 3) AS fwd_retransmitted_percent,
       ROUND(100.000000 * x.rev_retransmitted_bytes / NULLIF(x.rev_payload_bytes, 0), 3) AS rev_retransmitted_percent,
       ROUND(x.fwd_rtt_sum_ns / NULLIF(x.fwd_rtt_samples, 0) * 0.000001, 3) AS fwd_rtt_mean_ms,
       ROUND(x.rev_rtt_sum_ns / NULLIF(x.rev_rtt_samples, 0) * 0.000001, 3) AS rev_rtt_mean_ms
  FROM tcpcttable_1h x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;
