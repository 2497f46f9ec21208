// What runs on a trafMon machine, and when: written once, for systemd and for cron.

/** Programs that stay. `%i` is the name of the probe or collector. */
export const daemons = [
  {
    name: "tmon_probe@",
    description: "trafMon probe %i: watches packets",
    command: "/opt/trafMon/bin/tmon_probe %i",
    after: "network.target",
    mayCapture: true,
    writes: "/var/trafMon/spool /var/trafMon/state",
  },
  {
    name: "tmon_collector@",
    description: "trafMon collector %i: takes the probes' observations",
    command: "/opt/trafMon/bin/tmon_collector %i",
    after: "network.target",
    mayCapture: false,
    writes: "/var/trafMon/collector /var/trafMon/state",
  },
];

/**
 * Jobs that end. `short` is what systemd lists, `title` stands in the cron table. `onCalendar`: systemd's words for when; `cron`: the same for cron, in local time. `cronUser`: trafmon
 * unless said otherwise. `isOn`: whether the shipped cron table runs it; the others stand there as comments. `next`: the
 * job that follows each success.
 * `commands`: each is run only when the one before succeeded. DATABASE stands for the one that db.cred names.
 */
export const jobs = [
  {
    name: "trafMon_loader",
    short: "load the collector's log files",
    title: "Load the collector's log files, then describe new addresses.",
    commands: ["/opt/trafMon/bin/trafMon_loader"],
    onCalendar: "*:0/10",
    cron: "*/10 * * * *",
    next: "trafMon_updateIpInfo",
    isOn: true,
  },
  {
    name: "trafMon_updateIpInfo",
    short: "describe new addresses",
    title: "Describe the addresses not yet known: activity, location, country, name.",
    commands: ["/opt/trafMon/bin/trafMon_updateIpInfo"],
    isOn: true,
  },
  {
    name: "trafMon_updateIpInfoAll",
    short: "describe every address anew",
    title: "Once a week describe every address anew.",
    commands: ["/opt/trafMon/bin/trafMon_updateIpInfo --all"],
    onCalendar: "Sun *-*-* 04:05",
    cron: "5 4 * * 0",
    isOn: true,
  },
  {
    name: "trafMon_FormatNetFlow",
    short: "take over the NetFlow records of the hour past",
    title: "Take over the NetFlow records of the hour past. Where NetFlow is collected.",
    commands: ["/opt/trafMon/bin/trafMon_FormatNetFlow -H 1"],
    onCalendar: "*:12",
    cron: "12 * * * *",
    isOn: false,
  },
  {
    name: "trafMon_aggregate",
    short: "prepare what reports read",
    title:
      "At night: tie FTP volumes to their sessions, then prepare what reports read, of the day before and of days with late data.",
    commands: [
      "/opt/trafMon/bin/trafMon_callProcedure Update_ftp_data_in_ipcttable DATABASE NULL NULL",
      "/opt/trafMon/bin/trafMon_callProcedure Aggr_activityvolumetable_first_level DATABASE NULL NULL",
      "/opt/trafMon/bin/trafMon_callProcedure aggregate_stale_days DATABASE 0",
    ],
    onCalendar: "*-*-* 02:20",
    cron: "20 2 * * *",
    isOn: true,
  },
  {
    name: "trafMon_aggregateNetFlow",
    short: "prepare what NetFlow reports read",
    title: "At another quiet time: the same of NetFlow. Where NetFlow is collected.",
    commands: [
      "/opt/trafMon/bin/trafMon_callProcedure Aggr_activityvolumetable_netflow_first_level DATABASE NULL NULL",
    ],
    onCalendar: "*-*-* 03:20",
    cron: "20 3 * * *",
    isOn: false,
  },
  {
    name: "trafMon_dropWorkingTables",
    short: "drop working tables of reports",
    title: "Drop the working tables that reports have left.",
    commands: ["/opt/trafMon/bin/trafMon_callProcedure Drop_working_tables"],
    onCalendar: "*-*-* 01:20",
    cron: "20 1 * * *",
    isOn: true,
  },
  {
    name: "trafMon_dropPartitions",
    short: "retention",
    title: "Drop what is older than /etc/trafMon/retention.calls says. As shipped that file keeps everything.",
    commands: ["/opt/trafMon/bin/trafMon_callProcedure --from /etc/trafMon/retention.calls"],
    onCalendar: "*-*-* 05:20",
    cron: "20 5 * * *",
    isOn: true,
  },
  {
    name: "trafMon_volumeReport",
    short: "the month's manager report",
    title: "On the first of the month: the manager's report on the month before.",
    commands: ["/opt/trafMon/bin/trafMon_volumeReportGen --cred /etc/trafMon/cred/report.cred"],
    onCalendar: "*-*-01 06:20",
    cron: "20 6 1 * *",
    isOn: false,
  },
  {
    name: "trafMon_operatorReport",
    short: "the month's operator report",
    title: "On the first of the month: the operator's report on the month before, also by mail.",
    commands: ["/opt/trafMon/bin/trafMon_volumeReportGen -r operator --cred /etc/trafMon/cred/report.cred --mail root"],
    onCalendar: "*-*-01 06:40",
    cron: "40 6 1 * *",
    isOn: false,
  },
  {
    name: "trafMon_detailReport",
    short: "the week's detail reports",
    title: "On Mondays: the detail reports of the week before, of the hosts in /etc/trafMon/report/example-hosts.",
    commands: [
      "/opt/trafMon/bin/trafMon_detailReportGen -f example-hosts -t weekly --cred /etc/trafMon/cred/report.cred",
    ],
    onCalendar: "Mon *-*-* 06:50",
    cron: "50 6 * * 1",
    isOn: false,
  },
  {
    name: "trafMon_logrotate",
    short: "rotate trafMon's own logs",
    title: "Every hour: rotate trafMon's own logs, where they have grown.",
    commands: ["/usr/sbin/logrotate --state /var/log/trafMon/.logrotate.state /etc/trafMon/logrotate.d/trafMon"],
    onCalendar: "*:32",
    cron: "32 * * * *",
    // By cron it is root's, as ever; under systemd the logs' own user will do.
    cronUser: "root",
    isOn: true,
  },
];
