import { FLAG_DUPLICATE, FLAG_PORTS, FLAG_TRANSPORT, ICMP_REST } from "@trafmon/packet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Analysis } from "../../analysis/analysis.ts";
import { analysed } from "../../testing/analysed.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass } from "../../testing/analysis-settings.ts";
import { KeptObservations } from "../../testing/kept-observations.ts";
import { type PacketFields, packetRecord } from "../../testing/packet-record-builder.ts";

const START_S = 1_700_000_040;
const CLIENT = Uint8Array.of(10, 0, 0, 9);
const SERVER = Uint8Array.of(10, 0, 0, 1);
const { twoWayDelays, transactions } = ALL_MEASUREMENTS;
const CLASSES = [flowClass({ measure: { twoWayDelays, transactions }, idleS: 1 })];

/** Something on the wire: a copy of request `id`, or of its reply. */
interface Sent {
  readonly atMs: number;
  readonly id: number;
  readonly isReply: boolean;
}

type Protocol = "icmp" | "dns";

function fieldsOf(protocol: Protocol, { atMs, id, isReply }: Sent): PacketFields {
  const ends = isReply ? { source: SERVER, destination: CLIENT } : { source: CLIENT, destination: SERVER };
  const instant = { s: START_S + Math.floor(atMs / 1000), nanos: Math.round((atMs % 1000) * 1e6) };
  if (protocol === "icmp") {
    return { ...ends, ...instant, protocol: 1, flags: FLAG_TRANSPORT, icmpType: isReply ? 0 : 8, sequence: id };
  }
  const header = [id >> 8, id & 255, isReply ? 0x81 : 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  const payload = Uint8Array.of(...header, 1, 97, 0, 0, 1, 0, 1);
  return {
    ...ends,
    ...instant,
    protocol: 17,
    flags: FLAG_TRANSPORT | FLAG_PORTS,
    sourcePort: isReply ? 53 : 4000,
    destinationPort: isReply ? 4000 : 53,
    payload,
    payloadBytes: payload.length,
  };
}

const DUPLICATE = { flags: FLAG_DUPLICATE | FLAG_TRANSPORT };

/** Sums of all records. */
interface Tally {
  requests: number;
  replied: number;
  unanswered: number;
  late: number;
  repeats: number;
  duplicate_replies: number;
  delay_sum_ns: number;
  last_copy_delay_sum_ns: number;
}

const nothing = (): Tally => ({
  requests: 0,
  replied: 0,
  unanswered: 0,
  late: 0,
  repeats: 0,
  duplicate_replies: 0,
  delay_sum_ns: 0,
  last_copy_delay_sum_ns: 0,
});

/** The definition once more, the naive way: each exchange by itself, its packets in order of time. */
function expected(protocol: Protocol, exchanges: readonly (readonly Sent[])[]): Map<number, Tally> {
  const intervals = new Map<number, Tally>();
  for (const exchange of exchanges) {
    let asked: { first: number; last: number; tally: Tally; isSettled: boolean } | null = null;
    for (const { atMs, isReply } of exchange) {
      if (!isReply && (asked === null || (asked.isSettled && protocol === "icmp"))) {
        const start = Math.floor((START_S + atMs / 1000) / 60) * 60;
        const tally = intervals.get(start) ?? nothing();
        intervals.set(start, tally);
        tally.requests++;
        // Until something else becomes known.
        tally.unanswered++;
        asked = { first: atMs, last: atMs, tally, isSettled: false };
      } else if (asked === null) {
        // A reply to nothing.
      } else if (!isReply) {
        asked.tally.repeats++;
        if (!asked.isSettled) asked.last = atMs;
      } else if (asked.isSettled) asked.tally.duplicate_replies++;
      else {
        asked.isSettled = true;
        if (atMs - asked.first > 5000) asked.tally.late++;
        else {
          asked.tally.unanswered--;
          asked.tally.replied++;
          asked.tally.delay_sum_ns += Math.round((atMs - asked.first) * 1e6);
          asked.tally.last_copy_delay_sum_ns += Math.round((atMs - asked.last) * 1e6);
        }
      }
    }
  }
  return intervals;
}

function found(kept: KeptObservations): Map<number, Tally> {
  const intervals = new Map<number, Tally>();
  for (const record of kept.of("twoway")) {
    expect(record.requests).toBe(record.replied + record.unanswered);
    const tally = intervals.get(record.interval_start_s) ?? nothing();
    intervals.set(record.interval_start_s, tally);
    for (const column of Object.keys(tally) as (keyof Tally)[]) tally[column] += record[column];
  }
  return intervals;
}

/** One request's copies and replies: what is lost is not there; all replies come in time, or all too late. */
const exchange = fc
  .record({
    copiesMs: fc.array(fc.nat(4000), { maxLength: 4 }),
    timelyMs: fc.array(fc.integer({ min: 1, max: 4000 }), { maxLength: 3 }),
    lateMs: fc.constantFrom(6400, 9500, 25_000),
    isLate: fc.boolean(),
  })
  .map(({ copiesMs, timelyMs, lateMs, isLate }) => [
    ...copiesMs.map((atMs) => ({ atMs, isReply: false })),
    // Behind every copy, whichever was the first.
    ...(isLate ? [{ atMs: lateMs + 4000, isReply: true }] : timelyMs.map((atMs) => ({ atMs, isReply: true }))),
  ]);

describe.each(["dns", "icmp"] as const)("%s", (protocol) => {
  test("requests = replied + unanswered, and all else, whatever is lost, doubled or out of order", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(exchange, fc.nat(90_000)), { maxLength: 20 }), (drawn) => {
        const exchanges = drawn.map(([packets, fromMs], id) =>
          packets
            .map(({ atMs, isReply }): Sent => ({ atMs: atMs + fromMs, id: id + 1, isReply }))
            .sort((a, b) => a.atMs - b.atMs || Number(a.isReply) - Number(b.isReply)),
        );
        // A stable sort: packets of an exchange stay in their order.
        const all = exchanges.flat().sort((a, b) => a.atMs - b.atMs);
        const kept = analysed(
          all.map((sent) => fieldsOf(protocol, sent)),
          CLASSES,
          { maxStepS: 100_000 },
        );
        const wanted = expected(protocol, exchanges);
        expect(found(kept)).toEqual(wanted);
        const sums = [...wanted.values()];
        const count = (column: keyof Tally) => sums.reduce((sum, tally) => sum + tally[column], 0);
        const outcomes = kept.of("trans").map(({ outcome }) => outcome);
        expect(outcomes.length).toBe(count("requests"));
        expect(outcomes.filter((each) => each === "replied").length).toBe(count("replied"));
        expect(outcomes.filter((each) => each === "late").length).toBe(count("late"));
        // Slices and histogram count the same replies.
        for (const { slices, delay_histogram, replied } of kept.of("twoway")) {
          for (const pairs of [slices, delay_histogram]) {
            expect(pairs.reduce((sum, value, index) => sum + (index % 2 ? value : 0), 0)).toBe(replied);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

test("squares are exact, of whole microseconds", () => {
  const delaysMs = [0.0004, 0.0016, 1, 33.333333, 4999.999];
  const kept = analysed(
    delaysMs.flatMap((delayMs, id) => [
      fieldsOf("icmp", { atMs: id * 6000, id, isReply: false }),
      fieldsOf("icmp", { atMs: id * 6000 + delayMs, id, isReply: true }),
    ]),
    CLASSES,
    { maxStepS: 100_000 },
  );
  const squares = kept.of("twoway").reduce((sum, { delay_sum_squares }) => sum + delay_sum_squares, 0n);
  expect(squares).toBe(delaysMs.reduce((sum, ms) => sum + BigInt(Math.round(ms * 1000)) ** 2n, 0n));
});

test("duplicate frames are no copies", () => {
  const [request, reply] = [false, true].map((isReply) =>
    fieldsOf("icmp", { atMs: isReply ? 2 : 0, id: 1, isReply }),
  ) as [PacketFields, PacketFields];
  const kept = analysed([request, { ...request, ...DUPLICATE }, reply, { ...reply, ...DUPLICATE }], CLASSES);
  expect(kept.of("twoway")).toMatchObject([{ requests: 1, replied: 1, repeats: 0, duplicate_replies: 0 }]);
});

test("requests to a group are none", () => {
  const request = fieldsOf("icmp", { atMs: 0, id: 1, isReply: false });
  expect(analysed([{ ...request, destination: Uint8Array.of(224, 0, 0, 1) }], CLASSES).of("twoway")).toEqual([]);
});

test("a flood of requests from made-up senders keeps memory flat, is told, and every request counts", () => {
  const kept = new KeptObservations();
  const settings = analysisSettings([flowClass({ measure: { twoWayDelays }, partition: noTelling() })], {
    maxRequests: 1024,
    maxStepS: 100_000,
  });
  const analysis = new Analysis(settings, { sink: kept, serviceOf: () => null });
  const request = packetRecord(fieldsOf("icmp", { atMs: 0, id: 1, isReply: false }));
  const flood = (from: number, until: number) => {
    for (let id = from; id < until; id++) {
      request[ICMP_REST] = id;
      analysis.consume(request, 0, request.length);
    }
  };
  flood(0, 5000);
  const { memoryBytes } = analysis.figures;
  flood(5000, 50_000);
  expect(analysis.figures.memoryBytes).toBe(memoryBytes);
  analysis.finish();
  expect(kept.sum("twoway", "unanswered")).toBe(50_000);
  expect(kept.sum("twoway", "requests")).toBe(50_000);
  const told = kept.of("event").map(({ code, parameters }) => [code, JSON.parse(parameters).requests]);
  expect(Object.fromEntries(told)).toEqual({ requests_evicted: 50_000 - 1024, requests_cut_off: 1024 });
});

function noTelling() {
  return {
    addresses: null,
    protocol: false,
    ports: false,
    service: false,
    tos: false,
    vlan: false,
    interface: false,
    twoWay: true,
  };
}

test("a flow instance lives as long as its requests, however short its idle time", () => {
  const kept = analysed(
    [
      fieldsOf("icmp", { atMs: 0, id: 1, isReply: false }),
      // Something else lets the clock run.
      ...[2, 4, 6].map((s) => ({ protocol: 47, s: START_S + s, source: Uint8Array.of(10, 9, 9, 9) })),
      fieldsOf("icmp", { atMs: 6500, id: 1, isReply: true }),
    ],
    CLASSES,
    { maxStepS: 100_000 },
  );
  expect(kept.of("trans")).toMatchObject([{ outcome: "late", delay_ns: 6_500_000_000 }]);
  const ids = new Set(kept.of("twoway").map(({ flow_id }) => flow_id));
  expect([...ids]).toEqual([kept.of("trans")[0]!.flow_id]);
});

test("classes measure by themselves: each by its own time-out", () => {
  const quick = { ...twoWayDelays!, timeoutMs: 100 };
  const classes = [
    flowClass({ measure: { twoWayDelays } }),
    flowClass({ name: "quick", account: false, measure: { twoWayDelays: quick } }),
  ];
  const packets = [false, true].map((isReply) => fieldsOf("dns", { atMs: isReply ? 200 : 0, id: 1, isReply }));
  const kept = analysed(packets, classes);
  expect(kept.of("twoway").map(({ replied, unanswered, late }) => [replied, unanswered, late])).toEqual([
    [1, 0, 0],
    [0, 1, 1],
  ]);
  const names = kept.of("slice").filter(({ slice }) => slice === 0);
  expect(names.map((each) => [each.class, each.metric, each.lower])).toEqual([
    ["all", "twoway", 0],
    ["quick", "twoway", 0],
  ]);
});

test("openings on the same ports are remembered up to a bound, the answered ones the shortest, and all of them count", () => {
  const SYN = 2;
  const SYN_ACK = 18;
  const opening = (n: number, isReply: boolean): PacketFields => ({
    source: isReply ? SERVER : CLIENT,
    destination: isReply ? CLIENT : SERVER,
    s: START_S,
    nanos: n * 1000,
    protocol: 6,
    flags: FLAG_TRANSPORT | FLAG_PORTS,
    sourcePort: isReply ? 80 : 4000,
    destinationPort: isReply ? 4000 : 80,
    // Apart by more than the payload a SYN may bear.
    sequence: isReply ? 7 : n * 100_000,
    acknowledgement: isReply ? n * 100_000 + 1 : 0,
    tcpFlags: isReply ? SYN_ACK : SYN,
  });
  const packets = [];
  // Ten are answered, at once; 300 further ones never are.
  for (let n = 0; n < 10; n++) packets.push(opening(2 * n, false), { ...opening(2 * n, true), nanos: 2000 * n + 1000 });
  for (let n = 20; n < 320; n++) packets.push(opening(n, false));
  const kept = analysed(packets, CLASSES);
  expect(kept.sum("twoway", "requests")).toBe(310);
  expect(kept.sum("twoway", "replied")).toBe(10);
  const told = kept.of("event").map(({ code, parameters }) => [code, JSON.parse(parameters).requests]);
  expect(Object.fromEntries(told)).toMatchObject({ requests_evicted: 300 - 64, requests_cut_off: 64 });
});
