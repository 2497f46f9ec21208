/**
 * What each error means, and what it does to the measurement until it is mended. The remedy stands with the code in the
 * package that raises it. A code without a line here is described by its exit code.
 */
export const errorMeanings: Readonly<Record<string, readonly [meaning: string, impact: string]>> = {
  COLLECTOR_ADDRESS_IN_USE: [
    "The UDP port of `listen` is taken.",
    "Nothing is collected; the probes keep their records in the spool.",
  ],
  COLLECTOR_ADDRESS_UNUSABLE: [
    "`listen` names an address that is not of this machine, or a port this user may not use.",
    "Nothing is collected; the probes keep their records in the spool.",
  ],
  COLLECTOR_ALERT_USER_UNKNOWN: [
    "An alert's program shall run as a user whom this machine does not have.",
    "The collector does not start; the probes keep their records.",
  ],
  COLLECTOR_ALREADY_RUNS: ["Another collector of this name holds the state folder.", "None: the other one collects."],
  COLLECTOR_JOURNAL_DAMAGED: [
    "The journal, which says what is written already, cannot be read.",
    "The collector does not start, so that nothing is written twice; the probes keep their records.",
  ],
  COLLECTOR_LOG_DIRECTORY_UNWRITABLE: [
    "`logDir` or `stateDir` cannot be made or written.",
    "Nothing is collected; the probes keep their records.",
  ],
  COLLECTOR_PENDING_DAMAGED: [
    "The file of sightings that wait for other hops cannot be read.",
    "The collector does not start; moving the file away makes one-way packets under way unknown.",
  ],
  COLLECTOR_SNMP_CREDENTIALS_UNUSABLE: [
    "A `trapTo` names credentials that are missing, readable by others, or invalid.",
    "The collector does not start; the probes keep their records.",
  ],
  DATABASE_BUSY: [
    "Rows or tables were locked by another session for too long.",
    "This run did nothing; the next one does it.",
  ],
  DATABASE_CREDENTIALS_INVALID: [
    "The file db.cred has lines or values that mean nothing.",
    "Nothing is loaded or reported; log files wait.",
  ],
  DATABASE_CREDENTIALS_MISSING: [
    "There is no db.cred where it is looked for.",
    "Nothing is loaded or reported; log files wait.",
  ],
  DATABASE_CREDENTIALS_READABLE: [
    "Others may read the file with the password.",
    "It is refused: nothing is loaded or reported; log files wait.",
  ],
  DATABASE_DENIED: [
    "User or password are wrong, or a right is missing.",
    "Nothing is loaded or reported; log files wait.",
  ],
  DATABASE_FULL: ["The server's disk, or a table, is full.", "The batch was taken back whole; log files wait."],
  DATABASE_LOCAL_INFILE_OFF: ["The server refuses data sent by its client.", "Nothing is loaded; log files wait."],
  DATABASE_LOST: ["The connection ended in the middle of the work.", "The batch was taken back whole; log files wait."],
  DATABASE_CALL_REFUSED: [
    "A procedure refused its arguments, or has nothing to do with the database named.",
    "Nothing is changed.",
  ],
  DATABASE_REFUSED: ["The server refused a statement of the program.", "What it did is taken back; log files wait."],
  DATABASE_SCHEMA_NEW: ["The database was made by a later trafMon.", "Nothing is loaded; log files wait."],
  DATABASE_SCHEMA_OLD: [
    "A change of tables that this version needs was refused.",
    "Nothing is loaded; log files wait.",
  ],
  DATABASE_TEMPLATE_MISSING: [
    "The server has no template database.",
    "Nothing is loaded, no procedure can be called; log files wait.",
  ],
  DATABASE_UNAVAILABLE: [
    "No server answers at the socket, or host and port, of db.cred.",
    "Nothing is loaded or reported; log files wait.",
  ],
  IPINFO_BUSY: ["Another run holds the lock on the descriptions.", "None: the other one describes."],
  IPINFO_GEOIP_UNREADABLE: [
    "A .mmdb file is damaged or of another kind.",
    "No address is described anew; those described stay.",
  ],
  IPINFO_NO_TABLE: ["The database has no table of addresses yet.", "No address is described."],
  IPINFO_RANGES_INVALID: ["The file ipInfo.ini has faults.", "No address is described anew; those described stay."],
  IPINFO_RANGES_UNREADABLE: [
    "The file ipInfo.ini cannot be read.",
    "No address is described anew; those described stay.",
  ],
  LOADER_BUSY: ["Another loader holds the folder or the database.", "None: the other one loads."],
  LOADER_LOCK_LOST: ["The connection that held the lock was cut.", "The batch was taken back whole; log files wait."],
  LOADER_PATH_UNUSABLE: [
    "The folder of the logs is missing or cannot be written.",
    "Nothing is loaded; log files wait where they are.",
  ],
  LOADER_STAGING_DIFFERS: [
    "What the server holds is not what was sent.",
    "The batch was taken back whole; log files wait.",
  ],
  NETFLOW_BUSY: ["Another run of this name holds the folder.", "None: the other one writes these hours."],
  NETFLOW_SITE_CONFIG_UNREADABLE: [
    "SiLK's configuration cannot be read.",
    "No NetFlow of these hours is written; SiLK keeps it.",
  ],
  NETFLOW_SOURCE_UNREADABLE: ["The flow data cannot be read.", "No NetFlow of these hours is written."],
  NETFLOW_STATE_UNREADABLE: [
    "The note of hours that are done cannot be read.",
    "No NetFlow is written until it is moved away.",
  ],
  NETFLOW_TARGET_UNUSABLE: [
    "The folder for the logs cannot be written.",
    "No NetFlow of these hours is written; the source keeps it.",
  ],
  NETFLOW_TOOL_DIFFERS: [
    "The tool's output is not what its documentation says.",
    "Nothing is written, lest columns be mistaken.",
  ],
  NETFLOW_TOOL_FAILED: [
    "The tool, nfdump or SiLK, ended with an error.",
    "Nothing of these hours is written; the next run with these hours does it.",
  ],
  NETFLOW_TOOL_MISSING: ["Neither nfdump nor SiLK's programs are found.", "No NetFlow is written."],
  PROBE_CAPTURE_FAILED: [
    "The library libpcap reported an error.",
    "Traffic of this interface is not measured, and the reports' completeness says so.",
  ],
  PROBE_CAPTURE_FILE_UNREADABLE: ["A capture file cannot be opened.", "Nothing was replayed."],
  PROBE_CAPTURE_FORBIDDEN: ["The probe has not the right to capture.", "Nothing is measured."],
  PROBE_CAPTURE_UNAVAILABLE: [
    "The addon for libpcap, or libpcap itself, cannot be loaded.",
    "Nothing is measured live; capture files still are.",
  ],
  PROBE_EVENT_USER_UNKNOWN: [
    "An event source shall run as a user whom this machine does not have.",
    "The probe does not start.",
  ],
  PROBE_FILTER_INVALID: ["The library libpcap does not understand the filter.", "Nothing is measured."],
  PROBE_FLOW_UNSEEN: ["The connection to be explained is not in the files.", "None: nothing is measured by --explain."],
  PROBE_INTERFACE_DOWN: ["The interface is down.", "Nothing is measured; systemd and cron try again."],
  PROBE_INTERFACE_MISSING: ["The probe has no interface in the configuration.", "Nothing is measured."],
  PROBE_INTERFACE_UNKNOWN: ["The machine has no such interface.", "Nothing is measured."],
  PROBE_NOT_ACKNOWLEDGED: [
    "A replay ended before the collector had everything safe.",
    "Nothing is lost: the rest waits in the spool.",
  ],
  PROBE_SPOOL_UNWRITABLE: [
    "The folder for what is not acknowledged yet cannot be written.",
    "The probe does not start, since a restart would lose records.",
  ],
  PROBE_TABLE_TOO_LARGE: ["The tables asked for do not fit into memory.", "Nothing is measured."],
  REPORTS_BAD_DATE: ["A date is not one.", "No report."],
  REPORTS_BAD_PATTERNS: ["The file of patterns has faults.", "No report."],
  REPORTS_BAD_QUERY: ["The server refuses the sql of a report definition.", "No report."],
  REPORTS_BAD_TIMESPAN: ["The value of -t does not go with the dates given.", "No report."],
  REPORTS_EMPTY_PERIOD: ["The period ends before it begins.", "No report."],
  REPORTS_LONG_PERIOD: ["The period is longer than a report can show.", "No report."],
  REPORTS_NO_PATTERN_FILE: ["The file of patterns is not there.", "No report."],
  REPORTS_NO_TABLES: [
    "The database has no tables to report from, or lacks one that a later version reads.",
    "No report.",
  ],
  REPORTS_UNKNOWN_PROBE: ["No probe of that name has sent data.", "No report, for its figures would be nothing."],
  REPORTS_UNKNOWN_ZONE: ["The time zone is not known.", "No report, for its days would be wrong."],
  REPORTS_UNWRITABLE: ["The destination cannot be written.", "No report."],
  BAD_OPTION: ["The command line cannot be understood.", "Nothing was done."],
  LOG_UNWRITABLE: ["The program's own log cannot be written.", "The program does not start."],
  DISK_FULL: ["A disk or a quota is full.", "The program ended; what was not acknowledged or committed is done again."],
  DISK_FAILS: ["The system cannot read or write a disk.", "The program ended; what was not committed is done again."],
  ACCESS_REFUSED: ["The system refuses the program's user a file or a call.", "The program ended."],
  TOO_MANY_FILES: ["The process, or the machine, has too many files open.", "The program ended."],
  OUR_FAULT: [
    "The program met something it was not written for.",
    "It ended; what was not acknowledged or committed is done again by the next start.",
  ],
  SCHEDULER_ALREADY_RUNS: ["Another scheduler holds the state folder.", "None: the other one starts the jobs."],
  SCHEDULER_CALLS_INVALID: ["The file of calls cannot be read, or has faults.", "No call of it was made."],
  SCHEDULER_STATE_UNWRITABLE: ["The scheduler cannot note until when it ran.", "No job is started."],
  SCHEDULER_TABLE_INVALID: ["The cron table has lines that cannot be used.", "No job is started."],
  SCHEDULER_TABLE_UNREADABLE: ["The cron table cannot be read.", "No job is started."],
  SETTINGS_DIAG_INVALID: [
    "The file of log levels has faults.",
    "The levels stay as they are; measuring is not touched.",
  ],
  SETTINGS_INVALID: [
    "The configuration has faults, each named with its line.",
    "At a start nothing is measured; a running program keeps the configuration it has.",
  ],
  SETTINGS_KEY_UNREADABLE: [
    "A key is missing, readable by others, or no key.",
    "The program does not start; a probe's records wait, a collector's probes keep theirs.",
  ],
  SETTINGS_NAME_UNKNOWN: ["The name given is not in the configuration.", "The program does not start."],
  SETTINGS_SERVICES_INVALID: [
    "The file services.tsv has faults.",
    "The program does not start, for services would be named wrongly.",
  ],
  SETTINGS_UNREADABLE: ["The configuration cannot be read.", "The program does not start."],
};
