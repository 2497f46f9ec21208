-- Smallest duration of a bucket of the log-linear histograms, nanoseconds; the next bucket's is its end, not included.
-- 32 buckets to a power of two, so the middle of a bucket is within 1.6 % of every value in it.
DROP FUNCTION IF EXISTS histogram_lower_ns;
DELIMITER $$
CREATE FUNCTION histogram_lower_ns(
    in_bucket SMALLINT UNSIGNED   -- histogram_bucket
)
    RETURNS BIGINT UNSIGNED
    COMMENT 'Lower bound of a histogram bucket, nanoseconds.'
    SQL SECURITY INVOKER
    DETERMINISTIC
    NO SQL
RETURN IF(in_bucket < 64, in_bucket, (in_bucket MOD 32 + 32) << (in_bucket DIV 32 - 1))$$
DELIMITER ;
