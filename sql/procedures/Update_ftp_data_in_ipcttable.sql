-- Puts the volume of FTP data connections under the flow of their control session: within the account class, each row of
-- ipcttable of a data connection names that flow in attributed_flow_no. Bytes never move. Lists the transfers for which
-- there was nothing to attribute. May be run twice.
DROP PROCEDURE IF EXISTS Update_ftp_data_in_ipcttable;
DELIMITER $$
CREATE PROCEDURE Update_ftp_data_in_ipcttable(
    IN _dbName     VARCHAR(64),   -- a registered runtime database
    IN _rangeStart DATE,          -- first day, UTC; NULL with _rangeEnd: transfers of yesterday, and late ones
    IN _rangeEnd   DATE           -- last day, included; cut at yesterday with a warning
)
    COMMENT 'Attributes FTP data connections to their control sessions.'
    SQL SECURITY INVOKER
    MODIFIES SQL DATA
BEGIN
    DECLARE v_isCut BOOLEAN;
    DECLARE v_andLate BOOLEAN DEFAULT _rangeStart IS NULL;

    CALL check_instance(_dbName);
    CALL day_range(_rangeStart, _rangeEnd, v_isCut);
    CALL attribute_ftp(_dbName, _rangeStart, _rangeEnd, v_andLate);
    CALL run_in(_dbName, '
        SELECT p.name AS probe, t.commanded, INET6_NTOA(t.client) AS client, INET6_NTOA(t.server) AS server, t.command,
               t.path, t.bytes, t.outcome, a.problem
          FROM ftp_asked a
          JOIN {db}.ftptftable t ON t.commanded = a.commanded AND t.run_no = a.run_no AND t.record_no = a.record_no
          JOIN {db}.probe_run r ON r.run_no = t.run_no
          JOIN {db}.probe p ON p.probe_no = r.probe_no
         WHERE a.problem IS NOT NULL
         ORDER BY t.commanded, t.run_no, t.record_no');
    IF v_isCut THEN
        SIGNAL SQLSTATE '01000'
           SET MESSAGE_TEXT = 'RANGE_CUT: the range ends yesterday, UTC; later days are not complete';
    END IF;
END$$
DELIMITER ;
