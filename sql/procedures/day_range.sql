-- The contract of the documented ranges: both days included; both NULL mean yesterday; exactly one NULL is refused; an
-- end after yesterday is cut, with a warning. May be run twice.
DROP PROCEDURE IF EXISTS day_range;
DELIMITER $$
CREATE PROCEDURE day_range(
    INOUT _rangeStart DATE,   -- first day; NULL with _rangeEnd: yesterday
    INOUT _rangeEnd   DATE,   -- last day, included; before _rangeStart: nothing is left of the range
    OUT   _isCut      BOOLEAN -- whether the caller has to warn, last of all, that the end was cut
)
    COMMENT 'Checks a range of days, UTC, and cuts its end at yesterday.'
    SQL SECURITY INVOKER
    NO SQL
BEGIN
    DECLARE v_yesterday DATE DEFAULT UTC_DATE() - INTERVAL 1 DAY;

    SET _isCut = FALSE;
    IF (_rangeStart IS NULL) <> (_rangeEnd IS NULL) THEN
        SIGNAL SQLSTATE '45000'
           SET MESSAGE_TEXT = 'HALF_A_RANGE: give both days, or NULL for both to mean yesterday';
    END IF;
    IF _rangeStart IS NULL THEN
        SET _rangeStart = v_yesterday, _rangeEnd = v_yesterday;
    END IF;
    IF _rangeStart > _rangeEnd THEN
        SIGNAL SQLSTATE '45000'
           SET MESSAGE_TEXT = 'REVERSED_RANGE: the first day is after the last';
    END IF;
    IF _rangeEnd > v_yesterday THEN
        SET _rangeEnd = v_yesterday, _isCut = TRUE;
    END IF;
END$$
DELIMITER ;
