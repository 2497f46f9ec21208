import type { observationTypes, RecordOf } from "@trafmon/observation";
import type { RecordPool } from "../../tables/record-pool.ts";
import { shiftInForce } from "./acknowledgement-analysis.ts";
import * as side from "./connection-record.ts";
import * as payload from "./payload-record.ts";
import * as trouble from "./trouble-record.ts";

/** Where one side of a connection is found. */
export interface Side {
  /** The connections' pool. */
  readonly words: Int32Array;
  readonly numbers: Float64Array;
  readonly payloads: RecordPool;
  readonly troubles: RecordPool;
  /** Word where the connection begins. */
  readonly connection: number;
  /** Words where this side and the other one begin. */
  readonly at: number;
  readonly other: number;
  /** Word where its payload record begins. */
  readonly payload: number;
}

type Record = RecordOf<typeof observationTypes.tcpcx>;
type ForwardName = Extract<keyof Record, `fwd_${string}`>;

type Value = (of: Side) => number | boolean | null;

const word = (offset: number) => (of: Side) => of.words[of.at + offset]! >>> 0;
const double = (offset: number) => (of: Side) => of.numbers[(of.at + offset) / 2]!;
const payloadWord = (offset: number) => (of: Side) => of.payloads.words[of.payload + offset]! >>> 0;
const payloadDouble = (offset: number) => (of: Side) => of.payloads.numbers[(of.payload + offset) / 2]!;
const troubled = (offset: number) => (of: Side) => {
  const slot = of.words[of.at + side.TROUBLE]!;
  return slot === 0 ? 0 : of.troubles.words[slot * trouble.TROUBLE_STRIDE + offset]! >>> 0;
};
/** null unless one of the flags is set. */
const when = (flags: number, value: (of: Side) => number | boolean) => (of: Side) =>
  of.words[of.at + side.SIDE_FLAGS]! & flags ? value(of) : null;
const sampled = (value: (of: Side) => number) => (of: Side) =>
  of.payloads.words[of.payload + payload.RTT_SAMPLES] === 0 ? null : value(of);

function retransmittedBytes(of: Side): number {
  const slot = of.words[of.at + side.TROUBLE]!;
  return slot === 0 ? 0 : of.troubles.numbers[(slot * trouble.TROUBLE_STRIDE + trouble.RETRANSMITTED_BYTES) / 2]!;
}

function firstPayload(of: Side): number {
  const { words, connection, payloads } = of;
  const ns = side.nanosBetween(
    words[connection + side.STARTED_S]!,
    words[connection + side.STARTED_NANOS]!,
    payloads.words[of.payload + payload.FIRST_PAYLOAD_S]!,
    payloads.words[of.payload + payload.FIRST_PAYLOAD_NANOS]!,
  );
  return Math.max(0, ns);
}

const { SIDE_FLIGHT_MEASURED, SIDE_HAS_PAYLOAD, SIDE_HAS_SYN, SIDE_PEAK_MEASURED, SIDE_WINDOW_MEASURED } = side;
const samples = payloadWord(payload.RTT_SAMPLES);

/** The columns of each side whose value comes from the side alone, by name without direction. */
const VALUES: { readonly [name: string]: Value } = {
  packets: double(side.PACKETS),
  bytes: double(side.BYTES),
  payload_bytes: payloadDouble(payload.PAYLOAD),
  unique_payload_bytes: payloadDouble(payload.UNIQUE),
  duplicate_frames: troubled(trouble.DUPLICATE_FRAMES),
  retransmitted_segments: troubled(trouble.RETRANSMITTED),
  retransmitted_bytes: retransmittedBytes,
  retransmit_rto: troubled(trouble.CAUSE),
  retransmit_fs: troubled(trouble.CAUSE + 1),
  retransmit_reor: troubled(trouble.CAUSE + 2),
  retransmit_dup: troubled(trouble.CAUSE + 3),
  retransmit_unk: troubled(trouble.CAUSE + 4),
  retransmit_fc: troubled(trouble.CAUSE + 5),
  retransmit_unrto: troubled(trouble.CAUSE + 6),
  retransmit_unfs: troubled(trouble.CAUSE + 7),
  upstream_loss_segments: troubled(trouble.UPSTREAM_LOSS),
  out_of_order_segments: troubled(trouble.OUT_OF_ORDER),
  reordering_extent: troubled(trouble.EXTENT),
  n_reordering: troubled(trouble.N_REORDERING),
  duplicate_acks: troubled(trouble.DUPLICATE_ACKS),
  keep_alives: troubled(trouble.KEEP_ALIVES),
  zero_window_probes: troubled(trouble.ZERO_WINDOW_PROBES),
  syn: word(side.SYN_COUNT),
  fin: word(side.FIN_COUNT),
  rst: word(side.RST_COUNT),
  rtt_samples: samples,
  rtt_min_ns: sampled(payloadDouble(payload.RTT_MIN)),
  rtt_avg_ns: sampled((of) => Math.round(payloadDouble(payload.RTT_SUM)(of) / samples(of))),
  rtt_max_ns: sampled(payloadDouble(payload.RTT_MAX)),
  rtt_stddev_ns: sampled((of) =>
    Math.round(Math.sqrt(Math.max(0, payloadDouble(payload.RTT_SPREAD)(of)) / samples(of))),
  ),
  window_min: when(SIDE_WINDOW_MEASURED, word(side.WINDOW_MIN)),
  window_max: when(SIDE_WINDOW_MEASURED, word(side.WINDOW_MAX)),
  window_scale: when(SIDE_HAS_SYN, (of) => shiftInForce(of.words, of.at, of.other)),
  zero_windows: troubled(trouble.ZERO_WINDOWS),
  in_flight_min: when(SIDE_PEAK_MEASURED, payloadWord(payload.IN_FLIGHT_MIN)),
  in_flight_max: when(SIDE_FLIGHT_MEASURED, payloadWord(payload.IN_FLIGHT_MAX)),
  in_flight_initial: when(SIDE_PEAK_MEASURED, payloadWord(payload.IN_FLIGHT_INITIAL)),
  mss: (of) => of.words[of.at + side.SYN_OPTIONS]! & 0xffff || null,
  largest_segment: (of) => of.payloads.words[of.payload + payload.LARGEST] || null,
  smallest_segment: (of) => of.payloads.words[of.payload + payload.SMALLEST] || null,
  sack_permitted: when(SIDE_HAS_SYN, (of) => (of.words[of.at + side.SIDE_FLAGS]! & side.SIDE_SACK_PERMITTED) !== 0),
  sack_blocks: troubled(trouble.SACK_BLOCKS),
  dsack_blocks: troubled(trouble.DSACK_BLOCKS),
  first_payload_ns: when(SIDE_HAS_PAYLOAD, firstPayload),
  longest_idle_ns: double(side.LONGEST_IDLE),
} satisfies { readonly [K in DirectedName]: Value };

/** Names without direction of all columns of a side but its address, port and last payload instant. */
type DirectedName = Exclude<
  ForwardName extends `fwd_${infer Name}` ? Name : never,
  "address" | "port" | "last_payload_s" | "last_payload_nanos"
>;

type FillSides = (record: { -readonly [K in keyof Record]: Record[K] }, forward: Side, reverse: Side) => void;

/**
 * Fills these columns of both sides. Written out and compiled once by `new Function`, column by column: each value then
 * has a call and a field of its own, where a loop would search for both. The text holds nothing but the names above.
 */
export const fillSides: FillSides = new Function("values", sourceOf(Object.keys(VALUES)))(Object.values(VALUES));

function sourceOf(names: readonly string[]): string {
  return [
    `const [${names.map((_, index) => `v${index}`).join(", ")}] = values;`,
    "return (record, forward, reverse) => {",
    ...names.map((name, index) => `record.fwd_${name} = v${index}(forward); record.rev_${name} = v${index}(reverse);`),
    "};",
  ].join("\n");
}
