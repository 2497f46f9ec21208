-- Requests and replies with their flows; shares in percent, delays of replies in time in milliseconds.
DROP VIEW IF EXISTS v_twoway_1h;
CREATE SQL SECURITY INVOKER VIEW v_twoway_1h AS
SELECT x.bucket_start,
       f.flow_no, p.name AS probe, c.name AS class, f.protocol, INET6_NTOA(f.fwd_address) AS fwd_address, f.fwd_port,
       INET6_NTOA(f.rev_address) AS rev_address, f.rev_port, f.service,
       x.protocol AS request_protocol,
       x.requests, x.replied, x.unanswered, x.late, x.repeats, x.duplicate_replies,
       ROUND(100.000000 * x.unanswered / NULLIF(x.requests, 0), 3) AS unanswered_percent,
       ROUND(x.delay_sum_ns / NULLIF(x.replied, 0) * 0.000001, 3) AS delay_mean_ms,
       ROUND(x.delay_min_ns * 0.000001, 3) AS delay_min_ms, ROUND(x.delay_max_ns * 0.000001, 3) AS delay_max_ms,
       -- Squares are of whole microseconds, so that equal delays may come out a little below their mean.
       ROUND(SQRT(GREATEST(0, x.delay_sum_squares / NULLIF(x.replied, 0)
                              - POW(x.delay_sum_ns / 1000 / NULLIF(x.replied, 0), 2))) * 0.001, 3) AS delay_deviation_ms
  FROM twowaytable_1h x
  JOIN flow f ON f.flow_no = x.flow_no
  JOIN probe p ON p.probe_no = f.probe_no
  JOIN flow_class c ON c.class_no = f.class_no;
