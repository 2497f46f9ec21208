import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type DataPdu,
  encoderOf,
  observationTypes,
  readGapBody,
  specialPdus,
  WINDOW_PDUS,
  writeGapBody,
} from "@trafmon/observation";
import { Counters, createLog, FakeClock } from "@trafmon/runtime";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { OneWay } from "../consolidate/one-way.ts";
import { endPdu, flowPdu, pdu, udpPdu } from "../fixtures/test-probe.ts";
import { CommittedLogs } from "../write/committed-logs.ts";
import { OwnEvents } from "../write/own-events.ts";
import { type IntakeParts, StreamIntake } from "./stream-intake.ts";
import { UndescribedPdus } from "./undescribed-pdus.ts";

const { flowend } = observationTypes;
let directory: string;
let logs: CommittedLogs;
let counters: Counters;
let intake: StreamIntake;
/** Makes an intake of a run of its own. */
let intakeOf: (run: string, more?: Partial<IntakeParts>) => StreamIntake;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "intake-"));
  const clock = new FakeClock();
  const epoch = "0".repeat(15);
  logs = new CommittedLogs({
    logDir: join(directory, "logs"),
    stateDir: join(directory, "state"),
    collector: "c",
    epoch: `${epoch}1`,
    clock,
  });
  await logs.open();
  counters = new Counters();
  const { log } = createLog({ program: "test", write: () => {} });
  const events = new OwnEvents(logs, "c", `${epoch}1`, clock, log);
  const parts = { logs, events, counters, clock, collector: "c", epoch: `${epoch}1` };
  const undescribed = new UndescribedPdus(logs.pending);
  const oneWay = new OneWay({ ...parts, maxSightings: 1000 });
  intakeOf = (run, more = {}) =>
    new StreamIntake(logs.stream("p", run), {
      logs,
      events,
      counters,
      oneWay,
      undescribed,
      windowPdus: WINDOW_PDUS,
      ...more,
    });
  intake = intakeOf(`${epoch}2`);
});
afterEach(async () => {
  await logs.abandon();
  rmSync(directory, { recursive: true });
});

/** The ends of these flows, said again. */
function endsAgain(flowIds: readonly number[]) {
  const encoder = encoderOf(flowend);
  const into = Buffer.alloc(4096);
  let at = 0;
  for (const flow_id of flowIds) {
    at = encoder.encode({ flow_id, ended_s: 1_700_000_000, ended_nanos: 0, reason: "idle" }, into, at);
  }
  return pdu(flowend.code, 0, flowIds.length, into.subarray(0, at), { isRepeat: true });
}

const written = (type: string) => counters.snapshot().get(`records_written_${type}`) ?? 0;

test("what is held is never more than an acknowledgement can say, however far a run begins", () => {
  intake.stream.through = 2 ** 40;
  intake.take(udpPdu(2 ** 40 + 5, [1]));
  expect(intake.held("p")).toHaveLength(WINDOW_PDUS);
});

test("flows that nobody can describe any more hold the run for a while and not for ever", () => {
  intake.take(udpPdu(1, [7]));
  for (let i = 0; i < 40; i++) {
    if (intake.wanted().length === 0) break;
    // The probe has forgotten flow 7, but still remembers how others have ended.
    intake.take(endsAgain([7, 8, 9]));
  }
  expect([intake.stream.through, written("udpct")]).toEqual([1, 1]);
});

test("repeats are written once, and the ends of flows not again", () => {
  intake.take(udpPdu(1, [7]));
  for (let i = 0; i < 3; i++) {
    intake.take(flowPdu(0, [7], { isRepeat: true }));
    intake.take(endsAgain([7]));
  }
  expect([written("flow"), written("flowend"), written("udpct")]).toEqual([1, 0, 1]);
});

test("what cannot be understood describes nothing, however much of it was read before", () => {
  intake.take(udpPdu(1, [7]));
  const again = flowPdu(0, [7], { isRepeat: true });
  intake.take({ ...again, body: Buffer.concat([again.body, Buffer.of(0)]) });
  expect([written("flow"), written("udpct")]).toEqual([0, 0]);
  intake.take(again);
  expect([written("flow"), written("udpct")]).toEqual([1, 1]);
});

test("of flows said again those are written that are new, as they are when said for the first time", async () => {
  intake.take(flowPdu(1, [7]));
  intake.take(flowPdu(0, [6, 7, 8, 8], { isRepeat: true }));
  await logs.commit();
  const [name] = readdirSync(join(directory, "logs")).filter((each) => each.startsWith("flow_"));
  const [, ...lines] = readFileSync(join(directory, "logs", name!), "utf8")
    .trimEnd()
    .split("\n");
  const fields = lines.map((line) => line.split("\t"));
  expect(fields.map(([, , recordNo, flowId]) => [recordNo, flowId])).toEqual([
    ["1", "7"],
    ["1", "6"],
    ["3", "8"],
  ]);
  expect(new Set(fields.map((each) => each.slice(4).join())).size).toBe(1);
});

test.each([1, 3])("a gap notice nobody can understand is passed on as one that can be, for %i sequences", (count) => {
  const taken: DataPdu[] = [];
  const two = intakeOf("2".repeat(16), { onTaken: (each) => taken.push(each) });
  two.take(pdu(specialPdus.gap, 1, count, Buffer.of(1)));
  expect(two.stream.through).toBe(count);
  expect(taken.map(({ body, recordCount }) => readGapBody(body, recordCount).length)).toEqual([count]);
});

test("after the end nothing is said again", () => {
  intake.take(flowPdu(1, [7]));
  intake.take(endPdu(2));
  intake.take(flowPdu(0, [7, 8], { isRepeat: true }));
  expect([intake.hasEnded, written("flow")]).toEqual([true, 1]);
});

/** Stands for these sequences, each a PDU of one record. */
function gapOf(from: number, to: number): DataPdu {
  const dropped = Array.from({ length: to + 1 - from }, () => {
    return { type: observationTypes.udpct.code, recordCount: 1, firstRecordNo: 1, watermarkS: 1_700_000_000 };
  });
  return pdu(specialPdus.gap, from, dropped.length, writeGapBody(dropped));
}

/** What came of a run, as its lines say: sequences of its UDP counters, and of what was lost. */
async function outcomeOf(run: string) {
  await logs.commit();
  const linesOf = (type: string) => {
    const names = readdirSync(join(directory, "logs")).filter((name) => name.startsWith(`${type}_`));
    const texts = names.map((name) => readFileSync(join(directory, "logs", name), "utf8"));
    return texts.flatMap((text) => text.split("\n").filter((line) => line.includes(run)));
  };
  const lost = linesOf("event").flatMap((line) => {
    const { from_sequence: from, to_sequence: to } = JSON.parse(line.split("\t").at(-1)!.replaceAll("\\\\", "\\"));
    return Array.from({ length: to + 1 - from }, (_, index) => from + index);
  });
  return { written: linesOf("udpct").map((line) => Number(line.split("\t")[6])), lost };
}

test("of a gap notice that came one way, what came another way is written", async () => {
  intake.take(flowPdu(1, [1]));
  intake.take(udpPdu(4, [1]), "p");
  intake.take(udpPdu(6, [1]), "p");
  intake.take(gapOf(2, 5), "site/p");
  expect(await outcomeOf(intake.stream.run)).toEqual({ written: [4, 6], lost: [2, 3, 5] });
  expect(intake.stream.through).toBe(6);
});

test("a gap notice is not held against a sender that has what another lost", () => {
  intake.take(gapOf(2, 5), "site/p");
  expect(intake.held("p")).toEqual([]);
  expect(intake.held("site/p")).toEqual([2]);
});

test("where a run begins, what came another way before is written", async () => {
  intake.take(flowPdu(0, [1], { isRepeat: true }));
  intake.take(udpPdu(3, [1]), "site/p");
  intake.beginAt(6);
  expect(await outcomeOf(intake.stream.run)).toEqual({ written: [3], lost: [1, 2, 4, 5] });
  expect(intake.stream.through).toBe(5);
});

test("where a run begins, what one sender lost and another may have is waited for", async () => {
  let isAnotherHeard = true;
  const three = intakeOf("6".repeat(16), { mayBring: () => isAnotherHeard });
  three.take(flowPdu(1, [1]));
  three.take(gapOf(2, 3), "site/p");
  three.beginAt(6);
  expect(three.stream.through).toBe(1);
  isAnotherHeard = false;
  three.wanted();
  expect(await outcomeOf(three.stream.run)).toEqual({ written: [], lost: [2, 3, 4, 5] });
});

test("whatever two senders lost, and whatever order it comes in: all that one of them has is written", async () => {
  const size = 12;
  const has = fc.array(fc.boolean(), { minLength: size, maxLength: size });
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(has, has, fc.infiniteStream(fc.nat()), async (one, other, chance) => {
      const run = `1${String(++runs).padStart(15, "0")}`;
      const two = intakeOf(run, { mayBring: (_, missedBy) => missedBy.size < 2 });
      two.take(flowPdu(1, [1]));
      const ways = [
        { sender: "p", pdus: pdusOf(one) },
        { sender: "site/p", pdus: pdusOf(other) },
      ];
      const coming = ways.flatMap(({ sender, pdus }) => [...pdus, ...pdus].map((each) => ({ sender, pdu: each })));
      while (coming.length > 0) {
        const at = chance.next().value % coming.length;
        const [{ sender, pdu: next }] = coming.splice(at, 1) as [(typeof coming)[number]];
        two.take(next, sender);
      }
      const sequences = Array.from({ length: size }, (_, index) => index + 2);
      const isHere = (sequence: number) => one[sequence - 2] || other[sequence - 2];
      expect(await outcomeOf(run)).toEqual({
        written: sequences.filter(isHere),
        lost: sequences.filter((sequence) => !isHere(sequence)),
      });
    }),
    { numRuns: 100 },
  );
});

/** PDUs from sequence 2 on; gap notices, as long as can be, for those that are not there. */
function pdusOf(has: readonly boolean[]): DataPdu[] {
  const pdus: DataPdu[] = [];
  for (let at = 0; at < has.length; at++) {
    const from = at;
    while (at + 1 < has.length && !has[from] && !has[at + 1]) at++;
    pdus.push(has[from] ? udpPdu(from + 2, [1]) : gapOf(from + 2, at + 2));
  }
  return pdus;
}

test("whatever notices a sender tells, overlapping as they like: each sequence is written or told lost, once", async () => {
  const size = 24;
  const told = fc.record({
    sender: fc.constantFrom("p", "site/p"),
    from: fc.integer({ min: 2, max: size }),
    span: fc.integer({ min: 1, max: size }),
    isPdu: fc.boolean(),
  });
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(told, { maxLength: 40 }), fc.boolean(), async (all, isWaitedFor) => {
      const run = `3${String(++runs).padStart(15, "0")}`;
      const mayBring = (_: number, missedBy: ReadonlySet<string>) => isWaitedFor && missedBy.size < 2;
      const two = intakeOf(run, { mayBring });
      two.take(flowPdu(1, [1]));
      for (const { sender, from, span, isPdu } of all) {
        const isTaken = two.take(isPdu ? udpPdu(from, [1]) : gapOf(from, from + span - 1), sender);
        expect(isTaken).toBe(true);
      }
      const { written, lost } = await outcomeOf(run);
      const both = [...written, ...lost].sort((a, b) => a - b);
      expect(both).toEqual(Array.from({ length: two.stream.through - 1 }, (_, index) => index + 2));
      const isTold = (sequence: number) =>
        all.some(({ from, span, isPdu }) => !isPdu && sequence >= from && sequence < from + span);
      expect(lost.filter((sequence) => !isTold(sequence))).toEqual([]);
      // What waits is what nobody has told enough of.
      const next = two.stream.through + 1;
      const hasNext = all.some(({ from, isPdu }) => isPdu && from === next);
      const missing = all.filter(({ from, span, isPdu }) => !isPdu && next >= from && next < from + span);
      expect(hasNext || new Set(missing.map(({ sender }) => sender)).size >= (isWaitedFor ? 2 : 1)).toBe(false);
    }),
    { numRuns: 150 },
  );
});

test("however many notices overlap, as many are kept as a sender can have under way; all is told once in the end", async () => {
  intake.take(flowPdu(1, [1]));
  // Each says more than those before it, and none what all wait for.
  for (let span = 1; span <= 500; span++) for (const from of [3, 9, 700, 40]) intake.take(gapOf(from, from + span - 1));
  for (let from = 900; from > 2; from -= 2) intake.take(gapOf(from, from));
  for (let from = 3; from <= 1000; from += 2) intake.take(gapOf(from, 1500));
  expect(intake.earlyPdus).toBeLessThanOrEqual(WINDOW_PDUS);
  intake.take(gapOf(2, 2));
  // What found no room comes again.
  for (let from = 3; from <= 1000; from += 2) intake.take(gapOf(from, 1500));
  const { lost } = await outcomeOf(intake.stream.run);
  expect(lost).toEqual(Array.from({ length: intake.stream.through - 1 }, (_, index) => index + 2));
  expect(intake.stream.through).toBe(1500);
});

test("notices for which there is no room come again, but what all wait for is taken", () => {
  intake.take(flowPdu(1, [1]));
  for (let from = 3; from <= WINDOW_PDUS; from++) expect(intake.take(gapOf(from, from))).toBe(true);
  for (const sender of ["p", "site/p"]) expect(intake.take(gapOf(WINDOW_PDUS + 1, 5000), sender)).toBe(true);
  // Those that are here leave as many holes, which with them are as many as are kept.
  const scattered = intakeOf("4".repeat(16));
  scattered.take(flowPdu(1, [1]));
  for (let from = 4; from <= WINDOW_PDUS; from += 2) scattered.take(gapOf(from, from));
  expect(scattered.take(gapOf(3, 5000))).toBe(true);
  expect(scattered.take(gapOf(3, 6000))).toBe(true);
  expect(scattered.take(gapOf(3, 6500))).toBe(false);
  expect(scattered.earlyPdus).toBe(WINDOW_PDUS);
  expect(scattered.take(gapOf(2, 7000))).toBe(false);
  expect(scattered.stream.through).toBe(6000);
  expect(scattered.take(gapOf(2, 7000))).toBe(true);
  expect(scattered.stream.through).toBe(7000);
});

test("what is passed on of a notice fits a datagram, however many sequences it stands for", () => {
  const bodies: number[] = [];
  const two = intakeOf("5".repeat(16), { onTaken: (each) => bodies.push(each.body.length) });
  two.take(pdu(specialPdus.gap, 1, 65_535, Buffer.of(1)));
  expect(two.stream.through).toBe(65_535);
  expect(Math.max(...bodies)).toBeLessThanOrEqual(60_000);
});
