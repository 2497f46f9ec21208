import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { addressText, parseAddress } from "@trafmon/observation";
import { withFolder } from "./temporary-folder.ts";

/** What tcptrace says of one direction of a tuple, added up over its connections. */
export interface TcptraceDirection {
  connections: number;
  packets: number;
  payloadBytes: number;
  uniqueBytes: number;
  retransmitted: number;
  outOfOrder: number;
  syn: number;
  fin: number;
  rst: number;
  zeroWindows: number;
  mss: number;
  largest: number;
  smallest: number;
  windowMax: number;
}

/** Column of `tcptrace --csv`, without its direction, for each sum. */
const SUMS: readonly (readonly [keyof TcptraceDirection, string])[] = [
  ["packets", "total_packets"],
  ["payloadBytes", "actual_data_bytes"],
  ["uniqueBytes", "unique_bytes_sent"],
  ["retransmitted", "rexmt_data_pkts"],
  ["outOfOrder", "outoforder_pkts"],
  ["rst", "resets_sent"],
  ["zeroWindows", "zero_win_adv"],
];

/**
 * Whether tcptrace can be asked, and editcap, which comes with tshark and turns captures into what it reads. Says why not.
 * @throws {Error} when one is missing on a machine that has to have them
 */
export function hasTcptrace(): boolean {
  const missing = ["tcptrace", "editcap"].find((name) => spawnSync(name, ["-h"], { stdio: "ignore" }).error);
  if (missing === undefined) return true;
  if (process.env.CI === "true") throw new Error(`${missing} is not installed`);
  process.stderr.write(`skipped: ${missing} is not installed, so no second opinion on connections\n`);
  return false;
}

/**
 * What tcptrace makes of a capture, by "address port address port" of sender and receiver.
 * @throws {Error} when the capture cannot be written as pcap
 */
export async function tcptraceDirections(path: string): Promise<Map<string, TcptraceDirection>> {
  const csv = await withFolder(async (folder) => {
    // It reads nothing but pcap with microseconds.
    const plain = join(folder, "plain.pcap");
    const { status, stderr } = spawnSync("editcap", ["-F", "pcap", path, plain], { encoding: "utf8" });
    if (status !== 0) throw new Error(`tcptrace cannot be given ${path}: ${stderr}`);
    return spawnSync("tcptrace", ["-ln", "--csv", plain], { encoding: "utf8", maxBuffer: 1 << 28 }).stdout ?? "";
  });
  const [heading, ...lines] = csv.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const names = heading?.split(",") ?? [];
  const directions = new Map<string, TcptraceDirection>();
  for (const line of lines) {
    const cells = line.split(",").map((cell) => cell.trim());
    const row = Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ""]));
    const [a, b] = [row.host_a, row.host_b].map((text) => parseAddress(text ?? ""));
    if (!a || !b) continue;
    const [near, far] = [`${addressText(a)} ${row.port_a}`, `${addressText(b)} ${row.port_b}`];
    add(directions, `${near} ${far}`, row, "a2b");
    add(directions, `${far} ${near}`, row, "b2a");
  }
  return directions;
}

function add(
  directions: Map<string, TcptraceDirection>,
  key: string,
  row: { readonly [name: string]: string },
  way: "a2b" | "b2a",
): void {
  const number = (name: string) => Number(row[`${name}_${way}`]);
  const known = directions.get(key) ?? {
    ...{ connections: 0, packets: 0, payloadBytes: 0, uniqueBytes: 0, retransmitted: 0, outOfOrder: 0, syn: 0, fin: 0 },
    ...{ rst: 0, zeroWindows: 0, mss: 0, largest: 0, smallest: 0, windowMax: 0 },
  };
  for (const [name, column] of SUMS) known[name] += number(column);
  const [syn, fin] = row[`SYN/FIN_pkts_sent_${way}`]!.split("/").map(Number) as [number, number];
  known.connections++;
  known.syn += syn;
  known.fin += fin;
  // It prints what is above 32767 as the negative number that a short holds.
  known.mss = Math.max(known.mss, number("mss_requested") & 0xffff);
  known.largest = Math.max(known.largest, number("max_segm_size"));
  known.windowMax = Math.max(known.windowMax, number("max_win_adv"));
  const smallest = number("min_segm_size");
  if (smallest > 0) known.smallest = known.smallest === 0 ? smallest : Math.min(known.smallest, smallest);
  directions.set(key, known);
}
