-- TCP connections, readable; times in milliseconds.
DROP VIEW IF EXISTS v_tcpcx;
CREATE SQL SECURITY INVOKER VIEW v_tcpcx AS
SELECT x.started, x.ended, p.name AS probe, c.name AS class,
       INET6_NTOA(x.fwd_address) AS fwd_address, x.fwd_port, INET6_NTOA(x.rev_address) AS rev_address, x.rev_port,
       f.service, x.outcome, IF(x.tail = 1, 'yes', 'no') AS tail,
       x.fwd_packets, x.rev_packets, x.fwd_bytes, x.rev_bytes, x.fwd_payload_bytes, x.rev_payload_bytes,
       x.fwd_retransmitted_segments, x.rev_retransmitted_segments,
       ROUND((x.syn_synack_ns + x.synack_ack_ns) * 0.000001, 3) AS handshake_ms,
       ROUND(x.fwd_rtt_avg_ns * 0.000001, 3) AS fwd_rtt_mean_ms, ROUND(x.rev_rtt_avg_ns * 0.000001, 3) AS rev_rtt_mean_ms
  FROM tcpcxtable x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;
