/**
 * Rates of encoding, decoding and line writing, one thread: `node --import tsx --conditions=source bench/codec.bench.ts`.
 * By the thread's CPU time, best of some rounds, so that other work on the machine blurs it less.
 */
import { openSync, readSync } from "node:fs";
import { decoderOf, encoderOf, formatLine, lineDecoderOf, linePrefix, observationTypes } from "../src/index.ts";

const RECORDS = 64;
const { ipct, flow, tcpct } = observationTypes;

function ipctRecord(i: number) {
  return {
    flow_id: 1000 + i * 3,
    interval_start_s: 1_700_000_040,
    interval_s: 60,
    fwd_packets: 5 + (i % 100),
    rev_packets: 4 + (i % 77),
    fwd_bytes: 400 + i * 131,
    rev_bytes: 52_000 + i * 1031,
    fwd_fragments: 0,
    rev_fragments: 0,
    fwd_duplicate_packets: 0,
    rev_duplicate_packets: 0,
    fwd_duplicate_bytes: 0,
    rev_duplicate_bytes: 0,
    first_s: 1_700_000_041,
    first_nanos: (i * 1_234_567_000) % 1_000_000_000,
    last_s: 1_700_000_077,
    last_nanos: (i * 7_234_567_000) % 1_000_000_000,
  };
}

function flowRecord(i: number) {
  return {
    flow_id: 1000 + i,
    class: "all",
    account: true,
    two_way: true,
    direction: "syn" as const,
    ip_version: 4,
    protocol: 6,
    fwd_address: Uint8Array.of(10, 0, i >> 8, i & 255),
    fwd_prefix_length: 32,
    rev_address: Uint8Array.of(192, 168, 1, i % 9),
    rev_prefix_length: 32,
    fwd_port: null,
    rev_port: null,
    service: ["http", "https", "domain"][i % 3]!,
    tos: null,
    vlan: null,
    interface: null,
    tap_group: null,
    started_s: 1_700_000_041,
    started_nanos: (i * 1_234_567_000) % 1_000_000_000,
  };
}

function zeros(i: number) {
  const record: Record<string, unknown> = { ...ipctRecord(i) };
  for (const column of tcpct.columns) {
    const name = column.kind === "duration" ? `${column.name}_ns` : column.name;
    if (column.kind === "count") record[name] ??= 0;
    else if (column.kind === "histogram") record[name] = i % 2 === 0 ? [] : [700, 3, 712, 1];
    else if (column.kind === "duration") record[name] = "nullable" in column ? null : 0;
  }
  return { ...record, fwd_syn: 1, ...payload("fwd", 5000 + i), ...payload("rev", 77_000 + i) } as never;
}

function payload(direction: string, bytes: number) {
  return { [`${direction}_payload_bytes`]: bytes, [`${direction}_unique_payload_bytes`]: bytes };
}

const ROUNDS = 7;
const ROUND_NS = 100_000_000;
const schedstat = openSync(`/proc/self/task/${process.pid}/schedstat`, "r");
const schedstatText = Buffer.alloc(64);

/** CPU time of this thread alone, not of those that collect garbage beside it; Linux. */
function threadNs(): number {
  const length = readSync(schedstat, schedstatText, 0, 64, 0);
  return Number(schedstatText.toString("latin1", 0, length).split(" ")[0]);
}

function rate(what: string, perCall: number, call: () => void): void {
  for (let i = 0; i < 2000; i++) call();
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const begin = threadNs();
    let calls = 0;
    let ns = 0;
    for (; ns < ROUND_NS; ns = threadNs() - begin) {
      for (let i = 0; i < 200; i++) call();
      calls += 200;
    }
    best = Math.max(best, (calls * perCall) / ns);
  }
  console.log(`${what.padEnd(34)} ${(best * 1e3).toFixed(2)} M records/s`);
}

for (const [type, make] of [
  [ipct, ipctRecord],
  [flow, flowRecord],
  [tcpct, zeros],
] as const) {
  const records = Array.from({ length: RECORDS }, (_, i) => make(i) as never);
  const encoder = encoderOf(type);
  const into = new Uint8Array(65_536);
  let end = 0;
  const encode = () => {
    encoder.reset();
    end = 0;
    for (let i = 0; i < RECORDS; i++) end = encoder.encode(records[i]!, into, end);
  };
  rate(`${type.name} encode`, RECORDS, encode);
  const body = into.slice(0, end);
  const decode = decoderOf(type);
  let sum = 0;
  rate(`${type.name} decode to records`, RECORDS, () => decode(body, RECORDS, (record) => (sum += record.flow_id)));
  const lines = lineDecoderOf(type);
  const prefix = linePrefix("probe1", "0123456789abcdef");
  const file = Buffer.alloc(1 << 16);
  rate(`${type.name} decode to written lines`, RECORDS, () => {
    const bytes = lines(body, RECORDS, prefix, 1, null);
    file.set(bytes);
    sum += bytes.length;
  });
  const format = formatLine(type);
  rate(`${type.name} format`, RECORDS, () => {
    for (let i = 0; i < RECORDS; i++) sum += format(records[i]!, "probe1", "0123456789abcdef", i).length;
  });
  console.log(`${type.name}: ${(end / RECORDS).toFixed(1)} bytes a record, checksum ${sum % 7}`);
}
