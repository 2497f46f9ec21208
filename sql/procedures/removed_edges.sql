-- Makes the temporary table removed_edge: where ranges of numbers of records begin and end, of those in some partitions and
-- of those noted of the same runs already. May be run twice.
--
-- A run's records lie close together, so most blocks of numbers are there whole: only the others are looked at one by one,
-- and no more is sorted than these.
DROP PROCEDURE IF EXISTS removed_edges;
DELIMITER $$
CREATE PROCEDURE removed_edges(
    IN _dbName    VARCHAR(64),   -- name that check_instance has accepted
    IN _tableName VARCHAR(64),   -- a table of rows as measured
    IN _from      MEDIUMTEXT     -- the table with its partitions, as after FROM
)
    COMMENT 'Finds the ranges of the records in some partitions of a table.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DROP TEMPORARY TABLE IF EXISTS removed_block;
    CREATE TEMPORARY TABLE removed_block (
      run_no INT UNSIGNED NOT NULL,
      block BIGINT UNSIGNED NOT NULL,
      first_record_no BIGINT UNSIGNED NOT NULL,
      last_record_no BIGINT UNSIGNED NOT NULL,
      is_whole BOOLEAN NOT NULL,
      PRIMARY KEY (run_no, block)
    );
    DROP TEMPORARY TABLE IF EXISTS removed_edge;
    CREATE TEMPORARY TABLE removed_edge (
      run_no INT UNSIGNED NOT NULL,
      record_no BIGINT UNSIGNED NOT NULL,
      opened INT NOT NULL COMMENT 'ranges that begin with this number, less those that ended with the one before',
      PRIMARY KEY (run_no, record_no)
    );
    CALL run_in(_dbName, CONCAT('
        INSERT INTO removed_block
        SELECT run_no, record_no DIV 4096, MIN(record_no), MAX(record_no), COUNT(*) = MAX(record_no) - MIN(record_no) + 1
          FROM ', _from, '
         GROUP BY 1, 2'));
    CALL add_edges(_dbName, 'SELECT run_no, first_record_no, last_record_no FROM removed_block WHERE is_whole');
    IF EXISTS (SELECT 1 FROM removed_block WHERE NOT is_whole) THEN
        -- Numbers in a row have the same distance to their place.
        CALL add_edges(_dbName, CONCAT('
            SELECT run_no, MIN(record_no) AS first_record_no, MAX(record_no) AS last_record_no
              FROM (SELECT run_no, record_no,
                           CAST(record_no AS DECIMAL(20)) - ROW_NUMBER() OVER (PARTITION BY run_no ORDER BY record_no)
                               AS distance
                      FROM (SELECT DISTINCT x.run_no, x.record_no
                              FROM ', _from, ' x
                              JOIN removed_block b ON b.run_no = x.run_no AND b.block = x.record_no DIV 4096
                             WHERE NOT b.is_whole) numbers) placed
             GROUP BY run_no, distance'));
    END IF;
    CALL add_edges(_dbName, CONCAT('
        SELECT r.run_no, r.first_record_no, r.last_record_no
          FROM {db}.removed_record r
          JOIN (SELECT DISTINCT run_no FROM removed_block) b ON b.run_no = r.run_no
         WHERE r.table_name = ', QUOTE(_tableName)));
    DROP TEMPORARY TABLE removed_block;
END$$
DELIMITER ;
