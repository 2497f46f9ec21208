import { bucketOf } from "@trafmon/observation";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type HourFigures, noFigures } from "../../ask/objectives/hour-figures.ts";
import type { HourWatch } from "../../ask/objectives/hour-watch.ts";
import type { Promised } from "../../ask/objectives/promises.ts";
import { type HourState, judge } from "./judge.ts";

const HOURS = Array.from({ length: 24 }, (_, hour) => `2026-10-01 ${String(hour).padStart(2, "0")}:00:00`);

function promising(changes: Partial<Promised> = {}): Promised {
  return {
    classNo: 1,
    className: "web",
    probe: { number: 1, name: "p1" },
    name: "fast",
    metric: "delay",
    target: 80_000_000n,
    percentilePpm: 950_000n,
    protocol: "dns",
    hops: null,
    hoursPpm: 1_000_000n,
    samples: 1n,
    measuredPpm: 950_000n,
    hours: [HOURS[0]!],
    ...changes,
  };
}

const WHOLE: HourWatch = { coveredS: 3600n, packets: 1000n, dropped: 0n, clockErrorNs: 0n, droppedBehind: 0n };

/** Figures of an hour with these delays or latencies. */
function spread(...samplesNs: number[]): HourFigures {
  const figures = noFigures();
  for (const ns of samplesNs) {
    if (ns < 0) figures.negative++;
    else figures.buckets.set(bucketOf(ns), (figures.buckets.get(bucketOf(ns)) ?? 0n) + 1n);
  }
  const rising = [...samplesNs].sort((a, b) => a - b);
  if (rising.length > 0) [figures.minNs, figures.maxNs] = [BigInt(rising[0]!), BigInt(rising.at(-1)!)];
  return figures;
}

function judgedHour(promised: Promised, figures: HourFigures, watch: Partial<HourWatch> = {}) {
  const hour = promised.hours[0]!;
  return judge({
    promised,
    figures: new Map([[hour, figures]]),
    watches: new Map([[hour, { ...WHOLE, ...watch }]]),
  }).hours[0]!;
}

const ms = (value: number) => Math.round(value * 1e6);

describe("percentiles", () => {
  test("an hour's verdict never contradicts the samples themselves", () => {
    const delays = fc.array(fc.integer({ min: 0, max: ms(200) }), { minLength: 1, maxLength: 60 });
    const percent = fc.integer({ min: 10_000, max: 1_000_000 });
    fc.assert(
      fc.property(delays, percent, fc.integer({ min: 1, max: ms(200) }), (samples, ppm, target) => {
        const promised = promising({ percentilePpm: BigInt(ppm), target: BigInt(target) });
        const { state, measured, samplesWithin, samplesBeyond } = judgedHour(promised, spread(...samples));
        const rising = [...samples].sort((a, b) => a - b);
        // ceil(p n) without the rounding of doubles.
        const rank = Number((BigInt(ppm) * BigInt(rising.length) + 999_999n) / 1_000_000n);
        const exact = rising[rank - 1]!;
        if (measured?.kind !== "duration") throw new Error("no duration");
        expect(measured.lowNs <= BigInt(exact) && BigInt(exact) <= measured.highNs).toBe(true);
        expect(Number(measured.highNs - measured.lowNs)).toBeLessThanOrEqual(exact / 31 + 1);
        if (state === "within") expect(exact).toBeLessThanOrEqual(target);
        else if (state === "beyond") expect(exact).toBeGreaterThan(target);
        else {
          expect(state).toBe("unclear");
          expect(Math.abs(exact - target)).toBeLessThanOrEqual(target / 31 + 1);
        }
        const within = samples.filter((each) => each <= target).length;
        expect(Number(samplesWithin)).toBeLessThanOrEqual(within);
        expect(Number(samplesBeyond)).toBeLessThanOrEqual(samples.length - within);
      }),
    );
  });

  test("variation is told from the least latency, whatever the clocks differ by", () => {
    const samples = [ms(-7), ms(-6.9), ms(-6.5), ms(13)];
    const variation = promising({ metric: "variation", percentilePpm: 1_000_000n, target: BigInt(ms(20)) });
    expect(judgedHour(variation, spread(...samples)).state).toBe("within");
    expect(judgedHour({ ...variation, target: BigInt(ms(19)) }, spread(...samples)).state).toBe("beyond");
    expect(judgedHour({ ...variation, percentilePpm: 500_000n, target: 0n }, spread(...samples)).state).toBe("unclear");
  });

  test("a latency beyond by less than the clocks may be wrong is unclear, and one within likewise", () => {
    const latency = promising({ metric: "latency", hops: [1, 2], probe: null });
    expect(judgedHour(latency, spread(ms(90))).state).toBe("beyond");
    expect(judgedHour(latency, spread(ms(90)), { clockErrorNs: BigInt(ms(11)) }).state).toBe("unclear");
    expect(judgedHour(latency, spread(ms(70)), { clockErrorNs: BigInt(ms(9)) }).state).toBe("within");
    expect(judgedHour(latency, spread(ms(70)), { clockErrorNs: BigInt(ms(11)) }).state).toBe("unclear");
    expect(judgedHour(latency, spread(ms(90)), { clockErrorNs: null }).state).toBe("beyond");
    expect(judgedHour(promising(), spread(ms(90)), { clockErrorNs: BigInt(ms(11)) }).state).toBe("beyond");
  });
});

describe("shares", () => {
  const answered = promising({ metric: "answered", target: 995_000n, percentilePpm: null });
  const asked = (requests: bigint, replied: bigint): HourFigures => ({ ...noFigures(), requests, replied });
  const loss = promising({ metric: "loss", target: 1000n, percentilePpm: null, protocol: null, hops: [1, 2] });
  const passed = (matched: bigint, lost: bigint, unknown = 0n): HourFigures => ({
    ...noFigures(),
    matched,
    lost,
    unknown,
  });

  test("are compared without rounding", () => {
    expect(judgedHour(answered, asked(1000n, 995n)).state).toBe("within");
    expect(judgedHour(answered, asked(1_000_000_001n, 995_000_000n)).state).toBe("beyond");
    expect(judgedHour(loss, passed(999n, 1n)).state).toBe("within");
    expect(judgedHour(loss, passed(998_999_999_999n, 1_000_000_000n)).state).toBe("beyond");
    const clean = promising({ metric: "retransmitted", target: 0n, percentilePpm: null, protocol: null });
    expect(judgedHour(clean, { ...noFigures(), segments: 10n ** 15n, retransmitted: 0n }).state).toBe("within");
    expect(judgedHour(clean, { ...noFigures(), segments: 10n ** 15n, retransmitted: 1n }).state).toBe("beyond");
  });

  test("what is unknown, or may have been dropped by a probe, leaves unclear what it could decide", () => {
    expect(judgedHour(loss, passed(10_000n, 5n, 5n)).state).toBe("within");
    expect(judgedHour(loss, passed(10_000n, 5n, 6n)).state).toBe("unclear");
    expect(judgedHour(loss, passed(10_000n, 11n, 6n)).state).toBe("beyond");
    expect(judgedHour(loss, passed(10_000n, 11n), { droppedBehind: 1n }).state).toBe("unclear");
    expect(judgedHour(loss, passed(10_000n, 20n), { droppedBehind: 1n }).state).toBe("beyond");
    expect(judgedHour(answered, asked(1000n, 994n), { droppedBehind: 1n }).state).toBe("unclear");
    expect(judgedHour(answered, asked(1000n, 993n), { droppedBehind: 1n }).state).toBe("beyond");
  });
});

describe("completeness", () => {
  test("an hour is judged only when enough of it was measured, and when there are samples enough", () => {
    const promised = promising({ samples: 2n });
    const two = spread(1, 2);
    expect(judgedHour(promised, two).state).toBe("within");
    expect(judgedHour(promised, spread(1)).state).toBe("few");
    expect(judgedHour(promised, noFigures()).state).toBe("few");
    expect(judgedHour(promised, two, { coveredS: 3420n }).state).toBe("within");
    expect(judgedHour(promised, two, { coveredS: 3419n }).state).toBe("unmeasured");
    expect(judgedHour(promised, two, { packets: 95n, dropped: 5n }).state).toBe("within");
    expect(judgedHour(promised, two, { packets: 949n, dropped: 51n }).state).toBe("unmeasured");
    expect(judgedHour(promised, two, { coveredS: 3510n, packets: 97n, dropped: 3n }).state).toBe("unmeasured");
    expect(judgedHour(promised, two, { packets: 0n, dropped: 0n }).state).toBe("within");
    const unwatched = judge({
      promised,
      figures: new Map([[HOURS[0]!, two]]),
      watches: new Map(),
    });
    expect(unwatched.hours[0]!.state).toBe("unmeasured");
    expect(unwatched.measured).toBeNull();
  });

  /** The verdict on a day whose hours are like this, letter by letter: within, beyond, unclear, few, not measured. */
  function verdictOf(letters: string, changes: Partial<Promised> = {}): string {
    const states: Record<string, HourState> = { w: "within", b: "beyond", u: "unclear", f: "few", n: "unmeasured" };
    const hours = HOURS.slice(0, letters.length);
    const kinds = [...letters].map((letter) => states[letter]!);
    const promised = promising({ metric: "latency", hops: [1, 2], probe: null, hours, ...changes });
    const result = judge({
      promised,
      figures: new Map(hours.map((hour, at) => [hour, kinds[at] === "few" ? noFigures() : samplesFor(kinds[at]!)])),
      watches: new Map(
        hours.flatMap((hour, at) =>
          kinds[at] === "unmeasured" ? [] : [[hour, { ...WHOLE, clockErrorNs: BigInt(ms(5)) }] as const],
        ),
      ),
    });
    expect(result.hours.map(({ state }) => state)).toEqual(kinds);
    return result.verdict;
  }

  function samplesFor(state: HourState): HourFigures {
    return spread(state === "beyond" ? ms(120) : state === "unclear" ? ms(82) : ms(10));
  }

  test.each([
    ["wwww", {}, "met"],
    ["wwwb", {}, "missed"],
    ["wwwb", { hoursPpm: 750_000n }, "met"],
    ["wwwb", { hoursPpm: 750_001n }, "missed"],
    // Idle hours speak neither for nor against.
    ["wffffffff", {}, "met"],
    ["bffffffff", {}, "missed"],
    ["ffff", {}, "not enough data"],
    ["nnnn", {}, "not enough data"],
    // A breach that was seen does not outweigh hours that nobody saw.
    ["bnn", {}, "not enough data"],
    ["wwwn", { measuredPpm: 750_000n }, "met"],
    ["wwwn", { measuredPpm: 750_001n }, "not enough data"],
    ["wwwu", {}, "unclear"],
    ["bwwu", {}, "missed"],
    ["wwwu", { hoursPpm: 750_000n }, "met"],
    ["wwbu", { hoursPpm: 750_000n }, "unclear"],
    ["wbbu", { hoursPpm: 750_000n }, "missed"],
    ["u", {}, "unclear"],
  ])("hours %s with %o are %s", (letters, changes, verdict) => {
    expect(verdictOf(letters, changes)).toBe(verdict);
  });

  test("what was measured over the period leaves out the hours that were not measured", () => {
    const hours = HOURS.slice(0, 2);
    const answered = promising({ metric: "answered", target: 500_000n, percentilePpm: null, hours });
    const result = judge({
      promised: answered,
      figures: new Map(hours.map((hour) => [hour, { ...noFigures(), requests: 10n, replied: 7n }])),
      watches: new Map([[hours[0]!, WHOLE]]),
    });
    expect(result.measured).toEqual({ kind: "share", part: 7n, whole: 10n });
    expect([result.samples, result.samplesWithin, result.samplesBeyond]).toEqual([10n, 7n, 3n]);
  });
});
