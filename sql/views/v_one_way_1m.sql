-- What became of the packets of each hop pair per minute, whether a class tells verdicts together or apart. lost_percent: of
-- the packets matched or lost; latencies in milliseconds.
DROP VIEW IF EXISTS v_one_way_1m;
CREATE SQL SECURITY INVOKER VIEW v_one_way_1m AS
SELECT x.bucket_start, c.name AS class, x.from_hop, x.to_hop, a.probe AS from_probe, b.probe AS to_probe,
       SUM(x.matched_packets) AS matched_packets, SUM(x.lost_packets) AS lost_packets,
       SUM(x.missed_packets) AS missed_packets, SUM(x.unknown_packets) AS unknown_packets,
       SUM(x.dropped_packets) AS dropped_packets, SUM(x.duplicate_packets) AS duplicate_packets,
       SUM(x.matched_bytes) AS matched_bytes, SUM(x.lost_bytes) AS lost_bytes,
       ROUND(100.000000 * SUM(x.lost_packets) / NULLIF(SUM(x.matched_packets) + SUM(x.lost_packets), 0), 4) AS lost_percent,
       ROUND(SUM(x.latency_sum_ns) / NULLIF(SUM(x.matched_packets), 0) * 0.000001, 6) AS latency_mean_ms,
       ROUND(MIN(x.latency_min_ns) * 0.000001, 6) AS latency_min_ms,
       ROUND(MAX(x.latency_max_ns) * 0.000001, 6) AS latency_max_ms,
       SUM(x.negative_packets) AS negative_packets
  FROM (SELECT bucket_start, class_no, from_hop, to_hop, matched_packets, lost_packets, missed_packets, unknown_packets,
               dropped_packets, duplicate_packets, matched_bytes, lost_bytes, latency_sum_ns, latency_min_ns,
               latency_max_ns, negative_packets
          FROM owcttable_1m
         UNION ALL
        SELECT bucket_start, class_no, from_hop, to_hop, 0, packets, 0, 0, 0, 0, 0, bytes, 0, NULL, NULL, 0
          FROM owlosttable_1m
         UNION ALL
        SELECT bucket_start, class_no, from_hop, to_hop, 0, 0, packets, 0, 0, 0, 0, 0, 0, NULL, NULL, 0
          FROM owmisstable_1m
         UNION ALL
        SELECT bucket_start, class_no, from_hop, to_hop, 0, 0, 0, 0, packets, 0, 0, 0, 0, NULL, NULL, 0
          FROM owdroptable_1m) x
  JOIN flow_class c ON c.class_no = x.class_no
  LEFT JOIN hop a ON a.class_no = x.class_no AND a.hop = x.from_hop
  LEFT JOIN hop b ON b.class_no = x.class_no AND b.hop = x.to_hop
 GROUP BY x.bucket_start, c.name, x.from_hop, x.to_hop, a.probe, b.probe;
