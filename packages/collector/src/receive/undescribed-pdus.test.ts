import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DataPdu, encoderOf, observationTypes, parseLogFileName } from "@trafmon/observation";
import { Counters, createLog, FakeClock } from "@trafmon/runtime";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { OneWay } from "../consolidate/one-way.ts";
import { endPdu, flowPdu, pdu, udpPdu } from "../fixtures/test-probe.ts";
import { CommittedLogs } from "../write/committed-logs.ts";
import { OwnEvents } from "../write/own-events.ts";
import { StreamIntake } from "./stream-intake.ts";
import { UndescribedPdus } from "./undescribed-pdus.ts";

const RUN = "00000000000000aa";
let directory: string;
let lives = 0;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "undescribed-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

async function life() {
  const epoch = (++lives).toString(16).padStart(16, "0");
  const clock = new FakeClock();
  const folders = { logDir: join(directory, "logs"), stateDir: join(directory, "state") };
  const logs = new CommittedLogs({ ...folders, collector: "c", epoch, clock });
  const undescribed = new UndescribedPdus(logs.pending);
  const counters = new Counters();
  const { log } = createLog({ program: "test", write: () => {} });
  const events = new OwnEvents(logs, "c", epoch, clock, log);
  const oneWay = new OneWay({ logs, events, counters, clock, collector: "c", epoch, maxSightings: 1000 });
  await logs.open();
  const parts = { logs, events, counters, oneWay, undescribed, windowPdus: 1024 };
  const intake = new StreamIntake(logs.stream("p", RUN), parts);
  return { logs, intake, undescribed };
}

/** Fields of the lines of a type, in the order of the files. */
function linesOf(type: string): string[][] {
  const folder = join(directory, "logs");
  const files = readdirSync(folder).filter((file) => parseLogFileName(file)?.type === type);
  return files.sort().flatMap((file) =>
    readFileSync(join(folder, file), "utf8")
      .split("\n")
      .slice(1, -1)
      .map((line) => line.split("\t")),
  );
}

/** Of each UDP record: its flow and the sequence of its PDU. */
const records = () => linesOf("udpct").map((fields) => `${fields[3]} ${fields[6]}`);
const repeat = (flows: readonly number[]) => flowPdu(0, flows, { isRepeat: true, firstRecordNo: flows[0]! });

test("what waits for descriptions is taken, and written in order when they come; other types go by", async () => {
  const { logs, intake } = await life();
  intake.beginAt(5);
  intake.take(udpPdu(5, [7]));
  intake.take(udpPdu(6, [8, 7]));
  intake.take(flowPdu(7, [9]));
  intake.take(udpPdu(8, [9]));
  const text = { at_s: 1, at_nanos: 0, origin: "p", severity: "info", code: "x", text: "y", parameters: "{}" } as const;
  const into = Buffer.alloc(200);
  const end = encoderOf(observationTypes.event).encode(text, into, 0);
  intake.take(pdu(observationTypes.event.code, 9, 1, into.subarray(0, end)));
  await logs.commit();
  expect(intake.stream.safeThrough).toBe(9);
  expect(records()).toEqual([]);
  expect(linesOf("event").filter(([probe]) => probe === "p")).toHaveLength(1);
  expect(intake.wanted()).toEqual([7, 8]);
  intake.take(repeat([7]));
  await logs.commit();
  expect(records()).toEqual(["7 5"]);
  expect(intake.wanted()).toEqual([8]);
  intake.take(repeat([8]));
  await logs.close();
  expect(records()).toEqual(["7 5", "8 6", "7 6", "9 8"]);
  expect(intake.wanted()).toEqual([]);
});

test("descriptions that do not come are given up: the records are written all the same", async () => {
  const { logs, intake } = await life();
  intake.beginAt(2);
  intake.take(udpPdu(2, [7]));
  for (let second = 0; second < 30; second++) expect(intake.wanted()).toEqual([7]);
  expect(intake.wanted()).toEqual([]);
  await logs.close();
  expect(records()).toEqual(["7 2"]);
  expect(linesOf("event").map((fields) => fields[6])).toEqual(["sequences_missing", "definitions_missing"]);
});

test("the end of the run is not acknowledged before: the probe is still needed", async () => {
  const { logs, intake } = await life();
  intake.beginAt(2);
  intake.take(udpPdu(2, [7]));
  intake.take(endPdu(3));
  await logs.commit();
  expect([intake.stream.safeThrough, intake.hasEnded]).toEqual([2, false]);
  intake.take(repeat([7]));
  await logs.close();
  expect([intake.stream.safeThrough, intake.hasEnded]).toEqual([3, true]);
  expect(records()).toEqual(["7 2"]);
});

test("when there is no room left to wait in, the rest stays with its probe", async () => {
  const { logs, intake, undescribed } = await life();
  intake.beginAt(2);
  const names = { probe: "other", run: "00000000000000bb" };
  undescribed.hold(names, { ...udpPdu(1, [1]), body: Buffer.alloc((64 << 20) - 10) }, [1]);
  intake.take(udpPdu(2, [7]));
  await logs.commit();
  expect(intake.stream.safeThrough).toBe(1);
  undescribed.release(
    names,
    () => true,
    () => {},
  );
  // Asked again a second later, it has room now.
  expect(intake.wanted()).toEqual([7]);
  intake.take(flowPdu(0, [7], { isRepeat: true }));
  await logs.close();
  expect(records()).toEqual(["7 2"]);
});

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant("send") },
    { weight: 2, arbitrary: fc.constantFrom("commit", "answer") },
    { weight: 1, arbitrary: fc.constantFrom("crash", "restart", "rotate") },
  ),
  { maxLength: 50 },
);

test("whatever crashes between: every record stands in the logs once, in order, behind its description", async () => {
  await fc.assert(
    fc.asyncProperty(
      steps,
      fc.array(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 })),
      async (words, given) => {
        for (const folder of ["logs", "state"]) rmSync(join(directory, folder), { recursive: true, force: true });
        const pdus: DataPdu[] = given.map((flows, index) =>
          index % 4 === 3 ? flowPdu(index + 2, [10 + index]) : udpPdu(index + 2, flows),
        );
        let now = await life();
        now.intake.beginAt(2);
        const send = () => {
          const next = pdus[now.intake.stream.through - 1];
          if (next !== undefined) now.intake.take(next);
        };
        for (const word of [...words, ...pdus.map(() => "send"), "answer", "answer", "answer"]) {
          if (word === "send") send();
          else if (word === "commit") await now.logs.commit();
          else if (word === "rotate") await now.logs.rotate();
          else if (word === "answer") {
            const [first, ...rest] = now.intake.wanted();
            // One at a time, so that some wait while others go.
            if (first !== undefined) now.intake.take(repeat([first]));
            if (rest.length > 2) now.intake.take(repeat([rest.at(-1)!]));
          } else {
            if (word === "crash") await now.logs.abandon();
            else await now.logs.close();
            now = await life();
            if (now.intake.stream.through < 1) now.intake.beginAt(2);
          }
        }
        for (let flow = 1; flow <= 6; flow++) now.intake.take(repeat([flow]));
        await now.logs.close();
        const expected = pdus.flatMap((each, index) =>
          each.type === observationTypes.udpct.code ? given[index]!.map((flow) => `${flow} ${index + 2}`) : [],
        );
        expect(records()).toEqual(expected);
        const described = linesOf("flow").map((fields) => fields[3]);
        expect(new Set(described).size).toBe(described.length);
      },
    ),
    { numRuns: 25 },
  );
});
