-- Whether each of some sums is at least what the other list has in its place. Lists are numbers separated by commas, of
-- the same length.
DROP FUNCTION IF EXISTS holds_sums;
DELIMITER $$
CREATE FUNCTION holds_sums(_sums MEDIUMTEXT CHARACTER SET ascii, _parts MEDIUMTEXT CHARACTER SET ascii)
    RETURNS BOOLEAN
    COMMENT 'Whether each sum of a list is at least the number in the same place of another list.'
    DETERMINISTIC
    NO SQL
    SQL SECURITY INVOKER
BEGIN
    DECLARE v_sums MEDIUMTEXT CHARACTER SET ascii DEFAULT CONCAT(_sums, ',');
    DECLARE v_parts MEDIUMTEXT CHARACTER SET ascii DEFAULT CONCAT(_parts, ',');
    WHILE v_parts <> '' DO
        IF CAST(SUBSTRING_INDEX(v_sums, ',', 1) AS DECIMAL(65)) < CAST(SUBSTRING_INDEX(v_parts, ',', 1) AS DECIMAL(65)) THEN
            RETURN FALSE;
        END IF;
        SET v_sums = SUBSTRING(v_sums, LOCATE(',', v_sums) + 1), v_parts = SUBSTRING(v_parts, LOCATE(',', v_parts) + 1);
    END WHILE;
    RETURN TRUE;
END$$
DELIMITER ;
