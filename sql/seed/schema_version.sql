-- The version that tables/ makes: the number of the last file in migrations/, or 1. A database that has a version keeps
-- it, since its tables are as that version made them.
INSERT INTO schema_version (version, name, applied_at)
SELECT 2, 'netflow-minutes-by-file-hour', UTC_TIMESTAMP(6)
  FROM (SELECT COUNT(*) AS versions FROM schema_version) present
 WHERE versions = 0;
