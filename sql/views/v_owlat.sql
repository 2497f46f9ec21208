-- Single packets at both hops of a pair, with the probes by name; latencies in milliseconds.
DROP VIEW IF EXISTS v_owlat;
CREATE SQL SECURITY INVOKER VIEW v_owlat AS
SELECT x.seen, c.name AS class, x.signature, x.from_hop, x.to_hop, a.probe AS from_probe, b.probe AS to_probe,
       ROUND(x.latency_ns * 0.000001, 6) AS latency_ms, x.bytes
  FROM owlattable x
  JOIN flow_class c ON c.class_no = x.class_no
  LEFT JOIN hop a ON a.class_no = x.class_no AND a.hop = x.from_hop
  LEFT JOIN hop b ON b.class_no = x.class_no AND b.hop = x.to_hop;
