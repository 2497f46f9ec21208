-- The minutes of an hour's file are found by a key when the hour is loaded again, where all minutes were read. Neither
-- server's way to ask whether a key exists is known to the other, so the statement is made here.
SET @trafmon_statement = (
  SELECT IF(COUNT(*) = 0, 'ALTER TABLE {db}.netflowtable_1m ADD KEY file_hour (probe_no, exporter, file_hour)', 'DO 0')
    FROM information_schema.STATISTICS
   WHERE TABLE_SCHEMA = REPLACE('{db}', '`', '') AND TABLE_NAME = 'netflowtable_1m' AND INDEX_NAME = 'file_hour'
);
PREPARE trafmon_prepared FROM @trafmon_statement;
EXECUTE trafmon_prepared;
DEALLOCATE PREPARE trafmon_prepared;
