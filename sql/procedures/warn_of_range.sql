-- Warns, last of all a procedure does, of what it left out of the range that it was asked for. May be run twice.
DROP PROCEDURE IF EXISTS warn_of_range;
DELIMITER $$
CREATE PROCEDURE warn_of_range(
    IN _isCut    BOOLEAN,   -- whether day_range has cut the end
    IN _keptDays INT        -- days that stay as they were, because hours were removed that they lack, or sums are too large
)
    COMMENT 'Warns of days that were left out of a range.'
    SQL SECURITY INVOKER
    NO SQL
BEGIN
    DECLARE v_message VARCHAR(128) CHARACTER SET utf8mb4 DEFAULT
        CONCAT_WS('; ', IF(_isCut, 'RANGE_CUT: the range ends yesterday, UTC; later days are not complete', NULL),
                  IF(_keptDays > 0, 
                              CONCAT('DAYS_KEPT: ', _keptDays, ' days stay as made: hours were removed too early, or sums are beyond 2^64'), NULL));
    IF v_message <> '' THEN
        SIGNAL SQLSTATE '01000' SET MESSAGE_TEXT = v_message;
    END IF;
END$$
DELIMITER ;
