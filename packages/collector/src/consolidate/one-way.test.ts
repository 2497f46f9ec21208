import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DataPdu, observationTypes, parseLogFileName, specialPdus } from "@trafmon/observation";
import { Counters, createLog, FakeClock } from "@trafmon/runtime";
import { type Configuration, parseConfiguration } from "@trafmon/settings";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type NaiveSighting, naiveVerdicts } from "../fixtures/naive-one-way.ts";
import { answerOf, sightingBody } from "../fixtures/one-way-bench.ts";
import { endPdu, pdu } from "../fixtures/test-probe.ts";
import { StreamIntake } from "../receive/stream-intake.ts";
import { UndescribedPdus } from "../receive/undescribed-pdus.ts";
import { CommittedLogs } from "../write/committed-logs.ts";
import { OwnEvents } from "../write/own-events.ts";
import { OneWay } from "./one-way.ts";

const START_S = 1_700_000_040;
const HOPS = [1, 2, 3];

let directory: string;
let clock: FakeClock;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "one-way-"));
  clock = new FakeClock();
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const probes = HOPS.map((hop) => `<probe name="h${hop}"><sendTo collector="c"/></probe>`).join("");
const configuration: Configuration = parseConfiguration(
  `<trafMon site="test"><collectors><collector name="c"/></collectors><probes>${probes}</probes><flowClasses>
     <flowClass name="all" account="yes"><ipCounters/></flowClass>
     <flowClass name="way"><ipCounters/><oneWay timeout="1s" details="latency">
       ${HOPS.map((hop) => `<hop probe="h${hop}"/>`).join("")}</oneWay></flowClass>
   </flowClasses></trafMon>`,
  "tmon.xml",
);

let lives = 0;

/** A life of the collector without its sockets. */
async function life(maxSightings = 1000) {
  const epoch = (++lives).toString(16).padStart(16, "0");
  const folders = { logDir: join(directory, "logs"), stateDir: join(directory, "state") };
  const logs = new CommittedLogs({ ...folders, collector: "c", epoch, clock });
  const counters = new Counters();
  const { log } = createLog({ program: "test", write: () => {} });
  const events = new OwnEvents(logs, "c", epoch, clock, log);
  const undescribed = new UndescribedPdus(logs.pending);
  const oneWay = new OneWay({ logs, events, counters, clock, collector: "c", epoch, maxSightings });
  await logs.open();
  oneWay.useConfiguration(configuration);
  const intakes = HOPS.map((hop) => {
    const stream = logs.stream(`h${hop}`, `${hop}`.repeat(16));
    return new StreamIntake(stream, { logs, events, counters, oneWay, undescribed, windowPdus: 1024 });
  });
  return { logs, oneWay, intakes, counters };
}

/** Records of all files in the folder, as they are named in their headers. */
function records(): { type: string; record: Record<string, string> }[] {
  return readdirSync(join(directory, "logs")).flatMap((file) => {
    const [header, ...lines] = readFileSync(join(directory, "logs", file), "utf8")
      .split("\n")
      .slice(0, -1);
    const names = header!.split("\t");
    return lines.map((line) => ({
      type: parseLogFileName(file)!.type,
      record: Object.fromEntries(line.split("\t").map((value, index) => [names[index]!, value])),
    }));
  });
}

const at = (hop: number, ms: number, signature: number): NaiveSighting => ({
  hop,
  signature: signature.toString(16).padStart(16, "0"),
  ns: BigInt(START_S) * 1_000_000_000n + BigInt(Math.round(ms * 1e6)),
  bytes: 100 + signature,
});

/** What a probe sends: its sightings a few a PDU, the time on beyond them, and the end of its run. */
function pdusOf(sightings: readonly NaiveSighting[], perPdu: number): DataPdu[] {
  const configurationHash = configuration.hash;
  const watermark = (ms: number) => ({ s: START_S + Math.floor(ms / 1000), nanos: 0 });
  const mine = [...sightings].sort((a, b) => Number(a.ns - b.ns));
  const pdus = [
    pdu(specialPdus.heartbeat, 1, 0, Buffer.alloc(0), { configurationHash, watermark: watermark(-20_000) }),
  ];
  const first = pdu(observationTypes.slice.code, 1, 0, Buffer.alloc(0));
  pdus.push({ ...first, configurationHash, watermark: watermark(-20_000) });
  for (let from = 0; from < mine.length; from += perPdu) {
    const part = mine.slice(from, from + perPdu);
    const next = mine[from + perPdu];
    const ms = next === undefined ? 60_000 : Number(next.ns / 1_000_000n) - START_S * 1000;
    const more = { configurationHash, watermark: watermark(ms) };
    pdus.push(pdu(observationTypes.owsig.code, 0, part.length, sightingBody(part), more));
  }
  pdus.push({ ...endPdu(0), configurationHash, watermark: watermark(60_000) });
  return pdus.slice(1).map((each, index) => ({ ...each, sequence: index + 1 }));
}

const journeys = fc.record({
  packets: fc.array(
    fc.record({
      signature: fc.nat(20),
      sentMs: fc.nat(9000),
      delays: fc.array(fc.nat(300), { minLength: 3, maxLength: 3 }),
      seen: fc.nat(7),
    }),
    { minLength: 10, maxLength: 30 },
  ),
  perPdu: fc.integer({ min: 2, max: 8 }),
  steps: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom("1", "2", "3") },
      { weight: 8, arbitrary: fc.constant("all") },
      { weight: 2, arbitrary: fc.constant("commit") },
      { weight: 1, arbitrary: fc.constantFrom("crash", "restart", "rotate", "second") },
    ),
    { minLength: 20, maxLength: 60 },
  ),
});

test("whatever crashes between, the merged logs hold every verdict once", async () => {
  await fc.assert(
    fc.asyncProperty(journeys, async ({ packets, perPdu, steps }) => {
      const seen = packets.flatMap(({ signature, sentMs, delays, seen: mask }) =>
        HOPS.filter((hop) => mask & (1 << (hop - 1))).map((hop) =>
          at(hop, sentMs + delays.slice(0, hop).reduce((sum, each) => sum + each / 7, 0), signature),
        ),
      );
      const streams = HOPS.map((hop) =>
        pdusOf(
          seen.filter((each) => each.hop === hop),
          perPdu,
        ),
      );
      rmSync(join(directory, "logs"), { recursive: true, force: true });
      rmSync(join(directory, "state"), { recursive: true, force: true });
      let now = await life();
      /** Sends what the collector has not taken, as a probe does that was told so. */
      const send = (index: number) => {
        const { stream } = now.intakes[index]!;
        const next = streams[index]![stream.through];
        if (next !== undefined) now.intakes[index]!.take(next);
      };
      for (const step of [...steps, ...HOPS.flatMap((hop) => Array(40).fill(String(hop)) as string[])]) {
        if (step === "commit") await now.logs.commit();
        else if (step === "rotate") await now.logs.rotate();
        else if (step === "second") {
          clock.advance(1000);
          now.oneWay.passTime();
        } else if (step === "crash") {
          await now.logs.abandon();
          now = await life();
        } else if (step === "restart") {
          now.oneWay.tellAll();
          await now.logs.close();
          now = await life();
        } else if (step === "all") for (const index of HOPS.keys()) send(index);
        else send(Number(step) - 1);
      }
      now.oneWay.tellAll();
      await now.logs.close();
      const way = { routes: [HOPS], timeoutNs: 1_000_000_000n, intervalS: 60n };
      expect(answerOf(records())).toEqual(naiveVerdicts(way, seen));
    }),
    { numRuns: 25 },
  );
});

test("a packet that had no room is settled once, whatever room a later life has", async () => {
  for (const later of [1000, 2]) {
    rmSync(directory, { recursive: true });
    const small = await life(4);
    const [first, ...others] = HOPS.map((hop) =>
      pdusOf(
        Array.from({ length: 20 }, (_, index) => at(hop, 100 * index, index)),
        5,
      ),
    );
    for (const each of first!.slice(0, -1)) small.intakes[0]!.take(each);
    small.oneWay.tellAll();
    await small.logs.close();
    const now = await life(later);
    now.intakes[0]!.take(first!.at(-1)!);
    others.forEach((pdus, index) => {
      for (const each of pdus) now.intakes[index + 1]!.take(each);
    });
    now.oneWay.tellAll();
    await now.logs.close();
    const { sums } = answerOf(records());
    const of = (verdict: string) => sums[`1-2 ${START_S} ${verdict}`]?.[0] ?? 0;
    expect(of("matched") + of("unknown") + of("lost") + of("missed")).toBe(20);
    if (later === 1000) expect([of("matched"), of("unknown"), of("dropped")]).toEqual([4, 16, 16]);
  }
});

test("a probe whose records were lost on the way makes packets of that time unknown", async () => {
  const now = await life();
  const [first, second, third] = HOPS.map((hop) => pdusOf([at(hop, 500 * hop, 1), at(hop, 8000 + hop, 2)], 1));
  for (const each of [...first!, ...third!]) now.intakes[[...first!].includes(each) ? 0 : 2]!.take(each);
  now.intakes[1]!.beginAt(3);
  for (const each of second!.slice(2)) now.intakes[1]!.take(each);
  for (let second = 0; second < 700; second++) {
    clock.advance(1000);
    now.oneWay.passTime();
  }
  now.oneWay.tellAll();
  await now.logs.close();
  const { sums } = answerOf(records());
  const of = (pair: string, verdict: string) => sums[`${pair} ${START_S} ${verdict}`]?.[0] ?? 0;
  expect([of("1-2", "lost"), of("1-2", "missed"), of("1-2", "unknown"), of("1-2", "matched")]).toEqual([0, 0, 1, 1]);
  expect(of("1-3", "matched")).toBe(2);
});

test("sightings of a probe at no hop, or of a class that is not watched, are counted and nothing else", async () => {
  const now = await life();
  const [, ...stream] = pdusOf([at(3, 1, 1)], 1);
  const other = now.logs.stream("elsewhere", "e".repeat(16));
  const { logs, oneWay, counters } = now;
  now.oneWay.takeSightings(other, stream[0]!);
  expect(counters.snapshot().get("sightings_not_kept{class not watched}")).toBe(1);
  now.oneWay.takeSightings(logs.stream("h1", "1".repeat(16)), stream[0]!);
  expect(counters.snapshot().get("sightings_not_kept{no such hop}")).toBe(1);
  oneWay.tellAll();
  await logs.close();
  expect(records()).toEqual([]);
});
