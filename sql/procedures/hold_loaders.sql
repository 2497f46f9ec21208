-- Keeps loaders out of a database until release_loaders or the end of the session, and waits up to 10 minutes for one that
-- has files in hand: it counts on the partitions and marks that it found, and on its sums. May be run twice, and is then to
-- be released twice.
DROP PROCEDURE IF EXISTS hold_loaders;
DELIMITER $$
CREATE PROCEDURE hold_loaders(
    IN _dbName VARCHAR(64)   -- name that check_instance has accepted
)
    COMMENT 'Takes the lock that a loader holds while it has files in hand.'
    SQL SECURITY INVOKER
    NO SQL
BEGIN
    IF GET_LOCK(CONCAT('trafMon_flows_', LEFT(SHA2(_dbName, 256), 32)), 600) IS NOT TRUE THEN
        SIGNAL SQLSTATE '45000'
           SET MESSAGE_TEXT = 'LOADER_AT_WORK: the loader is busy with this database; try again';
    END IF;
END$$
DELIMITER ;
