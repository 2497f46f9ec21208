import { type Command, defineProgram, ETC_DIRECTORY, Option } from "@trafmon/runtime";
import { PAPERS, type Paper } from "./draw/pdf/sheet.ts";

export const REPORTS = ["manager", "operator", "conversation"] as const;
export const TOPS = ["5", "10", "15", "20", "25"] as const;
/** Bits per second. */
export const THRESHOLDS = ["0", "1000", "10000", "50000", "100000", "500000"] as const;

/** What stands for no filter. */
export const ANY = "any";

export interface VolumeOptions {
  readonly db?: string;
  readonly report: (typeof REPORTS)[number];
  readonly destination?: string;
  readonly top: (typeof TOPS)[number];
  readonly threshold: (typeof THRESHOLDS)[number];
  readonly activity: string;
  readonly location: string;
  readonly host: string;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly logFileDirectory: string;
  readonly reportTemplatesDirectory: string;
  readonly genReport_sh?: string;
  readonly source: "probe" | "netflow";
  readonly probe?: readonly string[];
  readonly class?: string;
  readonly cred?: string;
  readonly zone: string;
  readonly site: string;
  readonly definition?: string;
  readonly mail?: readonly string[];
  readonly mailFrom?: string;
  readonly paper: Paper;
  readonly html: boolean;
}

/** The command line of trafMon_volumeReportGen. */
export function volumeReportProgram(): Command {
  return defineProgram({
    name: "trafMon_volumeReportGen",
    summary: "Makes a synthesis report on volumes, as PDF, with every table as CSV beside it.",
    examples: [
      { command: "trafMon_volumeReportGen", meaning: "Last month for the manager, into the folder of today:" },
      {
        command: "trafMon_volumeReportGen -s 2026-10-01 -e 2026-10-07 -t 10 -T 0 -A 'Video conferencing' -D .",
        meaning: "One week of one activity, the ten largest of everything, into the current folder:",
      },
    ],
    notes:
      "The files written are named on standard output. Dates are both included, in the time zone of the report.\n" +
      "Exit codes: 0 done; 64 bad option; 69 no database; 74 cannot write; 78 bad configuration.",
  })
    .option("-d, --db <DBname>", "database to be used (default: the one in db.cred, else trafMon)")
    .addOption(new Option("-r, --report <report>", "type of synthesis report").choices(REPORTS).default("manager"))
    .option(
      "-D, --destination <folder>",
      "destination directory (default: /var/trafMon/reports/YYYY/MM/DD, the day of generation)",
    )
    .addOption(new Option("-t, --top <top>", "how many of the largest are listed").choices(TOPS).default("5"))
    .addOption(
      new Option("-T, --threshold <threshold>", "mean b/s over the period below which nothing is listed")
        .choices(THRESHOLDS)
        .default("1000"),
    )
    .option("-A, --activity <activityName>", "only traffic of this activity", ANY)
    .option("-L, --location <locationName>", "only traffic of this location", ANY)
    .option("-H, --host <hostName>", "only traffic of this host, by name or address", ANY)
    .option("-s, --startDate <YYYY-MM-DD>", "start date (default: first day of previous month)")
    .option("-e, --endDate <YYYY-MM-DD>", "end date (default: last day of previous month)")
    .option("-l, --logFileDirectory <folder>", "folder of the log", "/var/log/trafMon/")
    .option(
      "-R, --reportTemplatesDirectory <folder>",
      "folder of report definitions; one that is not there is taken from /etc/trafMon/report/, else as shipped",
      "/opt/trafMon/trafMon_reports/",
    )
    .option("-g, --genReport_sh <file>", "accepted from BIRT's times, without effect")
    .addOption(
      new Option("--source <source>", "whose volumes: probes', or NetFlow's")
        .choices(["probe", "netflow"])
        .default("probe"),
    )
    .option(
      "--probe <name...>",
      "probes (of NetFlow: addresses of exporters) whose volumes are added, or all; they must not see the same packets (default: the one with most volume)",
    )
    .option("--class <name>", "only this flow class (default: every class that carried the account)")
    .option("--cred <file>", `database credentials (default: ${ETC_DIRECTORY}/cred/db.cred)`)
    .option("--zone <zone>", "time zone of dates and hours, an IANA name", "UTC")
    .option("--site <name>", "name of the site, for the title", "trafMon")
    .option("--definition <file>", "a report definition of your own, in the place of -r (docs/report-definitions.md)")
    .option("--mail <address...>", "mail what was made to these addresses, through the machine's sendmail")
    .option("--mail-from <address>", "who the mail is from (default: as the mail system calls the user)")
    .addOption(new Option("--paper <size>", "size of the pages").choices(PAPERS).default("A4"))
    .option("--html", "write the report as a single HTML file, too: for mail and for the web", false);
}
