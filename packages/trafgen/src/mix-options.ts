import { randomInt } from "node:crypto";
import { badOption, defineProgram, InvalidArgumentError, Option, readCommandLine, wholeNumber } from "@trafmon/runtime";
import { durationMs } from "@trafmon/settings/schema";
import { MIX_KINDS, MIX_SCENARIOS, type MixKind, type MixScenario } from "./mix/mix-scenario.ts";
import { scenariosText } from "./mix/mix-text.ts";
import { readAs } from "./option-kind.ts";
import { type SnmpCredentials, snmpUserOf } from "./play/snmp-exchange.ts";
import type { AddressFamily } from "./send/socket-options.ts";

export interface MixOptions {
  readonly scenario: MixScenario;
  /** Whom to ask, by kind: a name or an address. Kinds without one are not played. */
  readonly hosts: Readonly<Partial<Record<MixKind, string>>>;
  readonly family: AddressFamily | undefined;
  /** null: until stopped. */
  readonly durationMs: number | null;
  readonly seed: number;
  readonly ledger: string | null;
  readonly names: readonly string[];
  readonly paths: readonly string[];
  readonly credentials: SnmpCredentials;
  readonly ftp: {
    readonly user: string;
    readonly password: string;
    readonly mode: "passive" | "active" | "epsv" | "eprt";
    readonly files: readonly string[];
    readonly uploadFolder: string;
  };
  readonly source: string | undefined;
  readonly tos: number;
  readonly timeoutMs: number;
  readonly reportMs: number;
  readonly allowBroadcast: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

interface Given extends Readonly<Partial<Record<MixKind, string>>> {
  readonly scenario: string;
  readonly server?: string;
  readonly kinds?: readonly MixKind[];
  readonly ipv4?: boolean;
  readonly ipv6?: boolean;
  readonly duration?: number;
  readonly seed?: number;
  readonly ledger?: string;
  readonly dnsNames: readonly string[];
  readonly httpPaths: readonly string[];
  readonly snmpCommunity: string;
  readonly snmpUser?: string;
  readonly ftpUser: string;
  readonly ftpMode: MixOptions["ftp"]["mode"];
  readonly ftpFiles: readonly string[];
  readonly ftpUpload: string;
  readonly source?: string;
  readonly tos: number;
  readonly timeout: number;
  readonly report: number;
  readonly allowBroadcast: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** Of the zone that trafgen_receivers serves. */
const NAMES = ["www", "ftp", "ns1", "files", "mail", "host-1", "host-20", "host-200", "large", "no-such"].map(
  (name) => `${name}.example.test`,
);

/**
 * @param environment where passwords are looked for
 * @throws {CodedError} BAD_OPTION, and ends the program after --help or --version
 */
export function readMixOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): MixOptions {
  const program = defineProgram({
    name: "trafgen_mix",
    summary: "Asks servers this and that without end: ping, DNS, NTP, SNMP, HTTP and FTP, mixed as a scenario says.",
    examples: [
      {
        command: "trafgen_mix --server receivers.example.net",
        meaning: "The light mixture, with a host that runs trafgen_receivers:",
      },
      {
        command: "trafgen_mix --scenario office --duration 1h --dns 192.0.2.53 --ftp 192.0.2.21 --ledger run1",
        meaning: "An hour of an office's lookups and files, written down:",
      },
      {
        command: "trafgen_mix --scenario heavy --kinds dns,http --seed 7 --dry-run --server 192.0.2.7",
        meaning: "See what would be done:",
      },
    ],
    notes:
      `SCENARIOS\n${scenariosText()}\n\n` +
      "Without other options everything is asked for as trafgen_receivers has it. Passwords come from the environment:\n" +
      "TRAFGEN_FTP_PASSWORD (default trafgen), and with --snmp-user TRAFGEN_SNMP_AUTH (SHA) and TRAFGEN_SNMP_PRIV (AES).\n" +
      "A server that does not answer is counted, and asked again. Ctrl-C begins nothing new, waits --timeout for what is under way,\n" +
      "and ends with a summary and the ledger complete.\n" +
      "A scenario's rates are limits: more is never begun in any second, and payload beyond the rate waits.\n" +
      "Exit codes: 0 stopped or time over, whatever was answered; 69 a host is unknown; 77 ping is not permitted.",
  })
    .addOption(
      new Option("--scenario <NAME>", "how much of what; listed below")
        .choices(MIX_SCENARIOS.map(({ name }) => name))
        .default("light"),
    )
    .option("--server <HOST>", "whom to ask everything that no option below names another for")
    .option("--kinds <LIST>", `only these, e.g. ping,dns (default: all of ${MIX_KINDS.join(",")})`, readKinds)
    .option("--ping <HOST>", "whom to ping")
    .option("--dns <HOST>", "name server")
    .option("--ntp <HOST>", "time server")
    .option("--snmp <HOST>", "SNMP agent")
    .option("--http <HOST>", "web server; its name is the Host header")
    .option("--ftp <HOST>", "FTP server")
    .option("-4, --ipv4", "IPv4 only")
    .option("-6, --ipv6", "IPv6 only")
    .option(
      "--duration <TIME>",
      "stop after e.g. 30s, 10min, 8h (default: until stopped)",
      readAs(durationMs("1s", "3650d")),
    )
    .option(
      "--seed <N>",
      "draws the same exchanges again (default: by chance, and printed)",
      wholeNumber(0, 2 ** 32 - 1),
    )
    .option("--ledger <DIR>", "folder to write every exchange into, with its instants, bytes and outcome")
    .addOption(listOption("--dns-names <LIST>", "names to look up; those that begin with large. by TXT", NAMES))
    .addOption(listOption("--http-paths <LIST>", "paths to get", ["/1k.bin", "/64k.bin"]))
    .option("--snmp-community <TEXT>", "community of SNMP version 2c", "measured")
    .option("--snmp-user <NAME>", "SNMP version 3 with this user, in place of the community")
    .option("--ftp-user <NAME>", "who to log in as", "trafgen")
    .addOption(
      new Option("--ftp-mode <MODE>", "how data connections are made")
        .choices(["passive", "active", "epsv", "eprt"])
        .default("passive"),
    )
    .addOption(listOption("--ftp-files <LIST>", "files to download", ["64k.bin", "1m.bin"]))
    .option("--ftp-upload <FOLDER>", "folder to upload into; sixteen files there are written over and over", "upload")
    .option("--source <ADDRESS>", "local address to send from")
    .option("--tos <BYTE>", "ToS byte or IPv6 traffic class, 0 to 255", wholeNumber(0, 255), 0)
    .option("--timeout <SECONDS>", "how long replies to small requests are waited for", wholeNumber(1, 60), 2)
    .option("--report <SECONDS>", "tell the counts every so often; 0: only at the end", wholeNumber(0, 86_400), 60)
    .option("--allow-broadcast", "send to broadcast, multicast and unspecified addresses too", false)
    .option("--dry-run", "print what would be done and stop", false);
  const { options, operands } = readCommandLine<Given>(program, args);
  if (operands.length > 0) throw badOption(`there is no operand: ${operands.join(" ")}`);
  if (options.ipv4 && options.ipv6) throw badOption("-4 and -6 exclude each other");
  const hosts = hostsOf(options);
  const scenario = MIX_SCENARIOS.find(({ name }) => name === options.scenario)!;
  if (!MIX_KINDS.some((kind) => hosts[kind] !== undefined && scenario.perS[kind] > 0))
    throw badOption(
      "nobody to ask: give --server, or --ping, --dns, --ntp, --snmp, --http or --ftp, for something the scenario has",
    );
  return {
    scenario,
    hosts,
    family: options.ipv6 ? 6 : options.ipv4 ? 4 : undefined,
    durationMs: options.duration ?? null,
    seed: options.seed ?? randomInt(2 ** 32),
    ledger: options.ledger ?? null,
    names: options.dnsNames,
    paths: options.httpPaths,
    credentials: credentialsOf(options, environment),
    ftp: {
      user: options.ftpUser,
      password: environment.TRAFGEN_FTP_PASSWORD ?? "trafgen",
      mode: options.ftpMode,
      files: options.ftpFiles,
      uploadFolder: options.ftpUpload === "" ? "" : `${options.ftpUpload.replace(/\/$/, "")}/`,
    },
    source: options.source,
    tos: options.tos,
    timeoutMs: options.timeout * 1000,
    reportMs: options.report * 1000,
    allowBroadcast: options.allowBroadcast,
    dryRun: options.dryRun,
    json: options.json,
  };
}

function hostsOf(options: Given): Partial<Record<MixKind, string>> {
  const hosts: Partial<Record<MixKind, string>> = {};
  for (const kind of MIX_KINDS) {
    const host = options[kind] ?? options.server;
    if (host !== undefined && (options.kinds === undefined || options.kinds.includes(kind))) hosts[kind] = host;
  }
  return hosts;
}

function credentialsOf(
  { snmpUser, snmpCommunity }: Given,
  environment: Readonly<Record<string, string | undefined>>,
): SnmpCredentials {
  return snmpUser === undefined ? { version: "2c", community: snmpCommunity } : snmpUserOf(snmpUser, environment);
}

function listOption(flags: string, meaning: string, items: readonly string[]): Option {
  return new Option(flags, meaning).argParser(readList).default(items, items.join(","));
}

function readList(text: string): readonly string[] {
  const items = text.split(",").filter((item) => item !== "");
  if (items.length === 0 || /[\r\n\0]/.test(text)) throw new InvalidArgumentError("It must be a list, a,b,c.");
  return items;
}

function readKinds(text: string): readonly MixKind[] {
  const kinds = readList(text);
  const unknown = kinds.filter((kind) => !(MIX_KINDS as readonly string[]).includes(kind));
  if (unknown.length > 0)
    throw new InvalidArgumentError(`There is no ${unknown.join(", ")}; there are ${MIX_KINDS.join(", ")}.`);
  return kinds as readonly MixKind[];
}
