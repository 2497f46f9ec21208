-- Makes a runtime database from this template: its tables, its views, its schema version; and registers it. May be run
-- twice: what exists stays as it is. DDL: commits what is open.
DROP PROCEDURE IF EXISTS create_instance;
DELIMITER $$
CREATE PROCEDURE create_instance(
    IN _dbName VARCHAR(64)   -- name of the runtime database, existing or not
)
    COMMENT 'Makes and registers a runtime database with the tables and views of this template.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    DECLARE v_view LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    DECLARE v_template VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT DATABASE();
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    DECLARE c_tables CURSOR FOR
        SELECT TABLE_NAME FROM information_schema.TABLES
         WHERE TABLE_SCHEMA = v_template AND TABLE_TYPE = 'BASE TABLE'
           -- These are the template's own.
           AND TABLE_NAME NOT IN ('instance', 'protocol_table')
         ORDER BY TABLE_NAME;
    DECLARE c_views CURSOR FOR
        SELECT TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS
         WHERE TABLE_SCHEMA = v_template
         ORDER BY TABLE_NAME;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;

    -- The name goes into statements and into the views' texts.
    IF (_dbName REGEXP '^[A-Za-z0-9_$-]{1,64}$') IS NOT TRUE OR _dbName = v_template THEN
        SIGNAL SQLSTATE '45000'
           SET MESSAGE_TEXT = 'BAD_DATABASE_NAME: letters, digits, _ $ and - only, and not the template itself';
    END IF;
    CALL run_in(_dbName, 'CREATE DATABASE IF NOT EXISTS {db} DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin');

    OPEN c_tables;
    each_table: LOOP
        FETCH c_tables INTO v_name;
        IF v_done THEN
            LEAVE each_table;
        END IF;
        CALL run_in(_dbName, CONCAT('CREATE TABLE IF NOT EXISTS {db}.`', v_name, '` LIKE `', v_template, '`.`', v_name, '`'));
    END LOOP;
    CLOSE c_tables;

    SET v_done = FALSE;
    OPEN c_views;
    each_view: LOOP
        FETCH c_views INTO v_name, v_view;
        IF v_done THEN
            LEAVE each_view;
        END IF;
        CALL run_in(_dbName, CONCAT('CREATE OR REPLACE SQL SECURITY INVOKER VIEW {db}.`', v_name, '` AS ',
                                    REPLACE(v_view, CONCAT('`', v_template, '`.'), '{db}.')));
    END LOOP;
    CLOSE c_views;

    CALL run_in(_dbName, CONCAT('INSERT IGNORE INTO {db}.schema_version SELECT * FROM `', v_template, '`.schema_version'));
    INSERT IGNORE INTO instance (name, created_at) VALUES (_dbName, UTC_TIMESTAMP(6));
END$$
DELIMITER ;
