-- Puts the FTP figures that the prepared hours of a day have into the temporary table activity_hour: the transfers that
-- they were counted from have been removed. Part of aggregate_day's transaction. May be run twice.
DROP PROCEDURE IF EXISTS keep_transfers;
DELIMITER $$
CREATE PROCEDURE keep_transfers(
    IN _dbName VARCHAR(64),   -- name that check_instance has accepted
    IN _day    DATE           -- day, UTC
)
    COMMENT 'Keeps the FTP figures of the prepared hours of a day.'
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
        SELECT x.bucket_start, x.probe_no, x.class_no, x.src_address, x.dst_address, x.protocol, x.service,
               x.src_prefix_length, x.dst_prefix_length,
               x.ftp_transfers_started, x.ftp_transfers_completed, x.ftp_transfers_failed, x.ftp_transfers_aborted,
               x.ftp_transfers_unseen, x.ftp_bytes, x.ftp_duration_ns
          FROM {db}.activityvolumetable_1h x
         WHERE x.ftp_transfers_started > 0 AND x.bucket_start >= ', v_from, ' AND x.bucket_start < ', v_until, '
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
