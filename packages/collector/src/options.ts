import { defineProgram, readCommandLine } from "@trafmon/runtime";

export interface CollectorOptions {
  readonly local: boolean;
  readonly config?: string;
  readonly new?: string;
  readonly check: boolean;
  readonly logFileDirectory?: string;
  readonly json: boolean;
  readonly collectorName: string;
}

/** @throws {CodedError} BAD_OPTION, and ends the program after --help or --version */
export function readCollectorOptions(args: readonly string[]): CollectorOptions {
  const program = defineProgram({
    name: "tmon_collector",
    summary: "Takes the probes' observations, acknowledges them when they are safe, and writes them as log files.",
    examples: [
      { command: "tmon_collector -c tmon.xml TMonServer", meaning: "Collect for the probes of this configuration:" },
      { command: "tmon_collector -c tmon.xml --check TMonServer", meaning: "See what would be done:" },
    ],
    notes:
      "Without -l and -c the configuration is /etc/trafMon/xml/tmon.xml, and without -n too /etc/trafMon/xml/tmon-new.xml\n" +
      "is watched for a scheduled change. With -l these are ./tmon.xml and ./tmon-new.xml, and ./tmon_collector.diag sets\n" +
      "the log levels if it exists, else /etc/trafMon/diag/<collectorName>.diag. -c alone watches no new file.\n" +
      "SIGUSR1 closes the current log files for the loader, SIGHUP reads the configuration again.",
  })
    .argument("<collectorName>", "name of a <collector> in the configuration")
    .option("-l, --local", "use ./tmon.xml, ./tmon-new.xml and, if it exists, ./tmon_collector.diag", false)
    .option("-c, --config <XML>", "use this configuration, and no other")
    .option("-n, --new <XML>", "watch this file for a scheduled change (its startAt)")
    .option("--check", "check the configuration, print the effective settings and stop", false)
    .option("-L, --logFileDirectory <DIR>", "write the program's own log into this folder instead of to stderr");
  const { options, operands } = readCommandLine<Omit<CollectorOptions, "collectorName">>(program, args);
  return { ...options, collectorName: operands[0] as string };
}
