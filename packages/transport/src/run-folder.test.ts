import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { observationTypes, specialPdus, writeDataPdu } from "@trafmon/observation";
import { Counters, FakeClock } from "@trafmon/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type OutgoingPdu, outgoingPdu } from "./outgoing-pdu.ts";
import { Spool } from "./spool.ts";
import { SpoolBudget } from "./spool-budget.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "run-folder-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function pduOf(sequence: number): OutgoingPdu {
  const head = { type: observationTypes.ipct.code, isRepeat: false, configurationHash: "00".repeat(8), recordCount: 1 };
  const body = Buffer.alloc(500, sequence);
  return outgoingPdu(writeDataPdu({ ...head, sequence, watermark: { s: 1, nanos: 0 }, firstRecordNo: sequence, body }));
}

/** Small enough for several files. */
function spooling() {
  const counters = new Counters();
  const troubles: Error[] = [];
  const spool = new Spool({
    directory: join(folder, "run"),
    collectors: ["a"],
    budget: new SpoolBudget(64 << 10),
    whenFull: "pause",
    maxBodyBytes: 1300,
    clock: new FakeClock(),
    counters,
    onTrouble: (error) => void troubles.push(error),
  });
  spool.open();
  return { spool, counters, troubles };
}

/** Twenty PDUs, and the names of the files that they are in. */
function spooled(): readonly string[] {
  const { spool } = spooling();
  for (let i = 1; i <= 20; i++) spool.take(pduOf(i));
  spool.flush();
  const files = readdirSync(join(folder, "run"));
  return files.filter((name) => name.endsWith(".pdus")).sort();
}

/** Has the disk say of a file what it says of a bad sector. */
function spoil(name: string): void {
  rmSync(join(folder, "run", name));
  symlinkSync("/proc/self/mem", join(folder, "run", name));
}

function walk(spool: Spool): OutgoingPdu[] {
  const found: OutgoingPdu[] = [];
  for (let next = spool.firstSequence; next < spool.nextSequence; next = found.at(-1)!.sequence + found.at(-1)!.span)
    found.push(...spool.from(next));
  return found;
}

test("a file that the disk does not give any more keeps no spool from being opened, and its PDUs are told as lost", () => {
  const [, middle, third] = spooled() as [string, string, string];
  spoil(middle);
  const { spool, counters } = spooling();
  const [from, to] = [Number.parseInt(middle, 10), Number.parseInt(third, 10)];
  const gaps = walk(spool).filter(({ type }) => type === specialPdus.gap);
  expect(gaps.map(({ sequence, span }) => [sequence, span])).toEqual([[from, to - from]]);
  expect(counters.byReason("pdus_lost").of("spool unreadable")).toBe(to - from);
});

test("the end of a run that the disk does not give is told and kept, whatever becomes of the rest", () => {
  const last = spooled().at(-1)!;
  spoil(last);
  const { spool, troubles } = spooling();
  const next = Number.parseInt(last, 10);
  expect(spool.nextSequence).toBe(next);
  expect(troubles.map(({ message }) => message)).toEqual([expect.stringContaining(`${next}.unreadable`)]);
  expect(walk(spool).at(-1)!.sequence).toBe(next - 1);
  spool.acknowledge("a", next);
  spool.close();
  expect(readdirSync(join(folder, "run"))).toEqual([last.replace(".pdus", ".unreadable")]);
});

test("an older program that is put back leaves what a newer one spooled", () => {
  const newer = `${"1".padStart(16, "0")}.pdus2`;
  mkdirSync(join(folder, "run"));
  for (const name of [newer, "probe"]) writeFileSync(join(folder, "run", name), "p");
  const { spool } = spooling();
  expect([spool.isEmpty, spool.nextSequence]).toEqual([true, 1]);
  spool.take(pduOf(1));
  spool.flush();
  spool.acknowledge("a", 2);
  spool.noteAcknowledgements();
  spool.close();
  expect(readdirSync(join(folder, "run")).sort()).toEqual([newer, "probe"]);
});
