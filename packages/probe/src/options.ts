import { badOption, defineProgram, readCommandLine, wholeNumber } from "@trafmon/runtime";

export interface ProbeOptions {
  readonly local: boolean;
  readonly config?: string;
  readonly new?: string;
  /** Capture files to read, FILE or INTERFACE=FILE; undefined: watch the interfaces. */
  readonly read?: readonly string[];
  readonly check: boolean;
  /** Seconds to wait for acknowledgements at the end of a replay. */
  readonly wait: number;
  readonly logFileDirectory?: string;
  readonly json: boolean;
  /** The connection whose packets are to be listed, as on the command line. */
  readonly explain?: string;
  /** Empty: none was given, which only `explain` allows. */
  readonly probeName: string;
}

/** @throws {CodedError} BAD_OPTION, and ends the program after --help or --version */
export function readProbeOptions(args: readonly string[]): ProbeOptions {
  const program = defineProgram({
    name: "tmon_probe",
    summary: "Watches packets, aggregates flows as the configuration says, and sends what it saw to its collectors.",
    examples: [
      { command: "tmon_probe -c tmon.xml probe1", meaning: "Watch the interfaces of probe1:" },
      { command: "tmon_probe -c tmon.xml -r monday.pcap tuesday.pcap.gz -- probe1", meaning: "Replay capture files:" },
      { command: "tmon_probe -c tmon.xml --check probe1", meaning: "See what would be done:" },
      {
        command: "tmon_probe --explain 10.0.0.9:40000-10.0.0.1:80 -r monday.pcap",
        meaning: "List the packets of a TCP connection, with what the probe makes of each and why:",
      },
    ],
    notes:
      "Without -l and -c the configuration is /etc/trafMon/xml/tmon.xml, and without -n too /etc/trafMon/xml/tmon-new.xml\n" +
      "is watched for a scheduled change. With -l these are ./tmon.xml and ./tmon-new.xml, and ./tmon_probe.diag sets the\n" +
      "log levels if it exists, else /etc/trafMon/diag/<probeName>.diag. -c alone watches no new file.\n" +
      "SIGHUP reads the configuration again.\n" +
      "--explain needs neither a collector nor, where the defaults will do, a configuration and a name.",
  })
    .argument("[probeName]", "name of a <probe> in the configuration")
    .option("-l, --local", "use ./tmon.xml, ./tmon-new.xml and, if it exists, ./tmon_probe.diag", false)
    .option("-c, --config <XML>", "use this configuration, and no other")
    .option("-n, --new <XML>", "watch this file for a scheduled change (its startAt)")
    .option(
      "-r, --read <FILE...>",
      "replay capture files in time order, - for stdin; IFACE=FILE: as if captured on that interface",
    )
    .option("--wait <SECONDS>", "after a replay, how long to wait for acknowledgements", wholeNumber(0, 86_400), 60)
    .option(
      "--explain <FLOW>",
      "list this TCP connection in the files of -r: ADDRESS:PORT-ADDRESS:PORT, IPv6 in brackets; --json for programs",
    )
    .option("--check", "check the configuration, print the effective settings and stop", false)
    .option("-L, --logFileDirectory <DIR>", "write the log into this folder instead of to stderr");
  const { options, operands } = readCommandLine<Omit<ProbeOptions, "probeName">>(program, withName(args));
  const probeName = operands[0] ?? "";
  if (options.explain !== undefined && options.read === undefined)
    throw badOption("--explain needs capture files: give them with -r");
  if (probeName === "" && options.explain === undefined) throw badOption("the name of the probe is missing");
  if (options.read !== undefined && options.new !== undefined)
    throw badOption("-r and -n exclude each other: a replay does not wait for new configurations");
  return { ...options, probeName };
}

/**
 * `-r a.pcap b.pcap probe1`: a list of files would swallow the name that the contract puts last, so the last word is
 * set apart, unless it is an option or its value. `--explain` can do without a name, so there the files end with `--`.
 */
function withName(args: readonly string[]): readonly string[] {
  if (args.includes("--") || args.some((word) => word === "--explain" || word.startsWith("--explain="))) return args;
  const reading = Math.max(args.lastIndexOf("-r"), args.lastIndexOf("--read"));
  const last = args.length - 1;
  const isSwallowed =
    reading >= 0 &&
    last > reading + 1 &&
    args.slice(reading + 1).every((word) => word === "-" || !word.startsWith("-"));
  return isSwallowed ? [...args.slice(0, last), "--", args[last] as string] : args;
}
