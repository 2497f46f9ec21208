import { execFileSync, spawnSync } from "node:child_process";

/** What tshark says of a frame's outermost IP header, and of the TCP or UDP header right behind it. */
export interface SharkFrame {
  /** Layers, outermost first, separated by colons. */
  readonly layers: string;
  /** IP bytes; null where there is no valid IP header. */
  readonly ipBytes: number | null;
  /** IP bytes of a header that is valid as far as it was captured, but was cut off before tshark got to its end. */
  readonly cutIpBytes: number | null;
  /** IP bytes by the length field, whether or not the header is valid. */
  readonly statedIpBytes: number | null;
  /** `source:destination`, decimal; empty when there is no TCP or UDP header, or its ports were cut off. */
  readonly ports: string;
  /** TCP payload; empty when tshark did not get so far. */
  readonly tcpBytes: string;
}

const FIELDS = [
  "frame.protocols",
  "ip.len",
  "ip.dst",
  "ipv6.plen",
  "ipv6.opt.jumbo",
  "ipv6.dst",
  "tcp.srcport",
  "tcp.dstport",
  "udp.srcport",
  "udp.dstport",
  "tcp.len",
  // Marks of an invalid header.
  "ip.bogus_ip_version",
  "ip.bogus_header_length",
  "ip.bogus_ip_length",
  "ipv6.bogus_ipv6_version",
  "ipv6.plen_exceeds_framing",
] as const;

/**
 * What keeps tshark from looking at packets one by one, or from believing its own eyes: reassembly, the rewriting of
 * protocols by heuristics, and the reading of ports as something else.
 */
const PREFERENCES = ["ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:FALSE"];

/**
 * Packets within packets stay closed: what is wrong with an inner header would look like a fault of the outer one, since
 * both use the same fields.
 */
const CLOSED = ["ip.proto==4,data", "ip.proto==41,data", "ip.proto==47,data"];

/** Whether the tests can ask tshark. Prints why not; on a CI machine that is a failure. */
export function hasTshark(): boolean {
  if (spawnSync("tshark", ["--version"]).status === 0) return true;
  if (process.env.CI === "true") throw new Error("tshark is not installed");
  process.stderr.write("skipped: tshark is not installed, so nothing independent to compare with\n");
  return false;
}

/** Every frame of a capture file through tshark, by first occurrence of each field. */
export function tsharkFrames(path: string): SharkFrame[] {
  const fields = FIELDS.flatMap((field) => ["-e", field]);
  const preferences = PREFERENCES.flatMap((preference) => ["-o", preference]);
  const closed = CLOSED.flatMap((rule) => ["-d", rule]);
  const options = ["-n", "-r", path, "-T", "fields", "-E", "occurrence=f", "-E", "separator=|"];
  // tshark's status is not 0 for a file that ends badly; what it printed until then stands.
  const { stdout } = spawnSync("tshark", [...options, ...preferences, ...closed, ...fields], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return stdout.split("\n").slice(0, -1).map(frameOf);
}

export function tsharkVersion(): string {
  return execFileSync("tshark", ["--version"], { encoding: "utf8" }).split("\n")[0]!;
}

/** tshark 4.4 leaves out the name of the IP layer right behind MPLS, though it shows its fields. */
function withIpBehindMpls(layers: string, isIpv4: boolean, isIpv6: boolean): string {
  if (!isIpv4 && !isIpv6) return layers;
  return layers.replace(/(^|:)mpls(?=:)(?!:(?:mpls|ip|ipv6)(?::|$)|:pw)/, `$&:${isIpv4 ? "ip" : "ipv6"}`);
}

function frameOf(line: string): SharkFrame {
  const [named, length, v4, payload, jumbo, v6, tcpFrom, tcpTo, udpFrom, udpTo, tcpBytes, ...marks] = line.split(
    "|",
  ) as string[];
  const layers = withIpBehindMpls(named!, length !== "", payload !== "");
  const first = layers.split(":").find((layer) => layer === "ip" || layer === "ipv6");
  const isInvalid = marks.some((mark) => mark !== "");
  let statedIpBytes: number | null = null;
  if (first === "ip" && length !== "") statedIpBytes = Number(length);
  if (first === "ipv6" && payload !== "") statedIpBytes = Number(payload) + 40;
  let ipBytes: number | null = null;
  let cutIpBytes: number | null = null;
  // The destination is the last thing that we need of the header.
  if (!isInvalid && first === "ip" && length !== "") {
    if (v4 !== "") ipBytes = Number(length);
    else cutIpBytes = Number(length);
  }
  if (!isInvalid && first === "ipv6" && v6 !== "") ipBytes = Number(jumbo === "" ? payload : jumbo) + 40;
  const behind = layers.slice(layers.indexOf(`${first}`)).replace(/^ip(v6(:ipv6\.[a-z]+|:ah|:mipv6|:shim6)*)?:/, "");
  const isTcp = behind.startsWith("tcp");
  const isUdp = behind.startsWith("udp") && !behind.startsWith("udplite");
  let ports = "";
  if (isTcp && tcpTo !== "") ports = `${tcpFrom}:${tcpTo}`;
  if (isUdp && udpTo !== "") ports = `${udpFrom}:${udpTo}`;
  return {
    layers,
    ipBytes,
    cutIpBytes,
    statedIpBytes,
    ports,
    tcpBytes: isTcp ? tcpBytes! : "",
  };
}
