-- Adds the FTP transfers commanded in a day, in the hour of their command, to the temporary table activity_hour. Part of
-- aggregate_day's transaction.
DROP PROCEDURE IF EXISTS activity_transfers;
DELIMITER $$
CREATE PROCEDURE activity_transfers(
    IN _dbName VARCHAR(64),    -- name that check_instance has accepted
    IN _day    DATE            -- day, UTC
)
    COMMENT 'Adds the FTP transfers of a day to activity_hour.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_from VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day, '%Y-%m-%d'));
    DECLARE v_until VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day + INTERVAL 1 DAY, '%Y-%m-%d'));

    CALL run_in(_dbName, CONCAT('
        INSERT INTO activity_hour (bucket_start, probe_no, class_no, src_address, dst_address, protocol, service,
               src_prefix_length, dst_prefix_length,
               ftp_transfers_started, ftp_transfers_completed, ftp_transfers_failed, ftp_transfers_aborted,
               ftp_transfers_unseen, ftp_bytes, ftp_duration_ns)
        SELECT DATE_FORMAT(x.commanded, ''%Y-%m-%d %H:00:00''), k.probe_no, k.class_no, k.src_address, k.dst_address,
               k.protocol, k.service, MAX(k.src_prefix_length), MAX(k.dst_prefix_length),
               COUNT(*), SUM(x.outcome = ''complete''), SUM(x.outcome = ''failed''), SUM(x.outcome = ''aborted''),
               SUM(x.outcome = ''data connection unseen''), SUM(x.bytes),
               SUM(COALESCE(TIMESTAMPDIFF(MICROSECOND, x.first_payload, x.last_payload), 0) * 1000)
          FROM (SELECT t.*,
                       -- Every class that records transfers tells of each: what the account tells counts, else one class.
                       RANK() OVER (
                           PARTITION BY t.run_no, t.commanded, t.client, t.client_port, t.server, t.server_port, t.command, t.path
                           ORDER BY o.account DESC, o.class_no) AS class_rank
                  FROM {db}.ftptftable t
                  JOIN {db}.flow o ON o.flow_no = t.flow_no
                 WHERE t.commanded >= ', v_from, ' AND t.commanded < ', v_until, ') x
          JOIN flow_key k ON k.flow_no = COALESCE(x.account_flow_no, x.flow_no)
         WHERE x.class_rank = 1
         GROUP BY 1, 2, 3, 4, 5, 6, 7
        ON DUPLICATE KEY UPDATE
               ftp_transfers_started = VALUES(ftp_transfers_started),
               ftp_transfers_completed = VALUES(ftp_transfers_completed),
               ftp_transfers_failed = VALUES(ftp_transfers_failed),
               ftp_transfers_aborted = VALUES(ftp_transfers_aborted),
               ftp_transfers_unseen = VALUES(ftp_transfers_unseen),
               ftp_bytes = VALUES(ftp_bytes),
               ftp_duration_ns = VALUES(ftp_duration_ns)'));
END$$
DELIMITER ;
