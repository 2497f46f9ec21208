import { spawnSync } from "node:child_process";

/** Whether the tests can ask tshark. Prints why not; on a CI machine that is a failure. */
export function hasTshark(): boolean {
  if (spawnSync("tshark", ["--version"]).status === 0) return true;
  if (process.env.CI === "true") throw new Error("tshark is not installed");
  process.stderr.write("skipped: tshark is not installed, so nothing independent to compare with\n");
  return false;
}

const CHECKSUMS = ["ip", "udp", "tcp"].flatMap((each) => ["-o", `${each}.check_checksum:TRUE`]);

/** Fields of every packet of a file that a display filter takes; an absent field is empty. First occurrences. */
export function tsharkFields(path: string, fields: readonly string[], filter = "", ...options: readonly string[]) {
  const asked = fields.flatMap((field) => ["-e", field]);
  const only = filter === "" ? [] : ["-Y", filter];
  const form = ["-T", "fields", "-E", "occurrence=f", "-E", "separator=|"];
  const args = ["-n", "-r", path, ...CHECKSUMS, ...options, ...form, ...asked, ...only];
  const { stdout, stderr, status } = spawnSync("tshark", args, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`tshark: ${stderr}`);
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => Object.fromEntries(line.split("|").map((value, i) => [fields[i]!, value])));
}

/** What tshark complains about, with warnings and errors only; the text of each, and how often. */
export function tsharkComplaints(path: string, ...options: readonly string[]): ReadonlyMap<string, number> {
  const fields = ["_ws.expert.message", "_ws.expert.severity"];
  const found = new Map<string, number>();
  // 0x00600000 is a warning, 0x00800000 an error.
  for (const row of tsharkFields(path, fields, "_ws.expert.severity >= 0x00600000", ...options)) {
    const message = row["_ws.expert.message"] ?? "";
    found.set(message, (found.get(message) ?? 0) + 1);
  }
  return found;
}

/** Packets whose checksum tshark finds wrong. */
export function wrongChecksums(path: string): number {
  const wrong = ["ip", "udp", "tcp", "icmp", "icmpv6"].map((each) => `${each}.checksum.status == 0`).join(" or ");
  return tsharkFields(path, ["frame.number"], wrong).length;
}

export interface FlowTotal {
  packets: number;
  bytes: number;
}

const V4 = ["ip.src", "ip.dst", "ip.proto", "ip.len", "ip.id", "ip.frag_offset"];
const V6 = ["ipv6.src", "ipv6.dst", "ipv6.plen", "ipv6.fraghdr.ident"];
const PORTS = ["tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport"];
const LAST = ["frame.protocols", "icmp.type", "icmpv6.type"];

/**
 * Every five-tuple, one way, as tshark dissects the file, sorted: `protocol source port destination port: packets bytes`,
 * bytes of IP. Fragments count in the tuple of their first one.
 */
export function tsharkFlows(path: string): readonly string[] {
  const whole = ["-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE"];
  const flows = new Map<string, FlowTotal>();
  const datagrams = new Map<string, string>();
  for (const row of tsharkFields(path, [...V4, ...V6, ...PORTS, ...LAST], "", ...whole)) {
    const isV6 = row["ipv6.src"] !== "";
    const source = isV6 ? row["ipv6.src"] : row["ip.src"];
    const destination = isV6 ? row["ipv6.dst"] : row["ip.dst"];
    const bytes = isV6 ? Number(row["ipv6.plen"]) + 40 : Number(row["ip.len"]);
    const datagram = `${source} ${destination} ${isV6 ? row["ipv6.fraghdr.ident"] : row["ip.id"]}`;
    let key: string;
    if (row["udp.srcport"] !== "") key = `17 ${source} ${row["udp.srcport"]} ${destination} ${row["udp.dstport"]}`;
    else if (row["tcp.srcport"] !== "") key = `6 ${source} ${row["tcp.srcport"]} ${destination} ${row["tcp.dstport"]}`;
    else if (row["icmp.type"] !== "") key = `1 ${source} \\N ${destination} \\N`;
    else if (row["icmpv6.type"] !== "") key = `58 ${source} \\N ${destination} \\N`;
    else key = datagrams.get(datagram) ?? `unknown ${datagram}`;
    datagrams.set(datagram, key);
    const total = flows.get(key) ?? { packets: 0, bytes: 0 };
    flows.set(key, total);
    total.packets++;
    total.bytes += bytes;
  }
  return flowLines(flows);
}

export function flowLines(flows: ReadonlyMap<string, FlowTotal>): readonly string[] {
  return [...flows].map(([key, { packets, bytes }]) => `${key}: ${packets} ${bytes}`).sort();
}
