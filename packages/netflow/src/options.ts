import { badOption, defineProgram, Option, readCommandLine, wholeNumber } from "@trafmon/runtime";

export interface FormatCommandLine {
  readonly hour?: number;
  readonly dateStart?: string;
  readonly dateEnd?: string;
  readonly source: "silk" | "nfdump";
  /** Root of the flow data. */
  readonly netflowdata: string;
  readonly collectordata: string;
  /** null: not given, and not at its usual place. */
  readonly silkconfig?: string;
  /** Folder of rwfilter and rwcut, or of nfdump. */
  readonly silkbin: string;
  readonly logFileDirectory: string;
  readonly name: string;
  readonly exporter: readonly string[];
  readonly samplingRate: readonly string[];
  readonly activeTimeout: number;
  readonly again: boolean;
  readonly json: boolean;
}

/** Where each kind of collector has its data and its programs unless told otherwise. */
const PLACES = {
  silk: { data: "/var/silk/data/", programs: "/usr/local/bin/" },
  nfdump: { data: "/var/cache/nfdump/", programs: "/usr/bin/" },
} as const;

export const DEFAULT_SITE_CONFIG = "/var/silk/twoway-silk.conf";

/** @throws {CodedError} BAD_OPTION, and ends the program after --help or --version */
export function readFormatOptions(args: readonly string[]): FormatCommandLine {
  const program = defineProgram({
    name: "trafMon_FormatNetFlow",
    summary: "Writes the flows that routers exported, hour by hour, as log files for trafMon_loader.",
    examples: [
      { command: "trafMon_FormatNetFlow --source nfdump", meaning: "The last full hour, as cron runs it every hour:" },
      {
        command: "trafMon_FormatNetFlow -H 2",
        meaning: "The last two full hours; at 14:36:27 that is 12:00 to 14:00:",
      },
      {
        command: "trafMon_FormatNetFlow -S 2026/03/01:00 -E 2026/03/01:23 --source nfdump -N /data/nfcapd",
        meaning: "A day, from the files of nfcapd:",
      },
    ],
    notes:
      "Hours are UTC. A flow belongs to the hour of its start, so files are read as far as the active time-out after it;\n" +
      "hours that were written before that are looked at again by the next run without -S. What did not change is not\n" +
      "written again, and loading an hour again replaces it.\n" +
      "Exit codes: 0 done; 65 some flows or files could not be used, see the log; 74 reading or writing failed;\n" +
      "75 another one is at work; 78 the programs of SiLK or nfdump are missing.",
  })
    .option(
      "-H, --hour <nbOfHours>",
      "number of full hours before the present one (goes before -S and -E)",
      wholeNumber(1, 87_600),
    )
    .option("-S, --dateStart <startTime>", "first hour, YYYY/MM/DD:HH (without -H and -S: the last full hour)")
    .option("-E, --dateEnd <endTime>", "last hour, included (default: the last full hour)")
    .addOption(new Option("--source <kind>", "what collected the flows").choices(["silk", "nfdump"]).default("silk"))
    .option(
      "-N, --netflowdata <srcPath>",
      `root of the flow data (default: "${PLACES.silk.data}", of nfdump "${PLACES.nfdump.data}")`,
    )
    .option(
      "-D, --collectordata <dstPath>",
      "folder of the collector's log files, where to put these",
      "/var/trafMon/collector/",
    )
    .option(
      "-C, --silkconfig <silkConfig>",
      `SiLK's site configuration (default: "${DEFAULT_SITE_CONFIG}" if it exists)`,
    )
    .option(
      "-s, --silkbin <silkBin>",
      `folder of rwfilter and rwcut, or of nfdump (default: "${PLACES.silk.programs}", of nfdump "${PLACES.nfdump.programs}")`,
    )
    .option("-L, --logFileDirectory <logDir>", "folder of this program's own log", "/var/log/trafMon/")
    .option(
      "--active-timeout <seconds>",
      "how long after its first packet a flow may be exported",
      wholeNumber(0, 86_400),
      1800,
    )
    .option(
      "--exporter <name=address...>",
      "address for a sensor of SiLK (number or name), or in place of a router's own",
      [],
    )
    .option(
      "--sampling-rate <[name=]rate...>",
      "one packet in so many was looked at; of SiLK only, nfcapd has multiplied already",
      [],
    )
    .option("--name <name>", "name of this formatter, where several fill one database", "netflow")
    .option("--again", "write hours also if nothing changed, or if fewer flows are found than before", false);
  const { options } = readCommandLine<
    Omit<FormatCommandLine, "netflowdata" | "silkbin"> & { netflowdata?: string; silkbin?: string }
  >(program, args);
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/.test(options.name)) {
    throw badOption(`--name ${options.name}: letters, digits, dots and hyphens are needed`);
  }
  if (options.source === "nfdump" && options.samplingRate.length > 0) {
    throw badOption("--sampling-rate is for SiLK: nfcapd multiplies by what exporters announce, or by its own -s");
  }
  const { data, programs } = PLACES[options.source];
  return { ...options, netflowdata: options.netflowdata ?? data, silkbin: options.silkbin ?? programs };
}
