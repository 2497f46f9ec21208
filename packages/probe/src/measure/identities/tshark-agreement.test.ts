import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { addressText, parseAddress } from "@trafmon/observation";
import { expect, test } from "vitest";
import { analysedCapture } from "../../testing/analysed-capture.ts";
import { ALL_MEASUREMENTS, flowClass } from "../../testing/analysis-settings.ts";

const SAMPLES = join(import.meta.dirname, "../../../../../samples");
/** Captures of others, not in the repository. */
const OTHERS = join(import.meta.dirname, "../../../../../../shared/data/pcaps");

const captures = [SAMPLES, OTHERS].flatMap((folder) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /\.p?cap(ng)?(\.gz)?$/.test(name))
        .map((name) => join(folder, name))
    : [],
);

const { identities } = ALL_MEASUREMENTS;

/** What tshark shows of these fields, a row per frame; a field that comes several times has its values in order. */
function shark<F extends string>(path: string, filter: string, fields: readonly F[]): Record<F, string[]>[] {
  const options = ["-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-o", "tcp.desegment_tcp_streams:TRUE"];
  const separators = ["-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=|"];
  const words = ["-r", path, "-n", ...options, "-Y", filter, "-T", "fields", ...separators];
  const { stdout } = spawnSync("tshark", [...words, ...fields.flatMap((each) => ["-e", each])], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const cells = line.split("\t");
      return Object.fromEntries(fields.map((field, i) => [field, (cells[i] ?? "") === "" ? [] : cells[i]!.split("|")]));
    }) as Record<F, string[]>[];
}

const plain = (name: string) => (name === "<Root>" ? "." : name.toLowerCase());
const address = (text: string) => addressText(parseAddress(text)!);

const FIELDS = [
  "dns.qry.name",
  "dns.qry.type",
  "dns.count.answers",
  "dns.resp.name",
  "dns.resp.type",
  "dns.a",
  "dns.aaaa",
  "udp.srcport",
  "tcp.stream",
  "ip.src",
  "ipv6.src",
  "tls.handshake.type",
  "tls.handshake.extensions_server_name",
  "dhcp.option.dhcp",
  "dhcp.id",
  "dhcp.hw.mac_addr",
  "dhcp.ip.your",
  "dhcp.option.hostname",
] as const;
type Row = Record<(typeof FIELDS)[number], string[]>;

const PORTS = identities!.tlsPorts.map(({ from }) => `tcp.port==${from}`).join(" || ");
const IS_REPLY = "dns.flags.response==1 && dns.flags.rcode==0 && dns.flags.opcode==0";
const IS_FROM_SERVER = "(udp.srcport==53 || tcp.srcport==53 || udp.srcport==5353)";
const FILTER = `!icmp && !icmpv6 && !_ws.malformed && ((${IS_REPLY} && ${IS_FROM_SERVER}) || (tls.handshake && (${PORTS})) || dhcp)`;

/** Addresses and what they are, as tshark shows it: records of replies, servers that answered a ClientHello, leases. */
function sharkIdentities(path: string): Set<string> {
  const found = new Set<string>();
  /** Names that clients gave, by connection or by transaction and client. */
  const asked = new Map<string, string>();
  for (const row of shark(path, FILTER, FIELDS)) {
    addRecords(row, found);
    addServerName(row, asked, found);
    addLease(row, asked, found);
  }
  return found;
}

function addRecords(row: Row, found: Set<string>): void {
  const source = row["udp.srcport"][0] === "5353" ? "mdns" : "dns";
  const addresses = { "1": [...row["dns.a"]], "28": [...row["dns.aaaa"]] };
  row["dns.resp.type"].forEach((type, index) => {
    if (type !== "1" && type !== "28") return;
    const given = addresses[type].shift();
    const owner = plain(row["dns.resp.name"][index] ?? "");
    if (given === undefined || owner === ".") return;
    found.add(`${source} ${address(given)} name ${owner}`);
    const isAnswer = index < Number(row["dns.count.answers"][0]);
    if (!isAnswer || row["dns.qry.type"][0] !== type) return;
    found.add(`${source} ${address(given)} name ${plain(row["dns.qry.name"][0]!)}`);
  });
}

function addServerName(row: Row, asked: Map<string, string>, found: Set<string>): void {
  const [stream] = row["tcp.stream"];
  if (stream === undefined) return;
  const [name] = row["tls.handshake.extensions_server_name"];
  if (name !== undefined) asked.set(stream, name);
  if (!row["tls.handshake.type"].includes("2") || !asked.has(stream)) return;
  // The inner one, where IPv6 is carried in IPv4.
  found.add(`tls ${address((row["ipv6.src"][0] ?? row["ip.src"][0])!)} name ${asked.get(stream)!.toLowerCase()}`);
}

function addLease(row: Row, asked: Map<string, string>, found: Set<string>): void {
  const [type] = row["dhcp.option.dhcp"];
  const [given] = row["dhcp.ip.your"];
  if (type === undefined || given === undefined) return;
  // The hardware address in the message, before that in an option.
  const hardware = row["dhcp.hw.mac_addr"][0]!;
  const client = `${row["dhcp.id"][0]} ${hardware}`;
  const [name] = row["dhcp.option.hostname"];
  if (type === "1" || type === "3") {
    if (name !== undefined) asked.set(client, name);
  } else if (type === "5" && given !== "0.0.0.0") {
    found.add(`dhcp ${given} hardware ${hardware}`);
    const called = asked.get(client) ?? name;
    if (called !== undefined) found.add(`dhcp ${given} name ${called.toLowerCase()}`);
  }
}

test.each(captures.map((path) => [basename(path), path] as const))(
  "%s: addresses are what tshark shows them to be",
  async (_, path) => {
    const theirs = sharkIdentities(path);
    // Only what is heard is asked for: nothing of it rests on another measurement.
    const kept = await analysedCapture(path, [flowClass({ header: "inner", measure: { identities } })]);
    const ours = new Set(
      kept
        .of("ident")
        .filter(({ kind }) => kind === "name" || kind === "hardware")
        .map((record) => `${record.source} ${addressText(record.address)} ${record.kind} ${record.value}`),
    );
    expect([...ours].sort()).toEqual([...theirs].sort());
  },
);
