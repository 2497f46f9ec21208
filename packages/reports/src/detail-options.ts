import { type Command, defineProgram, ETC_DIRECTORY, Option, wholeNumber } from "@trafmon/runtime";
import { PAPERS, type Paper } from "./draw/pdf/sheet.ts";

export interface DetailOptions {
  readonly localConfig: boolean;
  readonly filename: string;
  readonly destination: string;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly timespan?: string;
  readonly logFileDirectory: string;
  readonly reportTemplatesDirectory: string;
  readonly genReport_sh?: string;
  readonly db?: string;
  readonly only?: readonly string[];
  readonly probe?: readonly string[];
  readonly class?: string;
  readonly most: number;
  readonly cred?: string;
  readonly zone: string;
  readonly site: string;
  readonly mail?: readonly string[];
  readonly mailFrom?: string;
  readonly paper: Paper;
  readonly html: boolean;
}

/** The command line of trafMon_detailReportGen. `protocols`: names of the reports there are. */
export function detailReportProgram(protocols: readonly string[]): Command {
  return defineProgram({
    name: "trafMon_detailReportGen",
    summary:
      "Makes the set of detail reports, a PDF per protocol, of the hosts whose addresses meet the patterns of a file.",
    examples: [
      {
        command: "trafMon_detailReportGen -f ground-stations -s 2026-10-01 -t monthly",
        meaning: "October of the hosts in /etc/trafMon/report/ground-stations:",
      },
      {
        command: "trafMon_detailReportGen -l -f hosts -s 2026-10-05 -e 2026-10-07 -t acceptance -D .",
        meaning: "Three days, with hosts and db.cred of the current folder:",
      },
    ],
    notes:
      "Files go to <destination>/<name of the pattern file>/<timespan>/<start>_<end>/ and are named on standard output;\n" +
      "of reports that --probe, --class or --zone narrow, the folder's name goes on with these.\n" +
      "Dates are both included, in the time zone of the report. weekly is 7 days; monthly runs to the day before the same\n" +
      "day of the next month.\n" +
      "Exit codes: 0 done; 64 bad option; 69 no database; 74 cannot write; 78 bad configuration.",
  })
    .option("-l, --localConfig", "take db.cred and the pattern file from the current folder", false)
    .requiredOption(
      "-f, --filename <file>",
      "file of address patterns; relative: in /etc/trafMon/report/, with -l in the current folder",
    )
    .option("-D, --destination <folder>", "destination directory", "/var/trafMon/reports/")
    .option("-s, --startDate <YYYY-MM-DD>", "start date (default: of the last whole week or month)")
    .option("-e, --endDate <YYYY-MM-DD>", "end date (default: as the timespan says)")
    .option(
      "-t, --timespan <name>",
      "without end date: weekly or monthly; with one: any name for this type of reports (default: monthly)",
    )
    .option("-L, --logFileDirectory <folder>", "folder of the log", "/var/log/trafMon/")
    .option(
      "-T, --reportTemplatesDirectory <folder>",
      "folder of detail.report, the definition of the set; not there: /etc/trafMon/report/, else as shipped",
      "/opt/trafMon/report/",
    )
    .option("-g, --genReport_sh <file>", "accepted from BIRT's times, without effect")
    .option("-d, --db <DBname>", "database to be used (default: the one in db.cred, else trafMon)")
    .addOption(new Option("--only <report...>", "only these of the set").choices(protocols))
    .option("--probe <name...>", "only flows that these probes saw or all, each flow once per probe (default: all)")
    .option("--class <name>", "only this flow class (default: all)")
    .option("--most <number>", "how many flows of each protocol have pages of their own", wholeNumber(1, 1000), 50)
    .option("--cred <file>", `database credentials (default: ${ETC_DIRECTORY}/cred/db.cred, with -l ./db.cred)`)
    .option("--zone <zone>", "time zone of dates and hours, an IANA name", "UTC")
    .option("--site <name>", "name of the site, for the title", "trafMon")
    .option("--mail <address...>", "mail what was made to these addresses, through the machine's sendmail")
    .option("--mail-from <address>", "who the mail is from (default: as the mail system calls the user)")
    .addOption(new Option("--paper <size>", "size of the pages").choices(PAPERS).default("A4"))
    .option("--html", "write every report as a single HTML file, too: for mail and for the web", false);
}
