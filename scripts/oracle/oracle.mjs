/**
 * The independent answer: what a capture file holds by tshark, to compare ours with. Plain Node and tshark, no code of
 * ours.
 *
 *     node scripts/oracle/oracle.mjs FILE...
 *
 * prints tab-separated rows, `\N` where there is no value:
 *
 *     FILE  frames       frames  bytes on the wire  ended well (yes or no)
 *     FILE  ip           packets  bytes
 *     FILE  non_ip       frames
 *     FILE  undecodable  reason  frames
 *     FILE  flow         protocol  source  port  destination  port  packets  bytes
 *     FILE  tcp          source  port  destination  port  packets  bytes  payload bytes
 *
 * flow and tcp are one direction each. Bytes are ip.len, or ipv6.plen + 40, of the outermost IP header.
 */
import { spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import { judge } from "./judge.mjs";
import { packetsOf } from "./packets-of.mjs";
import { Tally } from "./tally.mjs";

/**
 * What keeps tshark's eyes on the single frame:
 * - Without the first two it shows a datagram's payload in the last fragment, and no ports in the first
 *   (ip4_fragments_overlap.pcap, ip6_fragments.pcap, dns_fragmented_v4_v6.pcap).
 * - Without the next three what it shows of a segment depends on those before (tcp_http206_ooo_fastretrans.pcap).
 * - ip.tso_support makes an ip.len of 0 the length of the rest of the frame; it is the default, written out because the
 *   answer hangs on it.
 * - -n: no names for addresses and ports.
 */
const OPTIONS = [
  "-n",
  ...["ip.defragment:FALSE", "ipv6.defragment:FALSE"].flatMap(preference),
  ...["tcp.desegment_tcp_streams:FALSE", "tcp.analyze_sequence_numbers:FALSE"].flatMap(preference),
  ...["tcp.no_subdissector_on_error:FALSE", "ip.tso_support:TRUE"].flatMap(preference),
];

/**
 * Form of the output. `-T fields` cannot tell whose expert note it is when a tunnel repeats a layer, and `-T ek` loses
 * all of a layer's notes but the last. -J: layers shown with their fields; of the others only the name.
 */
const FORM = ["-T", "json", "--no-duplicate-keys", "-J", "frame ip ipv6 tcp udp"];

/**
 * Asks tshark about one capture file. Counts stay far below 2^53.
 * @param {string} file
 * @param {(frame: number, verdict: import("./judge.mjs").Verdict) => void} [onFrame] told every frame, from 1
 * @returns {Promise<import("./tally.mjs").Answer>}
 * @throws {Error} when tshark is not there, or cannot read the file at all
 */
export async function askTshark(file, onFrame) {
  const tshark = spawn("tshark", [...OPTIONS, "-r", file, ...FORM], {
    stdio: ["ignore", "pipe", "pipe"],
    // A user's own preferences must not change the answer.
    env: {
      PATH: process.env.PATH,
      HOME: "/nonexistent",
      XDG_CONFIG_HOME: "/nonexistent",
      LC_ALL: "C.UTF-8",
      TZ: "UTC",
    },
  });
  let said = "";
  tshark.stderr.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  const ended = new Promise((resolve, reject) => {
    tshark.on("error", (error) => reject(new Error(`cannot run tshark: ${error.message}`, { cause: error })));
    tshark.on("close", resolve);
  });
  // A failed start shows below; it must not end the process before.
  ended.catch(() => {});

  const tally = new Tally();
  for await (const { layers } of packetsOf(tshark.stdout)) {
    const verdict = judge(layers);
    tally.add(verdict);
    onFrame?.(tally.frames, verdict);
  }
  const code = await ended;
  // It also complains when the file ends badly, and gives what was before (bad_file_truncated.pcap), if anything was.
  const complaints = said.split("\n").filter((each) => each.startsWith("tshark: "));
  if (code !== 0 && !complaints.some((each) => /cut short|damaged|corrupt/.test(each)))
    throw new Error(`tshark ended with ${code}: ${said.trim()}`);
  return tally.answer(complaints.join(" ") || null);
}

function preference(setting) {
  return ["-o", setting];
}

/** @param {string} file @param {import("./tally.mjs").Answer} answer */
function rows(file, answer) {
  return [
    ["frames", answer.frames, answer.frameBytes, answer.complaint === null ? "yes" : "no"],
    ["ip", answer.packets, answer.bytes],
    ["non_ip", answer.nonIp],
    ...Object.entries(answer.reasons).map(([reason, frames]) => ["undecodable", reason, frames]),
    ...answer.flows.map((flow) => [
      ...["flow", flow.protocol, flow.source, flow.sourcePort, flow.destination, flow.destinationPort],
      ...[flow.packets, flow.bytes],
    ]),
    ...answer.tcp.map((way) => [
      ...["tcp", way.source, way.sourcePort, way.destination, way.destinationPort],
      ...[way.packets, way.bytes, way.payloadBytes],
    ]),
  ].map((row) => [file, ...row].map((value) => value ?? "\\N").join("\t"));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const file of process.argv.slice(2)) console.log(rows(file, await askTshark(file)).join("\n"));
}
