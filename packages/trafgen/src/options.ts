import { badOption, defineProgram, InvalidArgumentError, readCommandLine } from "@trafmon/runtime";
import { readServices } from "@trafmon/settings";
import { bitRate, Refused } from "@trafmon/settings/schema";
import { DEFAULT_CAP } from "./plan/rate-cap.ts";
import { mac } from "./scenario/schema/address-kinds.ts";

export interface TrafgenOptions {
  readonly local: boolean;
  readonly config?: string;
  /** Where to: at most one of these three; none: as the scenario says. */
  readonly write?: string;
  readonly interface?: string;
  readonly sockets: boolean;
  readonly directory?: string;
  readonly sourceMac?: Uint8Array;
  readonly destinationMac?: Uint8Array;
  readonly allowBroadcast: boolean;
  readonly maxPacketRate: number;
  /** Bits per second. */
  readonly maxBitRate: number;
  readonly check: boolean;
  readonly dryRun: boolean;
  readonly logFileDirectory?: string;
  readonly json: boolean;
  readonly tgenName: string;
}

/** @throws {CodedError} BAD_OPTION, and ends the program after --help or --version */
export function readTrafgenOptions(args: readonly string[]): TrafgenOptions {
  const program = defineProgram({
    name: "trafgen",
    summary: "Sends the traffic of a scenario, and writes down every packet of it.",
    examples: [
      { command: "trafgen --dry-run worst-case", meaning: "See what a scenario would send:" },
      { command: "trafgen -w worst-case.pcap worst-case", meaning: "Write it into a capture file:" },
      {
        command: "trafgen -i eth1 --destination-mac 02:00:00:00:00:01 worst-case",
        meaning: "Send it on an interface:",
      },
      { command: "trafgen -c office.xml -s office", meaning: "Let the operating system send it, to real servers:" },
    ],
    notes:
      "Without -l and -c the scenario is /etc/trafMon/xml/<tgenName>.xml. With -l it is ./<tgenName>.xml, and ./trafgen.diag\n" +
      "sets the log levels if it exists, else /etc/trafMon/diag/<tgenName>.diag. -c uses that file and nothing else.\n" +
      "What was sent is written into a folder, <tgenName>_<instant>, or the one of -D (packages/trafgen/README.md).\n" +
      "Nothing is sent on interfaces or sockets to broadcast, multicast or unspecified addresses, or faster than the\n" +
      "rates allowed, unless told. With -s, TRAFGEN_FTP_PASSWORD and TRAFGEN_SNMP_COMMUNITY say what servers want to hear.\n" +
      "Ctrl-C stops, with the ledger complete up to there.",
  })
    .argument("<tgenName>", "name of the scenario")
    .option("-l, --local", "use ./<tgenName>.xml and, if it exists, ./trafgen.diag", false)
    .option("-c, --config <XML>", "use this scenario, and no other")
    .option("-w, --write <FILE>", "write capture files; with hops, each has its hop's name before the ending")
    .option("-i, --interface <NAME>", "send crafted frames on this interface")
    .option("-s, --sockets", "let the operating system send, to real servers", false)
    .option("-D, --directory <DIR>", "folder of the ledger, in place of ./<tgenName>_<instant>")
    .option("--source-mac <MAC>", "Ethernet address of the side that begins (default: the interface's own)", readMac)
    .option("--destination-mac <MAC>", "Ethernet address of the other side, or of the router to it", readMac)
    .option("--allow-broadcast", "send to broadcast, multicast and unspecified addresses too", false)
    .option("--max-packet-rate <N>", "most packets in any second, e.g. 200k", readPacketRate, DEFAULT_CAP.packetsPerS)
    .option("--max-bit-rate <RATE>", "most bits of IP in any second, e.g. 1Gbit", readBitRate, DEFAULT_CAP.bitsPerS)
    .option("--check", "check the scenario, print what it means and stop", false)
    .option("--dry-run", "work out every packet, print what would be sent and stop", false)
    .option("-L, --logFileDirectory <DIR>", "write the log into this folder instead of to stderr");
  const { options, operands } = readCommandLine<Omit<TrafgenOptions, "tgenName">>(program, args);
  const tgenName = operands[0] as string;
  const targets = [options.write, options.interface, options.sockets ? "" : undefined];
  if (targets.filter((each) => each !== undefined).length > 1)
    throw badOption("-w, -i and -s exclude each other: a scenario is sent to one place");
  // It becomes the name of a file and of a folder.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(tgenName))
    throw badOption(`${JSON.stringify(tgenName)} is no name of 1 to 63 letters, digits, \`.\`, \`_\` and \`-\``);
  return { ...options, tgenName };
}

function readMac(text: string): Uint8Array {
  const value = mac.read(text, { services: readServices() });
  if (value instanceof Refused) throw new InvalidArgumentError(`It must be ${mac.allowed}.`);
  return value;
}

const PACKET_FACTORS: Readonly<Record<string, number>> = { "": 1, k: 1000, M: 1_000_000 };

function readPacketRate(text: string): number {
  const parts = /^(\d{1,8})([kM]?)$/.exec(text);
  const value = parts === null ? 0 : Number(parts[1]) * PACKET_FACTORS[parts[2] ?? ""]!;
  if (value < 1) throw new InvalidArgumentError("It must be a number of packets per second, e.g. 5000, 200k or 1M.");
  return value;
}

const bits = bitRate("1bit", "1000Gbit");

function readBitRate(text: string): number {
  const value = bits.read(text, { services: readServices() });
  if (value instanceof Refused) throw new InvalidArgumentError(`It must be ${bits.allowed}.`);
  return value;
}
