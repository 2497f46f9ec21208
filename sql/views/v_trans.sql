-- Single requests and what became of them; delays in milliseconds.
DROP VIEW IF EXISTS v_trans;
CREATE SQL SECURITY INVOKER VIEW v_trans AS
SELECT x.requested, x.replied, p.name AS probe, c.name AS class, x.protocol,
       INET6_NTOA(x.client) AS client, x.client_port, INET6_NTOA(x.server) AS server, x.server_port,
       x.outcome, ROUND(x.delay_ns * 0.000001, 3) AS delay_ms,
       ROUND(x.last_copy_delay_ns * 0.000001, 3) AS last_copy_delay_ms,
       ROUND(x.first_body_ns * 0.000001, 3) AS first_body_ms,
       x.name, x.operation, x.object, x.status, x.version, x.answers, x.request_bytes, x.reply_bytes, x.identifier
  FROM transtable x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;
