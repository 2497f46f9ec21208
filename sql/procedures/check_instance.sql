-- Refuses a database that is not registered in instance: dynamic SQL of ours names no other. May be run twice.
DROP PROCEDURE IF EXISTS check_instance;
DELIMITER $$
CREATE PROCEDURE check_instance(
    IN _dbName VARCHAR(64)   -- name of a runtime database
)
    COMMENT 'Refuses the name of a database that is not registered in instance.'
    SQL SECURITY INVOKER
    READS SQL DATA
BEGIN
    DECLARE v_known INT DEFAULT 0;
    DECLARE v_message VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

    SELECT COUNT(*) INTO v_known FROM instance WHERE name = _dbName;
    IF v_known = 0 THEN
        SET v_message = CONCAT('NOT_AN_INSTANCE: ', COALESCE(LEFT(_dbName, 64), 'NULL'),
                               ' is not registered in instance');
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = v_message;
    END IF;
END$$
DELIMITER ;
