-- Adds figures that a day's prepared tables hold to the temporary table activity_hour: what they were counted from has been
-- removed. From the table of days they stand under its first hour. Part of aggregate_day's transaction. Adds: once a
-- transaction.
DROP PROCEDURE IF EXISTS keep_figures;
DELIMITER $$
CREATE PROCEDURE keep_figures(
    IN _dbName   VARCHAR(64),    -- name that check_instance has accepted
    IN _prepared VARCHAR(64),    -- activityvolumetable_1h or _1d
    IN _day      DATE,           -- day, UTC
    IN _columns  VARCHAR(255)    -- which figures: a regular expression of their columns' names
)
    COMMENT 'Adds prepared figures of a day to activity_hour.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    -- Of two least or greatest ones, of which each is NULL without samples.
    DECLARE v_either VARCHAR(255) CHARACTER SET utf8mb4 DEFAULT
        '(COALESCE(activity_hour.'', name, '', VALUES('', name, '')), COALESCE(VALUES('', name, ''), activity_hour.'', name, ''))''';
    DECLARE v_from VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day, '%Y-%m-%d'));
    DECLARE v_until VARCHAR(24) CHARACTER SET utf8mb4 DEFAULT QUOTE(DATE_FORMAT(_day + INTERVAL 1 DAY, '%Y-%m-%d'));

    SET SESSION group_concat_max_len = 16777216;
    CALL run_in(_dbName, CONCAT('
        SELECT GROUP_CONCAT(name), GROUP_CONCAT(''x.'', name), GROUP_CONCAT(''x.'', name, '' > 0'' SEPARATOR '' OR ''),
               GROUP_CONCAT(name, '' = '', CASE WHEN LOCATE(''_min_'', name) > 0 THEN CONCAT(''LEAST', v_either, ')
                                                WHEN LOCATE(''_max_'', name) > 0 THEN CONCAT(''GREATEST', v_either, ')
                                                ELSE CONCAT(''activity_hour.'', name, '' + VALUES('', name, '')'') END)
          INTO @trafmon_names, @trafmon_values, @trafmon_is_any, @trafmon_sums
          FROM (SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS
                 WHERE TABLE_SCHEMA = ', QUOTE(_dbName), ' AND TABLE_NAME = ', QUOTE(_prepared), '
                   AND DATA_TYPE = ''bigint'' AND COLUMN_NAME REGEXP ', QUOTE(_columns), ' LIMIT 100) figures'));
    CALL run_in(_dbName, CONCAT('
        INSERT INTO activity_hour (bucket_start, probe_no, class_no, src_address, dst_address, protocol, service,
               src_prefix_length, dst_prefix_length, ', @trafmon_names, ')
        SELECT x.bucket_start, x.probe_no, x.class_no, x.src_address, x.dst_address, x.protocol, x.service,
               x.src_prefix_length, x.dst_prefix_length, ', @trafmon_values, '
          FROM {db}.', _prepared, ' x
         WHERE (', @trafmon_is_any, ')
           AND x.bucket_start >= ', v_from, ' AND x.bucket_start < ', v_until, '
        ON DUPLICATE KEY UPDATE ', @trafmon_sums));
END$$
DELIMITER ;
