-- FTP counters with their flows; shares in percent.
DROP VIEW IF EXISTS v_ftpct_1d;
CREATE SQL SECURITY INVOKER VIEW v_ftpct_1d AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.sessions_opened, x.logins_accepted, x.logins_refused, x.transfers_started, x.transfers_completed,
       x.transfers_failed, x.transfers_aborted,
       ROUND(100.000000 * x.transfers_completed / NULLIF(x.transfers_started, 0), 3) AS completed_percent,
       x.fwd_bytes, x.rev_bytes
  FROM ftpcttable_1d x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;
