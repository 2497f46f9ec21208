-- Median and 95th percentile of the delays of requests per day, flow and protocol, in milliseconds: the middle of the
-- histogram bucket that holds them, within 1.6 %.
DROP VIEW IF EXISTS v_twoway_delay_1d;
CREATE SQL SECURITY INVOKER VIEW v_twoway_delay_1d AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.request_protocol, x.samples, x.median_ms, x.p95_ms
  FROM (SELECT bucket_start, flow_no, protocol AS request_protocol, MAX(total) AS samples,
               ROUND(MIN(IF(below >= total * 0.50, middle_ns, NULL)) * 0.000001, 3) AS median_ms,
               ROUND(MIN(IF(below >= total * 0.95, middle_ns, NULL)) * 0.000001, 3) AS p95_ms
          FROM (SELECT bucket_start, flow_no, protocol,
                       SUM(samples) OVER (PARTITION BY bucket_start, flow_no, protocol) AS total,
                       SUM(samples) OVER (PARTITION BY bucket_start, flow_no, protocol
                                          ORDER BY histogram_bucket) AS below,
                       -- As histogram_lower_ns; a view of a runtime database cannot call the template's function.
                       IF(histogram_bucket < 64, histogram_bucket,
                          (histogram_bucket MOD 32 + 32.5) * POW(2, histogram_bucket DIV 32 - 1)) AS middle_ns
                  FROM twowaydelaytable_1d) steps
         GROUP BY bucket_start, flow_no, protocol) x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;
