import { type ErrorEntry, EXIT, errorsOf } from "@trafmon/runtime";

/** Everything that can stop a report, and what the operator can do about it. */
export const reportsErrors = {
  REPORTS_UNKNOWN_ZONE: {
    hint: "Give an IANA name such as Europe/Brussels, or UTC.",
    exitCode: EXIT.BAD_OPTION,
  },
  REPORTS_BAD_DATE: { hint: "Dates are written YYYY-MM-DD, e.g. 2026-10-31.", exitCode: EXIT.BAD_OPTION },
  REPORTS_EMPTY_PERIOD: { hint: "The end date must not be before the start date.", exitCode: EXIT.BAD_OPTION },
  REPORTS_LONG_PERIOD: { hint: "Ask for ten years at most.", exitCode: EXIT.BAD_OPTION },
  REPORTS_UNKNOWN_PROBE: {
    hint: "Give the name of a probe, or of NetFlow the address of an exporter, that has sent data; `all` when no two of them see the same packets.",
    exitCode: EXIT.BAD_OPTION,
  },
  REPORTS_BAD_PATTERNS: {
    hint: "A pattern is an address, a prefix, a range, an address with *, or two of these with a comma between.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  REPORTS_NO_PATTERN_FILE: {
    hint: "Give a file with -f: it is looked for in /etc/trafMon/report/, with -l in the current folder.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  REPORTS_BAD_TIMESPAN: {
    hint: "Without -e, -t is weekly or monthly; with -e, any name of letters, digits, dots and hyphens, and -s says when it begins.",
    exitCode: EXIT.BAD_OPTION,
  },
  REPORTS_BAD_DEFINITION: {
    hint: "See docs/report-definitions.md for what may stand in a report definition.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  REPORTS_BAD_QUERY: {
    hint: "Correct the sql of that section; the reason above is the server's. See docs/report-definitions.md, Queries.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  REPORTS_NO_DEFINITION: {
    hint: "Give a file that can be read; the shipped ones are in /etc/trafMon/report/.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  REPORTS_NO_TABLES: {
    hint: "Load data with trafMon_loader first, or name the database with -d. After an upgrade: mysql < trafMon_templateDB.sql, then trafMon_loader once.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  REPORTS_NOT_MAILED: {
    hint: "The report itself is written. Install a mail system that brings /usr/sbin/sendmail (postfix, msmtp-mta), and see its log.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  REPORTS_UNWRITABLE: {
    hint: "Give the user write access to the destination, or choose another with -D.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
} as const satisfies Record<string, ErrorEntry>;

export const reportsError = errorsOf(reportsErrors);
