-- Makes the rows of one rollup of ipcttable again for the flows and times in the temporary table ftp_touched. Days that the
-- rollup holds no more stay away. Part of the caller's transaction. May be run twice.
DROP PROCEDURE IF EXISTS rebuild_ipct_rollup;
DELIMITER $$
CREATE PROCEDURE rebuild_ipct_rollup(
    IN _dbName   VARCHAR(64),   -- name that check_instance has accepted
    IN _rollup   VARCHAR(64),   -- ipcttable_1m, _1h or _1d
    IN _bucket_s INT            -- length of its buckets, seconds: a divisor of a day
)
    COMMENT 'Rebuilds rows of a rollup of ipcttable.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_bucket VARCHAR(255) CHARACTER SET utf8mb4
        DEFAULT CONCAT('DATE(interval_start) + INTERVAL TIME_TO_SEC(TIME(interval_start)) DIV ', _bucket_s, ' * ', _bucket_s,
                       ' SECOND');

    DROP TEMPORARY TABLE IF EXISTS rollup_touched;
    CREATE TEMPORARY TABLE rollup_touched (
      flow_no BIGINT UNSIGNED NOT NULL,
      bucket_start DATETIME NOT NULL,
      PRIMARY KEY (flow_no, bucket_start)
    );
    CALL run_in(_dbName, CONCAT('DO (SELECT 1 FROM {db}.', _rollup, ' WHERE FALSE)'));
    CALL run_in(_dbName, CONCAT('
        INSERT INTO rollup_touched
        SELECT DISTINCT flow_no, ', v_bucket, '
          FROM ftp_touched
         WHERE interval_start >= (SELECT COALESCE(MAX(removed_before), ''1000-01-01'') FROM {db}.retention_mark
                                   WHERE table_name = ''', _rollup, ''')'));
    CALL run_in(_dbName, CONCAT('
        DELETE x FROM {db}.', _rollup, ' x
          JOIN rollup_touched t ON t.flow_no = x.flow_no AND t.bucket_start = x.bucket_start'));
    CALL run_in(_dbName, CONCAT('
        INSERT INTO {db}.', _rollup, ' (flow_no, bucket_start, attributed_flow_no, fwd_packets, rev_packets, fwd_bytes, rev_bytes,
               fwd_fragments, rev_fragments, fwd_duplicate_packets, rev_duplicate_packets, fwd_duplicate_bytes,
               rev_duplicate_bytes, first, last)
        SELECT x.flow_no, t.bucket_start, x.attributed_flow_no, SUM(x.fwd_packets), SUM(x.rev_packets),
               SUM(x.fwd_bytes), SUM(x.rev_bytes), SUM(x.fwd_fragments), SUM(x.rev_fragments),
               SUM(x.fwd_duplicate_packets), SUM(x.rev_duplicate_packets), SUM(x.fwd_duplicate_bytes),
               SUM(x.rev_duplicate_bytes), MIN(x.first), MAX(x.last)
          FROM rollup_touched t
          JOIN {db}.ipcttable x ON x.flow_no = t.flow_no AND x.interval_start >= t.bucket_start
               AND x.interval_start < t.bucket_start + INTERVAL ', _bucket_s, ' SECOND
         -- An interval longer than the bucket fills the longer buckets only.
         WHERE x.interval_s <= ', _bucket_s, '
         GROUP BY 1, 2, 3'));
    DROP TEMPORARY TABLE rollup_touched;
END$$
DELIMITER ;
