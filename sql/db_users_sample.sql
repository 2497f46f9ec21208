-- The two users of a trafMon database server. A sample: change the passwords, and the hosts if programs run elsewhere;
-- run it as an administrator after trafMon_templateDB.sql. Both servers read an underscore in a granted name as a
-- wildcard, so it is escaped.

-- tmon_db: loader, ipInfo and procedures. Everything in trafMon's databases, nothing outside, and no FILE: bulk loading
-- sends the data from the client (LOAD DATA LOCAL; MySQL needs local_infile=ON on the server).
CREATE USER IF NOT EXISTS 'tmon_db'@'localhost' IDENTIFIED BY 'change-me-tmon-db';
GRANT ALL PRIVILEGES ON `trafMon\_template`.* TO 'tmon_db'@'localhost';
GRANT ALL PRIVILEGES ON `trafMon`.* TO 'tmon_db'@'localhost';

-- tmon_birt: reports. It reads, and runs what reports call.
CREATE USER IF NOT EXISTS 'tmon_birt'@'localhost' IDENTIFIED BY 'change-me-tmon-birt';
GRANT SELECT ON `trafMon\_template`.* TO 'tmon_birt'@'localhost';
GRANT SELECT, SHOW VIEW ON `trafMon`.* TO 'tmon_birt'@'localhost';
GRANT EXECUTE ON FUNCTION `trafMon_template`.`histogram_lower_ns` TO 'tmon_birt'@'localhost';
GRANT EXECUTE ON FUNCTION `trafMon_template`.`protocol_name` TO 'tmon_birt'@'localhost';

-- For each further runtime database, say trafMon_lab:
--   GRANT ALL PRIVILEGES ON `trafMon\_lab`.* TO 'tmon_db'@'localhost';
--   GRANT SELECT, SHOW VIEW ON `trafMon\_lab`.* TO 'tmon_birt'@'localhost';
