-- Completeness of the capture, and share of duplicate frames, per probe and interface, in percent.
DROP VIEW IF EXISTS v_capture_quality_1d;
CREATE SQL SECURITY INVOKER VIEW v_capture_quality_1d AS
SELECT x.bucket_start, p.name AS probe, x.interface, x.packets, x.ip_packets, x.matched, x.unmatched, x.undecodable,
       x.kernel_dropped + x.card_dropped + x.queue_dropped AS dropped,
       ROUND(100.000000 * x.packets / NULLIF(x.packets + x.kernel_dropped + x.card_dropped + x.queue_dropped, 0), 4)
           AS complete_percent,
       ROUND(100.000000 * x.fwd_duplicate_packets / NULLIF(x.fwd_packets, 0), 4) AS fwd_duplicate_percent,
       ROUND(100.000000 * x.rev_duplicate_packets / NULLIF(x.rev_packets, 0), 4) AS rev_duplicate_percent,
       ROUND(100.000000 * x.covered_s / 86400, 2) AS covered_percent
  FROM capsttable_1d x
  JOIN probe p ON p.probe_no = x.probe_no;
