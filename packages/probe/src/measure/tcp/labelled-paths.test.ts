import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TcpConversation } from "../../testing/tcp-conversation.ts";
import { type LabelledPacket, type PathModel, playPath } from "../../testing/tcp-path-model.ts";
import { CAUSES } from "./retransmission-cause.ts";

const ROUNDS = 6;
/** One connection needs no large tables, and making them takes time. */
const SMALL = { maxFlows: 16, maxConnections: 16, maxFragments: 16 };

/** What a sender can be and how far it is: each scene is played with all of them. */
const KINDS: readonly Partial<PathModel>[] = [true, false].flatMap((hasSack) => [
  { hasSack, identification: "counted", hasTimestamps: false },
  { hasSack, identification: "none", hasTimestamps: true },
]);

function model(seed: number, scene: Partial<PathModel>): PathModel {
  // Taps near the sender, in the midst, near the receiver.
  const [toTap, toReceiver] = [
    [1, 20],
    [12, 12],
    [20, 1],
  ][seed % 3] as [number, number];
  const stretches = {
    before: { delayMs: toTap },
    behind: { delayMs: toReceiver },
    backBehind: { delayMs: toReceiver },
    backBefore: { delayMs: toTap },
  };
  const impaired = Object.fromEntries(
    Object.entries(stretches).map(([name, stretch]) => [
      name,
      { ...stretch, ...scene[name as keyof typeof stretches] },
    ]),
  );
  const usual = { segments: 300, window: 16, hasSack: true, identification: "counted", hasTimestamps: false } as const;
  return { ...usual, ...scene, ...(impaired as typeof stretches), seed };
}

interface Counts {
  retransmitted: number;
  upstream: number;
  outOfOrder: number;
  causes: { [cause in (typeof CAUSES)[number]]: number };
}

/** What the probe says of a played conversation. */
function measured(path: PathModel): { readonly counts: Counts; readonly packets: readonly LabelledPacket[] } {
  const { segments, packets } = playPath(path);
  const record = new TcpConversation(undefined, undefined, SMALL).send(...segments).connection();
  const causes = Object.fromEntries(CAUSES.map((cause) => [cause, record[`fwd_retransmit_${cause}`]]));
  const counts = {
    retransmitted: record.fwd_retransmitted_segments,
    upstream: record.fwd_upstream_loss_segments,
    outOfOrder: record.fwd_out_of_order_segments,
    causes: causes as Counts["causes"],
  };
  expect(CAUSES.reduce((sum, cause) => sum + counts.causes[cause], 0)).toBe(counts.retransmitted);
  return { counts, packets };
}

/** What the sender sent again, as far as a tap can know: it saw the bytes before, or higher ones. */
const isSentAgain = ({ reason, isCopy, wasSeen, hasHigher }: LabelledPacket) =>
  reason !== "first" && !isCopy && (wasSeen || hasHigher);
const isFill = ({ wasSeen, hasHigher }: LabelledPacket) => !wasSeen && hasHigher;

function count(packets: readonly LabelledPacket[], is: (packet: LabelledPacket) => boolean): number {
  return packets.filter(is).length;
}

/** Plays a scene with all kinds of senders and taps; `each` sees every conversation. */
function play(scene: Partial<PathModel>, each: (played: ReturnType<typeof measured>) => void): void {
  for (const kind of KINDS) {
    for (let seed = 1; seed <= ROUNDS; seed++) each(measured(model(seed, { ...kind, ...scene })));
  }
}

/** Sums of truth and verdict over the conversations of a scene. */
function sums(scene: Partial<PathModel>) {
  const truth = { again: 0, rto: 0, fs: 0, fills: 0, overtaken: 0, copies: 0 };
  const verdict = { again: 0, rto: 0, fs: 0, upstream: 0, overtaken: 0, copies: 0, unknown: 0 };
  play(scene, ({ counts, packets }) => {
    const { causes } = counts;
    truth.again += count(packets, isSentAgain);
    truth.rto += count(packets, (packet) => isSentAgain(packet) && packet.reason === "rto");
    truth.fs += count(packets, (packet) => isSentAgain(packet) && packet.reason === "fs");
    truth.fills += count(packets, (packet) => isSentAgain(packet) && isFill(packet));
    truth.overtaken += count(packets, (packet) => packet.reason === "first" && !packet.isCopy && packet.hasHigher);
    truth.copies += count(packets, ({ isCopy, wasSeen }) => isCopy && wasSeen);
    verdict.again += counts.retransmitted - causes.reor - causes.dup;
    verdict.rto += causes.rto + causes.unrto;
    verdict.fs += causes.fs + causes.unfs;
    verdict.upstream += counts.upstream;
    verdict.overtaken += counts.outOfOrder + causes.reor;
    verdict.copies += causes.dup;
    verdict.unknown += causes.unk;
  });
  return { truth, verdict };
}

/** Whether two counts differ by no more than a share of the greater one. */
function expectWithin(share: number, one: number, other: number): void {
  expect(Math.abs(one - other), `${one} and ${other}`).toBeLessThanOrEqual(share * Math.max(one, other));
}

describe("loss behind the tap", () => {
  const scenes: readonly [string, Partial<PathModel>][] = [
    ["of data", { behind: { delayMs: 0, loss: 0.03 } }],
    ["of ACKs", { backBehind: { delayMs: 0, loss: 0.1 }, backBefore: { delayMs: 0, loss: 0.1 } }],
    ["of both", { behind: { delayMs: 0, loss: 0.05 }, backBehind: { delayMs: 0, loss: 0.05 } }],
  ];
  test.each(scenes.map(([name, scene]) => [name, withoutDelay(scene)] as const))(
    "%s: every retransmission counts, none is lost before the tap, none out of order",
    (_, scene) => {
      play(scene, ({ counts, packets }) => {
        expect(counts.retransmitted).toBe(count(packets, isSentAgain));
        expect([counts.upstream, counts.outOfOrder, counts.causes.reor, counts.causes.dup]).toEqual([0, 0, 0, 0]);
      });
    },
  );

  test("time-outs and fast retransmits are told apart", () => {
    const { truth, verdict } = sums(withoutDelay({ behind: { delayMs: 0, loss: 0.04 } }));
    expect(truth.rto).toBeGreaterThan(20);
    expect(truth.fs).toBeGreaterThan(150);
    expectWithin(0.02, verdict.fs, truth.fs);
    expectWithin(0.05, verdict.rto, truth.rto);
    expect(verdict.unknown).toBeLessThanOrEqual(0.01 * truth.again);
  });
});

describe("loss before the tap", () => {
  const scene = withoutDelay({ before: { delayMs: 0, loss: 0.04 } });

  test("what fills a hole is known as lost before the tap, all of it", () => {
    play(scene, ({ counts, packets }) => {
      expect(counts.retransmitted).toBe(count(packets, isSentAgain));
      expect(counts.upstream).toBe(count(packets, (packet) => isSentAgain(packet) && isFill(packet)));
      expect(counts.outOfOrder).toBe(0);
    });
  });

  test("its causes are known as well", () => {
    const { truth, verdict } = sums(scene);
    expect(truth.fs).toBeGreaterThan(150);
    expectWithin(0.02, verdict.fs, truth.fs);
    expectWithin(0.1, verdict.rto, truth.rto);
  });
});

describe("jitter of 3 ms more or less before the tap", () => {
  test("alone it loses nothing, and the sender's needless retransmissions are its only ones", () => {
    const { truth, verdict } = sums(withoutDelay({ before: { delayMs: 0, jitterMs: 6 } }));
    expect(truth.overtaken).toBeGreaterThan(2000);
    expect(truth.again).toBeGreaterThan(200);
    expect(verdict.upstream).toBe(0);
    expect(verdict.overtaken).toBe(truth.overtaken);
    expect(verdict.again).toBe(truth.again);
  });

  test("with loss there, what was lost is told from what was overtaken", () => {
    const { truth, verdict } = sums(withoutDelay({ before: { delayMs: 0, jitterMs: 6, loss: 0.02 } }));
    expect(truth.fills).toBeGreaterThan(80);
    expectWithin(0.05, verdict.upstream, truth.fills);
    expectWithin(0.01, verdict.overtaken, truth.overtaken);
    expectWithin(0.01, verdict.again, truth.again);
  });

  test("where it is longer than the round trip, identifications still tell", () => {
    const short = { delayMs: 1 };
    const before = { delayMs: 1, jitterMs: 8, loss: 0.02 };
    const path = { before, behind: short, backBehind: short, backBefore: short };
    // By time alone, nearly all that was overtaken would be lost. Timestamps in milliseconds are too coarse to tell here.
    const { truth, verdict } = sums({ ...path, identification: "counted", hasTimestamps: false });
    expect(truth.fills).toBeGreaterThan(100);
    expect(truth.overtaken).toBeGreaterThan(10 * truth.fills);
    expectWithin(0.05, verdict.upstream, truth.fills);
    expectWithin(0.01, verdict.overtaken, truth.overtaken);
  });
});

test("jitter behind the tap changes no order before it; what the sender repeats for nothing was acknowledged", () => {
  const { truth, verdict } = sums(withoutDelay({ behind: { delayMs: 0, jitterMs: 6 } }));
  expect(truth.again).toBeGreaterThan(200);
  expect(verdict).toMatchObject({ again: truth.again, upstream: 0, overtaken: 0, copies: 0 });
});

test("what the network doubles is no retransmission of the sender", () => {
  const scene = withoutDelay({ before: { delayMs: 0, copies: 0.03, copyDelayMs: 3 }, hasSack: true });
  const { truth, verdict } = sums(scene);
  expect(truth.copies).toBeGreaterThan(150);
  // The first copy of what is acknowledged already is unknown: only then the tap begins to remember more.
  expect(verdict.copies + verdict.unknown).toBe(truth.copies);
  expectWithin(0.05, verdict.copies, truth.copies);
});

test("whatever the path does, causes add up, and unique bytes are those that passed", () => {
  const share = fc.double({ min: 0, max: 0.2, noNaN: true });
  const stretch = fc.record({
    delayMs: fc.double({ min: 0.1, max: 50, noNaN: true }),
    jitterMs: fc.double({ min: 0, max: 30, noNaN: true }),
    loss: share,
    copies: share,
    copyDelayMs: fc.double({ min: 0, max: 300, noNaN: true }),
  });
  const path = fc.record({
    seed: fc.integer(),
    before: stretch,
    behind: stretch,
    backBehind: stretch,
    backBefore: stretch,
    segments: fc.integer({ min: 1, max: 80 }),
    window: fc.integer({ min: 1, max: 40 }),
    hasSack: fc.boolean(),
    identification: fc.constantFrom("counted" as const, "none" as const),
    hasTimestamps: fc.boolean(),
  });
  fc.assert(
    fc.property(path, (given) => {
      const { segments } = playPath(given);
      const record = new TcpConversation(undefined, undefined, SMALL).send(...segments).connection();
      const causes = CAUSES.reduce((sum, cause) => sum + record[`fwd_retransmit_${cause}`], 0);
      expect(causes).toBe(record.fwd_retransmitted_segments);
      const places = new Set(
        segments.flatMap(({ from, length, sequence }) => (from === "client" && length ? sequence : [])),
      );
      expect(record.fwd_unique_payload_bytes).toBe(1000 * places.size);
      // Each segment with payload is new, fills a hole, or was seen before.
      const payloads = segments.filter(({ from, length }) => from === "client" && length).length;
      expect(record.fwd_payload_bytes).toBe(1000 * payloads);
      const upstream = record.fwd_upstream_loss_segments;
      expect(record.fwd_retransmitted_segments - payloads + places.size).toBeGreaterThanOrEqual(upstream);
    }),
    { numRuns: 60 },
  );
});

/** The impairments of a scene without its delays, which `model` gives. */
function withoutDelay(scene: Partial<PathModel>): Partial<PathModel> {
  const entries = Object.entries(scene).map(([name, value]) => {
    if (typeof value !== "object") return [name, value];
    const { delayMs: _, ...rest } = value;
    return [name, rest];
  });
  return Object.fromEntries(entries);
}
