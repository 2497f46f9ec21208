import { Counters } from "@trafmon/runtime";
import type { OneWaySettings } from "@trafmon/settings";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type NaiveSighting, naiveVerdicts } from "../fixtures/naive-one-way.ts";
import { KeptRecords, sightingBody, waySettings } from "../fixtures/one-way-bench.ts";
import { Consolidator } from "./consolidator.ts";
import { restoreSnapshot, snapshotOf } from "./consolidator-snapshot.ts";

const START_S = 1_700_000_040;
const START_NS = BigInt(START_S) * 1_000_000_000n;
const HASH = "a".repeat(16);

/** A consolidator with one class, a stream for each hop that has looked since long ago, and what it wrote. */
function bench(settings: OneWaySettings, maxSightings = 1_000_000) {
  const kept = new KeptRecords();
  const counters = new Counters();
  const consolidator = new Consolidator(maxSightings, kept, counters);
  consolidator.configure(HASH, new Map([["way", settings]]));
  const streams = settings.hops.map(({ probe }, index) =>
    consolidator.begin({ probe, run: `${index}`.repeat(16), isWhole: true, marginMs: 0 }),
  );
  const mark = (hop: number, ms: number, hash = HASH) => ({
    stream: streams[hop - 1]!,
    configurationHash: hash,
    s: START_S + Math.floor(ms / 1000),
    nanos: (((ms % 1000) + 1000) % 1000) * 1e6,
  });
  for (const hop of streams.keys()) consolidator.takeMark(mark(hop + 1, -60_000));
  return { consolidator, kept, counters, streams, mark };
}

/** A sighting `ms` after the start. */
const at = (hop: number, ms: number, signature = "00000000000000aa", bytes = 100): NaiveSighting => ({
  hop,
  signature,
  ns: START_NS + BigInt(Math.round(ms * 1e6)),
  bytes,
});

type Bench = ReturnType<typeof bench>;

function see({ consolidator, mark }: Bench, untilMs: number, ...sightings: NaiveSighting[]): void {
  const hop = sightings[0]!.hop;
  consolidator.takeSightings(mark(hop, untilMs), sightingBody(sightings), sightings.length);
}

/** What was written of all intervals, as `from-to verdict`. */
function verdicts({ consolidator, kept }: Bench): Record<string, number> {
  consolidator.tellAll();
  const { sums } = kept.answer();
  const found: Record<string, number> = {};
  for (const [key, [packets]] of Object.entries(sums)) {
    const name = key.replace(/ \d+ /, " ");
    found[name] = (found[name] ?? 0) + packets;
  }
  return found;
}

describe("one packet past three hops", () => {
  test("seen everywhere it is matched, and its latencies are exact", () => {
    const given = bench(waySettings(3));
    see(given, 5000, at(1, 0.000001));
    see(given, 5000, at(2, 4.5));
    expect(given.kept.records).toEqual([]);
    see(given, 5000, at(3, 9.999999));
    expect(given.kept.answer().latencies).toEqual([
      `00000000000000aa 1-2 ${START_NS + 1n} 4499999`,
      `00000000000000aa 1-3 ${START_NS + 1n} 9999998`,
      `00000000000000aa 2-3 ${START_NS + 4_500_000n} 5499999`,
    ]);
    expect(verdicts(given)).toEqual({ "1-2 matched": 1, "2-3 matched": 1, "1-3 matched": 1 });
  });

  test("seen at the first two it is lost behind them; not seen in the middle it was missed there", () => {
    const given = bench(waySettings(3));
    see(given, 5000, at(1, 0), at(1, 10, "00000000000000bb"));
    see(given, 5000, at(2, 4));
    see(given, 5000, at(3, 19, "00000000000000bb"));
    expect(verdicts(given)).toEqual({
      "1-2 matched": 1,
      "2-3 lost": 1,
      "1-3 lost": 1,
      "1-2 missed": 1,
      "2-3 missed": 1,
      "1-3 matched": 1,
    });
  });

  test("it settles when every probe is past its time-out, not before", () => {
    const given = bench(waySettings(3));
    see(given, 900, at(1, 0));
    for (const hop of [1, 2, 3]) given.consolidator.takeMark(given.mark(hop, 1000));
    expect(verdicts(given)).toEqual({});
    for (const hop of [1, 2]) given.consolidator.takeMark(given.mark(hop, 1001));
    expect(verdicts(given)).toEqual({});
    given.consolidator.takeMark(given.mark(3, 1001));
    expect(verdicts(given)).toEqual({ "1-2 lost": 1, "1-3 lost": 1 });
  });

  test("a sighting after the time-out is dropped, and one of a packet sent again is not", () => {
    const given = bench(waySettings(2));
    see(given, 9000, at(1, 0), at(1, 5000, "00000000000000bb"), at(1, 6500, "00000000000000bb"));
    see(given, 9000, at(2, 1500), at(2, 6510, "00000000000000bb"));
    expect(verdicts(given)).toEqual({ "1-2 lost": 2, "1-2 dropped": 1, "1-2 matched": 1 });
  });

  test("what comes when its packet has settled is dropped", () => {
    const given = bench(waySettings(2));
    see(given, 5000, at(1, 0));
    see(given, 5000, at(2, 3000, "00000000000000bb"));
    see(given, 5001, at(2, 5));
    expect(verdicts(given)).toEqual({ "1-2 lost": 1, "1-2 missed": 1, "1-2 dropped": 1 });
    expect(given.counters.snapshot().get("sightings_dropped")).toBe(1);
  });

  test("copies that the network made are duplicates; equal packets pair in order", () => {
    const given = bench(waySettings(2));
    see(given, 5000, at(1, 0), at(1, 100, "00000000000000bb"), at(1, 101, "00000000000000bb"));
    see(given, 5000, at(2, 5), at(2, 6), at(2, 105, "00000000000000bb"), at(2, 107, "00000000000000bb"));
    expect(verdicts(given)).toEqual({ "1-2 matched": 3, "1-2 duplicate": 1 });
    expect(given.kept.of("owlat").map(({ latency_ns }) => latency_ns)).toEqual([5e6, 5e6, 6e6]);
  });
});

describe("clocks", () => {
  test("negative latencies are kept and raise an event per interval", () => {
    const given = bench(waySettings(2));
    see(given, 130_000, at(1, 10), at(1, 20, "00000000000000bb"), at(1, 60_000, "00000000000000cc"));
    see(given, 130_000, at(2, 8), at(2, 19, "00000000000000bb"), at(2, 59_999.5, "00000000000000cc"));
    const [first] = given.kept.of("owct");
    expect(first).toMatchObject({ matched_packets: 3, negative_packets: 3, latency_sum_ns: -3_500_000 });
    expect(first).toMatchObject({ latency_min_ns: -2_000_000, latency_max_ns: -500_000, latency_histogram: [] });
    expect(given.kept.events).toEqual([
      { code: "latency_negative", parameters: expect.objectContaining({ packets: 3, least_ns: -2_000_000 }) },
    ]);
  });

  test("a step of a clock is told when all latencies of an interval lie apart from those before", () => {
    const given = bench(waySettings(2, { intervalS: 1 }));
    const signature = (n: number) => n.toString(16).padStart(16, "0");
    for (let n = 0; n < 40; n++) {
      see(given, n * 100 - 500, at(1, n * 100, signature(n)));
      see(given, n * 100 - 500, at(2, n * 100 + 5 + (n < 20 ? 0 : 30) + (n % 3), signature(n)));
    }
    for (const hop of [1, 2]) given.consolidator.takeMark(given.mark(hop, 60_000));
    expect(given.kept.events).toEqual([
      { code: "latency_stepped", parameters: expect.objectContaining({ interval_start_s: START_S + 2, by_ns: 28e6 }) },
    ]);
  });

  test("a probe's clock that is set back is told, and what lies between is unknown", () => {
    const given = bench(waySettings(2));
    given.consolidator.takeMark(given.mark(2, 100_000));
    given.consolidator.takeMark(given.mark(2, 40_000));
    expect(given.kept.events.map(({ code }) => code)).toEqual(["source_clock_set_back"]);
  });
});

describe("a probe that is away", () => {
  test("makes packets unknown after the silent limit, never lost, and what it then says is dropped", () => {
    const given = bench(waySettings(3));
    see(given, 5000, at(1, 0), at(1, 1, "00000000000000bb"));
    see(given, 5000, at(2, 4));
    given.consolidator.pass(59_000);
    expect(verdicts(given)).toEqual({});
    given.consolidator.pass(1000);
    // Hop 2 looked, so that its pair is decided; behind it nobody knows.
    expect(verdicts(given)).toEqual({ "1-2 matched": 1, "1-2 unknown": 1, "2-3 unknown": 1, "1-3 unknown": 2 });
    const parameters = { probes: ["h3"], packets: 2 };
    expect(given.kept.events).toEqual([{ code: "probes_not_waited_for", parameters }]);
    see(given, 5000, at(3, 9));
    expect(verdicts(given)).toMatchObject({ "2-3 dropped": 1, "1-3 dropped": 1, "1-3 unknown": 2 });
  });

  test("that was never there decides nothing", () => {
    const settings = waySettings(2);
    const kept = new KeptRecords();
    const consolidator = new Consolidator(1000, kept, new Counters());
    consolidator.configure(HASH, new Map([["way", settings]]));
    const stream = consolidator.begin({ probe: "h1", run: "1", isWhole: true, marginMs: 0 });
    const mark = { stream, configurationHash: HASH, s: START_S + 100, nanos: 0 };
    consolidator.takeSightings(mark, sightingBody([at(1, 0)]), 1);
    consolidator.pass(61_000);
    consolidator.tellAll();
    expect(kept.of("owct")).toMatchObject([{ unknown_packets: 1, lost_packets: 0 }]);
  });

  test("and starts again has not seen what passed between its runs", () => {
    const given = bench(waySettings(2));
    const { consolidator, streams, mark } = given;
    consolidator.takeMark(mark(2, 1000));
    consolidator.takeGap(streams[1]!);
    streams[1] = consolidator.begin({ probe: "h2", run: "f".repeat(16), isWhole: true, marginMs: 0 });
    consolidator.takeMark(mark(2, 20_000));
    see(given, 60_000, at(1, -5000), at(1, 10_000, "00000000000000bb"), at(1, 30_000, "00000000000000cc"));
    consolidator.takeMark(mark(2, 60_000));
    expect(verdicts(given)).toEqual({ "1-2 lost": 2 });
    consolidator.pass(60_000);
    expect(verdicts(given)).toEqual({ "1-2 lost": 2, "1-2 unknown": 1 });
  });

  test("and lost records on the way: packets of that time are unknown", () => {
    const given = bench(waySettings(2));
    const { consolidator, streams } = given;
    see(given, 5000, at(2, 3, "00000000000000bb"));
    consolidator.takeGap(streams[1]!);
    see(given, 60_000, at(2, 20_000, "00000000000000cc"));
    const sent = [at(1, -10), at(1, 8000, "00000000000000dd"), at(1, 30_000, "00000000000000ee")];
    see(given, 60_000, ...sent, at(1, 0, "00000000000000bb"), at(1, 19_995, "00000000000000cc"));
    consolidator.pass(60_000);
    expect(verdicts(given)).toEqual({ "1-2 matched": 2, "1-2 lost": 2, "1-2 unknown": 1 });
  });

  test("replays that follow one another, in any order of days, are put together", () => {
    const given = bench(waySettings(2));
    const { consolidator, streams, mark } = given;
    for (const stream of streams) consolidator.takeEnd(stream);
    const day = 86_400_000;
    for (const offset of [2 * day, day]) {
      for (const hop of [1, 2]) {
        streams[hop - 1] = consolidator.begin({
          probe: `h${hop}`,
          run: `${hop} ${offset}`,
          isWhole: true,
          marginMs: 0,
        });
        const name = (n: number) => (offset / day).toString(16) + n.toString(16).padStart(15, "0");
        const seen = [1, 2, 3]
          .filter((n) => hop === 1 || n !== 2)
          .map((n) => at(hop, offset + n * 1000 + hop, name(n)));
        consolidator.takeMark(mark(hop, offset));
        see(given, offset + 10_000, ...seen);
        consolidator.takeEnd(streams[hop - 1]!);
      }
    }
    consolidator.pass(1000);
    expect(verdicts(given)).toEqual({ "1-2 matched": 4, "1-2 lost": 2 });
  });

  test("at the end of its run what may still have come is unknown, at once", () => {
    const given = bench(waySettings(2));
    see(given, 60_000, at(1, 1000), at(1, 59_500, "00000000000000bb"));
    given.consolidator.takeMark(given.mark(2, 60_000));
    for (const stream of given.streams) given.consolidator.takeEnd(stream);
    expect(verdicts(given)).toEqual({ "1-2 lost": 1, "1-2 unknown": 1 });
  });
});

describe("several routes", () => {
  const settings = waySettings(4, { routes: [{ hops: [1, 2, 4] }, { hops: [1, 3, 4] }] });

  test("a packet counts for the one it took", () => {
    const given = bench(settings);
    const names = ["aa", "bb", "cc", "dd"].map((end) => end.padStart(16, "0"));
    see(given, 9000, ...names.map((name, n) => at(1, n, name)));
    see(given, 9000, at(2, 4, names[0]));
    see(given, 9000, at(3, 5, names[1]), at(3, 6, names[2]));
    see(given, 9000, at(4, 9, names[0]), at(4, 9, names[1]));
    expect(verdicts(given)).toEqual({
      "1-2 matched": 1,
      "2-4 matched": 1,
      "1-4 matched": 2,
      "1-3 matched": 2,
      "3-4 matched": 1,
      "3-4 lost": 1,
      "1-4 lost": 2,
      "1-2 lost": 1,
    });
  });

  test("a copy over the other route is a duplicate", () => {
    const given = bench(settings);
    see(given, 9000, at(1, 0));
    see(given, 9000, at(2, 1));
    see(given, 9000, at(3, 2));
    see(given, 9000, at(4, 3), at(4, 4));
    expect(verdicts(given)).toMatchObject({ "1-2 matched": 1, "2-4 matched": 1, "1-4 matched": 1, "1-3 duplicate": 1 });
    expect(verdicts(given)).toMatchObject({ "2-4 duplicate": 1, "1-4 duplicate": 1 });
  });
});

test("verdicts apart stand in records of their own, and add up to the same", () => {
  const run = (changes: Partial<OneWaySettings>) => {
    const given = bench(waySettings(3, changes));
    see(given, 9000, at(1, 0), at(1, 10, "00000000000000bb"));
    see(given, 9000, at(2, 4), at(2, 30, "00000000000000cc"));
    see(given, 9000, at(3, 19, "00000000000000bb"));
    see(given, 9001, at(3, 1, "00000000000000dd"));
    given.consolidator.tellAll();
    return given.kept;
  };
  const [together, apart] = [run({}), run({ verdicts: "apart" })];
  expect(apart.answer()).toEqual(together.answer());
  for (const type of ["owlost", "owmiss", "owdrop"]) {
    expect(together.of(type), type).toEqual([]);
    expect(apart.of(type).length, type).toBeGreaterThan(0);
  }
  expect(apart.of("owmiss")).toContainEqual(expect.objectContaining({ from_hop: 1, to_hop: 2, at_hop: 2, packets: 1 }));
  expect(apart.of("owmiss")).toContainEqual(expect.objectContaining({ from_hop: 1, to_hop: 2, at_hop: 1, packets: 1 }));
});

test("timestamps of all hops, where the class wants those", () => {
  const given = bench(waySettings(3, { details: "timestamps" }));
  see(given, 9000, at(1, 10), at(1, 500, "00000000000000bb"));
  see(given, 9000, at(2, 7));
  see(given, 9000, at(3, 30));
  expect(given.kept.of("owts")).toMatchObject([
    { signature: "00000000000000aa", seen_s: START_S, seen_nanos: 7e6, hops: "1:3000000,2:0,3:23000000" },
    { signature: "00000000000000bb", hops: "1:0" },
  ]);
});

test("records that make no sense are counted, and change nothing", () => {
  const given = bench(waySettings(2));
  see(given, 100, at(1, 0, "not hexadecimal!"), { ...at(1, 0), bytes: 2 ** 40 });
  see(given, 100, at(1, 0), { ...at(1, 0), hop: 0 }, { ...at(1, 0), hop: 9 }, at(2, 0));
  expect(given.consolidator.settlement.index.sightings.count).toBe(1);
  expect(Object.fromEntries(given.counters.snapshot())).toMatchObject({
    "sightings_not_kept{no signature}": 1,
    "sightings_not_kept{out of range}": 1,
    "sightings_not_kept{no such hop}": 3,
  });
});

test("beyond the bound the oldest packets settle as they stand, counted, and nothing is counted twice", () => {
  const given = bench(waySettings(2), 100);
  const name = (n: number) => n.toString(16).padStart(16, "0");
  const numbers = (from: number, until: number) => Array.from({ length: until - from }, (_, n) => from + n);
  for (const n of numbers(0, 120)) see(given, 0, at(1, n * 10, name(n)));
  expect(given.consolidator.settlement.index.sightings.count).toBe(100);
  see(given, 9000, ...numbers(100, 120).map((n) => at(2, n * 10 + 5, name(n))));
  given.consolidator.takeMark(given.mark(1, 9000));
  expect(given.counters.snapshot().get("packets_evicted")).toBe(40);
  given.consolidator.pass(1000);
  given.consolidator.pass(1000);
  expect(given.kept.events).toEqual([{ code: "packets_evicted", parameters: { packets: 40 } }]);
  expect(verdicts(given)).toEqual({ "1-2 matched": 20, "1-2 unknown": 40, "1-2 lost": 60 });
  see(given, 9000, ...numbers(0, 10).map((n) => at(2, n * 10 + 5, name(n))));
  expect(verdicts(given)).toMatchObject({ "1-2 unknown": 40, "1-2 dropped": 10 });
});

test("a class that means something else now begins anew, and packets under way at the change are unknown", () => {
  const given = bench(waySettings(2));
  const { consolidator, mark, kept } = given;
  const other = "b".repeat(16);
  see(given, 5000, at(1, 4900));
  consolidator.configure(other, new Map([["way", waySettings(2, { timeoutMs: 2000 })]]));
  for (const hop of [1, 2]) consolidator.takeMark(mark(hop, 6000, other));
  consolidator.takeSightings(mark(2, 6000, other), sightingBody([at(2, 4910)]), 1);
  consolidator.takeSightings(mark(1, 9000, other), sightingBody([at(1, 6500, "00000000000000bb")]), 1);
  for (const hop of [1, 2]) consolidator.takeMark(mark(hop, 20_000, other));
  consolidator.pass(61_000);
  consolidator.tellAll();
  const sums = kept.answer().sums;
  const of = (verdict: string) => sums[`1-2 ${START_S} ${verdict}`]?.[0] ?? 0;
  expect([of("unknown"), of("lost"), of("missed"), of("matched")]).toEqual([2, 1, 0, 0]);
});

/** Packets on a way, what its hops see of them, and how that comes to the collector. */
const journeys = fc.record({
  routes: fc.constantFrom(
    [[1, 2]],
    [[1, 2, 3]],
    [[1, 2, 3, 4]],
    [
      [1, 2, 4],
      [1, 3, 4],
    ],
    [
      [1, 2, 3],
      [1, 3],
    ],
  ),
  packets: fc.array(
    fc.record({
      signature: fc.nat(12),
      sentMs: fc.nat(6000),
      route: fc.nat(1),
      // Of each hop: delay since the hop before in quarters of a millisecond, and what happens there.
      hops: fc.array(
        fc.record({
          delay: fc.oneof({ weight: 8, arbitrary: fc.nat(400) }, { weight: 1, arbitrary: fc.nat(12_000) }),
          fate: fc.constantFrom("seen", "seen", "seen", "seen", "missed", "lost", "copied"),
        }),
        { minLength: 4, maxLength: 4 },
      ),
    }),
    { maxLength: 40 },
  ),
  skewMs: fc.array(fc.integer({ min: -300, max: 300 }), { minLength: 4, maxLength: 4 }),
  cuts: fc.array(fc.nat(5), { minLength: 1, maxLength: 20 }),
  order: fc.infiniteStream(fc.nat(3)),
  restarts: fc.array(fc.nat(60), { maxLength: 4 }),
});

type Journey = typeof journeys extends fc.Arbitrary<infer T> ? T : never;

function sightingsOf({ routes, packets, skewMs }: Journey): NaiveSighting[] {
  return packets.flatMap(({ signature, sentMs, route, hops }) => {
    const seen: NaiveSighting[] = [];
    let ms = sentMs;
    for (const hop of routes[route % routes.length]!) {
      const { delay, fate } = hops[hop - 1]!;
      ms += delay / 4;
      if (fate === "lost") break;
      const one = at(hop, ms + skewMs[hop - 1]!, signature.toString(16).padStart(16, "0"), 60 + signature);
      if (fate !== "missed") seen.push(one);
      if (fate === "copied") seen.push({ ...one, ns: one.ns + 50_000n });
    }
    return seen;
  });
}

test("the same as worked out afterwards, in whatever pieces and order it comes, and however often it starts again", {
  timeout: 240_000,
}, () => {
  fc.assert(
    fc.property(journeys, (journey) => {
      const { cuts, order, restarts } = journey;
      const routes: readonly (readonly number[])[] = journey.routes;
      const hops = Math.max(...routes.flat());
      const settings = waySettings(hops, { routes: routes.map((each) => ({ hops: each })) });
      const seen = sightingsOf(journey);
      const given = bench(settings);
      let { consolidator } = given;
      // Each probe's stream in pieces; a watermark is never past what is still to come.
      const pieces = Array.from({ length: hops }, (_, index) => {
        const mine = seen.filter(({ hop }) => hop === index + 1).sort((a, b) => Number(a.ns - b.ns));
        const cut: { sightings: NaiveSighting[]; ms: number }[] = [];
        for (let n = 0; mine.length > 0; n++) {
          const sightings = mine.splice(0, cuts[n % cuts.length]!);
          const next = mine[0] === undefined ? 20_000 : Math.floor(Number(mine[0].ns - START_NS) / 1e6);
          cut.push({ sightings, ms: next });
          if (cuts.every((each) => each === 0)) cut.push({ sightings: mine.splice(0), ms: 20_000 });
        }
        return [...cut, { sightings: [], ms: 60_000 }];
      });
      const turns = order[Symbol.iterator]();
      for (let step = 0; pieces.some((each) => each.length > 0); step++) {
        const open = pieces.flatMap((each, index) => (each.length > 0 ? [index] : []));
        const index = open[(turns.next().value as number) % open.length]!;
        const { sightings, ms } = pieces[index]!.shift()!;
        const mark = given.mark(index + 1, ms);
        if (sightings.length > 0) consolidator.takeSightings(mark, sightingBody(sightings), sightings.length);
        consolidator.takeMark(mark);
        if (step % 7 === 0) consolidator.pass(1000);
        if (!restarts.includes(step)) continue;
        const snapshot = snapshotOf(consolidator);
        consolidator = new Consolidator(1_000_000, given.kept, given.counters);
        restoreSnapshot(consolidator, snapshot);
        expect(snapshotOf(consolidator).equals(snapshot)).toBe(true);
      }
      const expected = naiveVerdicts({ routes, timeoutNs: 1_000_000_000n, intervalS: 60n }, seen);
      consolidator.tellAll();
      expect(given.kept.answer()).toEqual(expected);
      expect(consolidator.settlement.index.sightings.count).toBe(0);
    }),
    { numRuns: 150 },
  );
});

test("whatever comes, in whatever disorder: every sighting is taken once and every pair's law holds", {
  timeout: 240_000,
}, () => {
  const word = fc.record({
    what: fc.constantFrom("see", "see", "see", "see", "mark", "pass", "gap", "end", "begin"),
    hop: fc.integer({ min: 1, max: 3 }),
    ms: fc.integer({ min: -5000, max: 90_000 }),
    signature: fc.nat(6),
  });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 120 }), fc.constantFrom(4, 1000), (words, room) => {
      const given = bench(waySettings(3, { details: "timestamps", silentLimitMs: 20_000 }), room);
      const { consolidator, streams, mark } = given;
      let sightings = 0;
      for (const { what, hop, ms, signature } of words) {
        if (what === "see") {
          see(given, ms - 2000, at(hop, ms, signature.toString(16).padStart(16, "0")));
          sightings++;
        } else if (what === "mark") consolidator.takeMark(mark(hop, ms));
        else if (what === "pass") consolidator.pass(Math.abs(ms));
        else if (what === "gap") consolidator.takeGap(streams[hop - 1]!);
        else {
          consolidator.takeEnd(streams[hop - 1]!);
          streams[hop - 1] = consolidator.begin({ probe: `h${hop}`, run: `${ms}`, isWhole: true, marginMs: 0 });
        }
        expect(consolidator.settlement.index.sightings.count).toBeLessThanOrEqual(room);
      }
      consolidator.pass(60_000);
      consolidator.pass(60_000);
      consolidator.tellAll();
      expect(consolidator.isIdle).toBe(true);
      const { sums } = given.kept.answer();
      const total = (pair: string, ...of: string[]) =>
        Object.entries(sums).reduce((sum, [key, [packets]]) => {
          const [mine, , verdict] = key.split(" ");
          return mine === pair && of.includes(verdict!) ? sum + packets : sum;
        }, 0);
      // Packets by the hops that saw them, out of the records of single packets.
      const packets = given.kept
        .of("owts")
        .map(({ hops }) => (hops as string).split(",").map((each) => Number.parseInt(each, 10)));
      for (const [from, to] of [
        [1, 2],
        [2, 3],
        [1, 3],
      ] as const) {
        const seen = packets.filter((hops) => hops.includes(from) || hops.includes(to)).length;
        const pair = `${from}-${to}`;
        expect(total(pair, "matched", "lost", "missed", "unknown"), pair).toBe(seen);
        expect(total(pair, "matched"), pair).toBe(
          packets.filter((hops) => hops.includes(from) && hops.includes(to)).length,
        );
      }
      const counted = given.counters.snapshot();
      const others = (counted.get("sightings_dropped") ?? 0) + (counted.get("sightings_duplicate") ?? 0);
      expect(packets.flat().length + others).toBe(sightings);
    }),
    { numRuns: 150 },
  );
});
