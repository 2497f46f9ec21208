-- Version 1: the first tables.
INSERT IGNORE INTO schema_version (version, name, applied_at) VALUES (1, 'first-tables', UTC_TIMESTAMP(6));
