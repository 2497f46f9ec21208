-- Rebuilds the hour and day tables that reports read, from the probes' account class, for days up to yesterday. A rerun
-- replaces, it never adds.
DROP PROCEDURE IF EXISTS Aggr_activityvolumetable_first_level;
DELIMITER $$
CREATE PROCEDURE Aggr_activityvolumetable_first_level(
    IN _dbName     VARCHAR(64),   -- a registered runtime database
    IN _rangeStart DATE,          -- first day, UTC; NULL with _rangeEnd: yesterday
    IN _rangeEnd   DATE           -- last day, included; cut at yesterday with a warning
)
    COMMENT 'Rebuilds activityvolumetable_1h, _1d and the round-trip tables for a range of days.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_isCut, v_isKept BOOLEAN;
    DECLARE v_keptDays INT DEFAULT 0;
    DECLARE v_day DATE;

    CALL check_instance(_dbName);
    CALL day_range(_rangeStart, _rangeEnd, v_isCut);
    SET v_day = _rangeStart;
    WHILE v_day <= _rangeEnd DO
        CALL activity_partitions(_dbName, v_day);
        CALL aggregate_day(_dbName, v_day, v_isKept);
        SET v_keptDays = v_keptDays + v_isKept;
        SET v_day = v_day + INTERVAL 1 DAY;
    END WHILE;
    CALL warn_of_range(v_isCut, v_keptDays);
END$$
DELIMITER ;
