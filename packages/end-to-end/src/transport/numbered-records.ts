import { type ObservationSink, observationTypes } from "@trafmon/observation";

const START_S = 1_700_000_000;

/** Records per second of their own clock. */
const RECORDS_PER_S = 1000;

/**
 * Writes records that can be told from each other: counters whose `fwd_packets` is their number, each for a flow that
 * was described before, a new flow every 50 records.
 */
export function writeNumbered(sink: ObservationSink, first: number, count: number): void {
  const flows = sink.writerOf(observationTypes.flow);
  const counters = sink.writerOf(observationTypes.ipct);
  for (let n = first; n < first + count; n++) {
    const flowId = 1 + Math.floor((n - 1) / 50);
    if ((n - 1) % 50 === 0) flows.write(flowRecord(flowId));
    counters.write(counterRecord(n, flowId));
    sink.advance(START_S + Math.floor(n / RECORDS_PER_S), (n % RECORDS_PER_S) * (1e9 / RECORDS_PER_S));
  }
}

function flowRecord(flowId: number) {
  return {
    flow_id: flowId,
    class: "all",
    account: true,
    two_way: true,
    direction: "first" as const,
    ip_version: 4,
    protocol: null,
    fwd_address: Uint8Array.of(10, (flowId >> 16) & 255, (flowId >> 8) & 255, flowId & 255),
    fwd_prefix_length: 32,
    rev_address: Uint8Array.of(192, 0, 2, 1),
    rev_prefix_length: 32,
    fwd_port: null,
    rev_port: null,
    service: null,
    tos: null,
    vlan: null,
    interface: null,
    tap_group: null,
    started_s: START_S,
    started_nanos: flowId,
  };
}

function counterRecord(n: number, flowId: number) {
  return {
    flow_id: flowId,
    interval_start_s: START_S,
    interval_s: 60,
    fwd_packets: n,
    rev_packets: (n * 2_654_435_761) % 1000,
    fwd_bytes: n * 64,
    rev_bytes: (n * 40_503) % 1_000_000,
    fwd_fragments: 0,
    rev_fragments: 0,
    fwd_duplicate_packets: 0,
    rev_duplicate_packets: 0,
    fwd_duplicate_bytes: 0,
    rev_duplicate_bytes: 0,
    first_s: START_S,
    first_nanos: n,
    last_s: START_S + 1,
    last_nanos: (n * 7919) % 1e9,
  };
}

/** Numbers of the records in lines of `ipct`. */
export function numbersOf(lines: readonly string[]): number[] {
  return lines.map((line) => Number(line.split("\t")[6]));
}
