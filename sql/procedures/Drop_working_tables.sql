-- Drops the tables whose names begin with an underscore, in every registered runtime database: what report runs left
-- behind. May be run twice. DDL: commits what is open.
DROP PROCEDURE IF EXISTS Drop_working_tables;
DELIMITER $$
CREATE PROCEDURE Drop_working_tables()
    COMMENT 'Drops the working tables (names beginning with _) of all registered databases.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_schema, v_table VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
    DECLARE v_done BOOLEAN DEFAULT FALSE;
    -- LEFT and not LIKE '_%': there the underscore stands for any character, and every table would go.
    DECLARE c_working CURSOR FOR
        SELECT t.TABLE_SCHEMA, t.TABLE_NAME
          FROM information_schema.TABLES t
          JOIN instance i ON i.name = t.TABLE_SCHEMA
         WHERE t.TABLE_TYPE = 'BASE TABLE' AND LEFT(t.TABLE_NAME, 1) = '_'
         ORDER BY 1, 2;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = TRUE;

    OPEN c_working;
    each_table: LOOP
        FETCH c_working INTO v_schema, v_table;
        IF v_done THEN
            LEAVE each_table;
        END IF;
        CALL run_in(v_schema, CONCAT('DROP TABLE IF EXISTS {db}.`', REPLACE(v_table, '`', '``'), '`'));
    END LOOP;
    CLOSE c_working;
END$$
DELIMITER ;
