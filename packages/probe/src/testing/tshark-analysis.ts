import { spawnSync } from "node:child_process";

/** What tshark and the probe both may say of a segment. */
export const SEGMENT_WORDS = [
  "retransmission",
  "out of order",
  "keep-alive",
  "window probe",
  "zero window",
  "duplicate ACK",
] as const;
export type SegmentWord = (typeof SEGMENT_WORDS)[number];

/** tshark's field for each word; of a retransmission it has three. */
const FIELDS: readonly (readonly [string, SegmentWord])[] = [
  ["tcp.analysis.retransmission", "retransmission"],
  ["tcp.analysis.fast_retransmission", "retransmission"],
  ["tcp.analysis.spurious_retransmission", "retransmission"],
  ["tcp.analysis.out_of_order", "out of order"],
  ["tcp.analysis.keep_alive", "keep-alive"],
  ["tcp.analysis.zero_window_probe", "window probe"],
  ["tcp.analysis.zero_window", "zero window"],
  ["tcp.analysis.duplicate_ack", "duplicate ACK"],
];

export interface TsharkSegment {
  readonly frame: number;
  readonly words: readonly SegmentWord[];
  /** Time since the segment it acknowledges, nanoseconds; null: it gives none. */
  readonly ackRttNs: number | null;
  readonly acksFrame: number | null;
  readonly payloadBytes: number;
  /** SYN or FIN. */
  readonly isEnd: boolean;
}

/** Frames as the probe sees them: single, no datagram or stream put together. */
const PREFERENCES = ["ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:FALSE"];

/**
 * "4.0.17", or null where there is no tshark: says so then.
 * @throws {Error} when it is missing on a machine that has to have it
 */
export function tsharkVersion(): string | null {
  const { stdout } = spawnSync("tshark", ["--version"], { encoding: "utf8" });
  const version = /TShark \(Wireshark\) (\d+\.\d+\.\d+)/.exec(stdout ?? "")?.[1] ?? null;
  if (version !== null) return version;
  if (process.env.CI === "true") throw new Error("tshark is not installed");
  process.stderr.write("skipped: tshark is not installed, so nothing independent to compare with\n");
  return null;
}

/** What tshark says of each TCP segment of a capture. */
export function tsharkSegments(path: string): TsharkSegment[] {
  const fields = [
    "frame.number",
    ...FIELDS.map(([field]) => field),
    "tcp.analysis.ack_rtt",
    "tcp.analysis.acks_frame",
    "tcp.len",
    "tcp.flags",
  ];
  const { stdout } = spawnSync(
    "tshark",
    [
      ...["-r", path, "-n", "-T", "fields", "-E", "occurrence=f", "-Y", "tcp"],
      ...PREFERENCES.flatMap((each) => ["-o", each]),
      ...fields.flatMap((field) => ["-e", field]),
    ],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const columns = line.split("\t");
      const [rtt, acks, length, flags] = columns.slice(1 + FIELDS.length) as [string, string, string, string];
      const words = FIELDS.flatMap(([, word], index) => (columns[1 + index] === "" ? [] : [word]));
      return {
        frame: Number(columns[0]),
        words: SEGMENT_WORDS.filter((word) => words.includes(word)),
        ackRttNs: rtt === "" ? null : nanoseconds(rtt),
        acksFrame: acks === "" ? null : Number(acks),
        payloadBytes: Number(length || 0),
        isEnd: (Number(flags) & 3) !== 0,
      };
    });
}

/** "0.040368128" without the rounding of a double. */
function nanoseconds(seconds: string): number {
  const [whole, fraction = ""] = seconds.split(".");
  return Number(whole) * 1e9 + Number(fraction.padEnd(9, "0").slice(0, 9));
}
