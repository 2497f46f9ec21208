-- FTP transfers; times in milliseconds from the command, throughput in megabits a second.
DROP VIEW IF EXISTS v_ftptf;
CREATE SQL SECURITY INVOKER VIEW v_ftptf AS
SELECT x.commanded, p.name AS probe, c.name AS class,
       INET6_NTOA(x.client) AS client, x.client_port, INET6_NTOA(x.server) AS server, x.server_port, x.session_id,
       x.user, x.command, x.path, x.mode, INET6_NTOA(x.data_address) AS data_address, x.data_port,
       x.outcome, x.reply_code, x.bytes, x.restart_offset,
       ROUND(x.throughput_bits_per_s * 0.000001, 3) AS throughput_mbit_per_s,
       ROUND(TIMESTAMPDIFF(MICROSECOND, x.commanded, x.connected) * 0.001, 3) AS connected_ms,
       ROUND(TIMESTAMPDIFF(MICROSECOND, x.commanded, x.first_payload) * 0.001, 3) AS first_payload_ms,
       ROUND(TIMESTAMPDIFF(MICROSECOND, x.commanded, x.last_payload) * 0.001, 3) AS last_payload_ms,
       ROUND(TIMESTAMPDIFF(MICROSECOND, x.commanded, x.replied) * 0.001, 3) AS replied_ms
  FROM ftptftable x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;
