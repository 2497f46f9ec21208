-- Median and 95th percentile of TCP round-trip times per day, probe and service, in milliseconds: the middle of the
-- histogram bucket that holds them, within 1.6 %.
DROP VIEW IF EXISTS v_service_rtt_1d;
CREATE SQL SECURITY INVOKER VIEW v_service_rtt_1d AS
SELECT bucket_start, probe, service, direction, MAX(total) AS samples,
       ROUND(MIN(IF(below >= total * 0.50, middle_ns, NULL)) * 0.000001, 3) AS median_ms,
       ROUND(MIN(IF(below >= total * 0.95, middle_ns, NULL)) * 0.000001, 3) AS p95_ms
  FROM (SELECT x.bucket_start, p.name AS probe, x.service, x.direction,
               SUM(x.samples) OVER (PARTITION BY x.bucket_start, x.probe_no, x.service, x.direction) AS total,
               SUM(x.samples) OVER (PARTITION BY x.bucket_start, x.probe_no, x.service, x.direction
                                    ORDER BY x.histogram_bucket) AS below,
               -- As histogram_lower_ns; a view of a runtime database cannot call the template's function.
               IF(x.histogram_bucket < 64, x.histogram_bucket,
                  (x.histogram_bucket MOD 32 + 32.5) * POW(2, x.histogram_bucket DIV 32 - 1)) AS middle_ns
          FROM servicertt_1d x
          JOIN probe p ON p.probe_no = x.probe_no) steps
 GROUP BY bucket_start, probe, service, direction;
