-- Lets loaders in again after hold_loaders; does nothing when they are not held. May be run twice.
DROP PROCEDURE IF EXISTS release_loaders;
DELIMITER $$
CREATE PROCEDURE release_loaders(
    IN _dbName VARCHAR(64)   -- name that check_instance has accepted
)
    COMMENT 'Gives back the lock that hold_loaders took.'
    SQL SECURITY INVOKER
    NO SQL
BEGIN
    DO RELEASE_LOCK(CONCAT('trafMon_flows_', LEFT(SHA2(_dbName, 256), 32)));
END$$
DELIMITER ;
