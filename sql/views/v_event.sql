-- Events with their probes.
DROP VIEW IF EXISTS v_event;
CREATE SQL SECURITY INVOKER VIEW v_event AS
SELECT x.at, p.name AS probe, x.origin, x.severity, x.code, x.text, x.parameters
  FROM eventtable x
  JOIN probe_run r ON r.run_no = x.run_no
  JOIN probe p ON p.probe_no = r.probe_no;
