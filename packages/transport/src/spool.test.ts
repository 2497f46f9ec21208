import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { observationTypes, readDataPdu, readGapBody, specialPdus, writeDataPdu } from "@trafmon/observation";
import { Counters, FakeClock } from "@trafmon/runtime";
import { smallDisk } from "@trafmon/testkit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type OutgoingPdu, outgoingPdu } from "./outgoing-pdu.ts";
import { Spool } from "./spool.ts";
import { SpoolBudget } from "./spool-budget.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spool-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const { flow, ipct, event } = observationTypes;

function pduOf(sequence: number, type: number, bodyBytes = 500): OutgoingPdu {
  const bytes = writeDataPdu({
    type,
    isRepeat: false,
    sequence,
    watermark: { s: 1000 + sequence, nanos: 0 },
    configurationHash: "00".repeat(8),
    recordCount: 10,
    firstRecordNo: sequence * 10,
    body: Buffer.alloc(bodyBytes, sequence & 255),
  });
  return outgoingPdu(bytes);
}

function spooling({
  maxBytes = 1 << 20,
  ...options
}: Partial<ConstructorParameters<typeof Spool>[0]> & { maxBytes?: number } = {}) {
  const counters = new Counters();
  const clock = new FakeClock();
  const troubles: Error[] = [];
  const spool = new Spool({
    directory: join(folder, "run"),
    collectors: ["a", "b"],
    budget: new SpoolBudget(maxBytes),
    whenFull: "drop counters",
    maxBodyBytes: 1300,
    clock,
    counters,
    onTrouble: (error) => troubles.push(error),
    ...options,
  });
  spool.open();
  return { spool, counters, clock, troubles };
}

/** Everything from a sequence on, as a sender walks through it. */
function walk(spool: Spool, sequence = spool.firstSequence): OutgoingPdu[] {
  const all: OutgoingPdu[] = [];
  for (;;) {
    const some = spool.from(sequence);
    if (some.length === 0) return all;
    all.push(...some);
    sequence = some.at(-1)!.sequence + some.at(-1)!.span;
  }
}

const bytesOf = (pdus: readonly OutgoingPdu[]) => Buffer.concat(pdus.map((pdu) => pdu.bytes));

test("a file of which a crash left nothing whole takes no other's away", () => {
  const { spool } = spooling();
  for (let sequence = 1; sequence <= 3; sequence++) spool.take(pduOf(sequence, ipct.code));
  spool.flush();
  // As when the disk was full, or the process ended, between the name and the first entry.
  const [name] = readdirSync(join(folder, "run")).filter((each) => /^0*1\b/.test(each)) as [string];
  writeFileSync(join(folder, "run", name.replace(/1(?=\D|$)/, "4")), Buffer.alloc(5));
  const next = spooling().spool;
  const more = [4, 5].map((sequence) => pduOf(sequence, ipct.code));
  for (const pdu of more) next.take(pdu);
  next.flush();
  next.acknowledge("a", 4);
  next.acknowledge("b", 4);
  const last = spooling().spool;
  expect(walk(last, 5).map((pdu) => pdu.bytes)).toEqual([more[1]!.bytes]);
});

test("what was put in comes out in order, across segments, and after another process takes over", () => {
  const { spool } = spooling();
  const given = Array.from({ length: 300 }, (_, i) => pduOf(i + 1, ipct.code));
  for (const pdu of given) spool.take(pdu);
  expect(walk(spool).map((pdu) => pdu.bytes)).toEqual(given.map((pdu) => pdu.bytes));
  expect(readdirSync(join(folder, "run")).length).toBeGreaterThan(3);
  spool.flush();
  const { spool: later } = spooling();
  expect(walk(later).map((pdu) => pdu.bytes)).toEqual(given.map((pdu) => pdu.bytes));
  expect(later.nextSequence).toBe(301);
});

test("a PDU goes when all collectors have it, and the folder when all have all", () => {
  const { spool } = spooling();
  for (let i = 1; i <= 300; i++) spool.take(pduOf(i, ipct.code));
  spool.acknowledge("a", 301);
  expect(spool.firstSequence).toBe(1);
  spool.acknowledge("b", 200);
  expect(spool.firstSequence).toBeGreaterThan(100);
  expect(spool.firstSequence).toBeLessThanOrEqual(200);
  spool.close();
  const { spool: later } = spooling();
  expect([later.acknowledgedBy("a"), later.acknowledgedBy("b")]).toEqual([301, 200]);
  later.acknowledge("b", 301);
  later.close();
  expect(readdirSync(folder)).toEqual([]);
});

test("an acknowledgement of more than is here counts for what is here", () => {
  const { spool } = spooling();
  spool.take(pduOf(1, ipct.code));
  spool.acknowledge("a", 3);
  spool.acknowledge("nobody", 2);
  expect([spool.acknowledgedBy("a"), spool.acknowledgedBy("b"), spool.isEmpty]).toEqual([2, 1, false]);
});

test("an entry that was not written whole is cut off", () => {
  const { spool } = spooling();
  for (let i = 1; i <= 10; i++) spool.take(pduOf(i, ipct.code));
  spool.flush();
  const [file] = readdirSync(join(folder, "run"));
  const path = join(folder, "run", file!);
  truncateSync(path, readFileSync(path).length - 7);
  expect(spooling().spool.nextSequence).toBe(10);
});

test("a full spool drops the oldest counters, never definitions, and says exactly what went", () => {
  const { spool, counters } = spooling({ maxBytes: 100_000 });
  const types = [ipct.code, ipct.code, flow.code, event.code];
  for (let i = 1; i <= 400; i++) spool.take(pduOf(i, types[i % 4]!));
  expect(spool.bytes).toBeLessThanOrEqual(100_000);
  const left = walk(spool);
  // Every sequence is there, as itself or in a gap.
  let next = 1;
  let droppedRecords = 0;
  for (const pdu of left) {
    expect(pdu.sequence).toBe(next);
    next += pdu.span;
    if (pdu.type !== specialPdus.gap) continue;
    const { body, recordCount } = readDataPdu(pdu.bytes);
    readGapBody(body, recordCount).forEach((dropped, i) => {
      const sequence = pdu.sequence + i;
      expect(dropped).toEqual({
        type: types[sequence % 4],
        recordCount: 10,
        firstRecordNo: sequence * 10,
        watermarkS: 1000 + sequence,
      });
      droppedRecords += dropped.recordCount;
    });
  }
  expect(next).toBe(401);
  expect(left.filter((pdu) => pdu.type === flow.code)).toHaveLength(100);
  expect(counters.byReason("records_lost").total).toBe(droppedRecords);
  expect(counters.byReason("records_lost").of("spool full, flow")).toBe(0);
  expect(droppedRecords).toBeGreaterThan(1000);
});

test("a spool that pauses drops nothing and says when there is room again", () => {
  const { spool } = spooling({ maxBytes: 20_000, whenFull: "pause" });
  let i = 1;
  while (spool.hasRoom) spool.take(pduOf(i++, ipct.code));
  let told = 0;
  spool.onRoom = () => told++;
  spool.acknowledge("a", i);
  expect([told, spool.hasRoom]).toEqual([0, false]);
  spool.acknowledge("b", i >> 1);
  expect(told).toBe(1);
  expect(spool.hasRoom).toBe(true);
  expect(walk(spool).every((pdu) => pdu.type === ipct.code)).toBe(true);
});

test("a broken entry in the middle costs itself and nothing else", () => {
  const { spool } = spooling();
  for (let i = 1; i <= 300; i++) spool.take(pduOf(i, ipct.code));
  spool.flush();
  const files = readdirSync(join(folder, "run")).sort();
  // One entry of the first file, all of the second, the end of the third.
  const broken = readFileSync(join(folder, "run", files[0]!));
  broken[1000]! ^= 1;
  writeFileSync(join(folder, "run", files[0]!), broken);
  writeFileSync(join(folder, "run", files[1]!), "");
  truncateSync(join(folder, "run", files[2]!), 1000);
  const { spool: later, counters } = spooling();
  expect(later.nextSequence).toBe(301);
  const left = walk(later);
  let next = 1;
  for (const pdu of left) {
    expect(pdu.sequence).toBe(next);
    next += pdu.span;
  }
  expect(next).toBe(301);
  const lost = left.filter((pdu) => pdu.type === specialPdus.gap).reduce((sum, pdu) => sum + pdu.span, 0);
  expect(lost).toBe(301 - 1 - left.filter((pdu) => pdu.type === ipct.code).length);
  expect(lost).toBeGreaterThan(60);
  expect(lost).toBeLessThan(130);
  expect(counters.byReason("pdus_lost").of("spool unreadable")).toBe(lost);
});

test("a file whose name says what no probe has sent is left out", () => {
  const { spool } = spooling();
  for (let i = 1; i <= 10; i++) spool.take(pduOf(i, ipct.code));
  spool.flush();
  writeFileSync(join(folder, "run", "9007199254740000.pdus"), "");
  const { spool: later } = spooling();
  expect(later.nextSequence).toBe(11);
  expect(walk(later)).toHaveLength(10);
});

test("a file that vanishes under the sender is told as lost, and nothing throws", () => {
  const { spool, counters } = spooling();
  for (let i = 1; i <= 300; i++) spool.take(pduOf(i, ipct.code));
  rmSync(join(folder, "run"), { recursive: true });
  const left = walk(spool);
  expect(left[0]).toMatchObject({ sequence: 1, type: specialPdus.gap });
  expect(left.at(-1)).toMatchObject({ sequence: 300, type: ipct.code });
  expect(walk(spool)).toEqual(left);
  expect(counters.byReason("pdus_lost").of("spool unreadable")).toBe(
    left.filter((pdu) => pdu.type === specialPdus.gap).reduce((sum, pdu) => sum + pdu.span, 0),
  );
  spool.acknowledge("a", 301);
  spool.acknowledge("b", 301);
  spool.close();
});

test("a file that cannot be read for a while is not taken for lost", async () => {
  const { spool, counters, troubles, clock } = spooling({ maxBytes: 64 << 10, isSyncRelied: true });
  for (let i = 1; i <= 20; i++) spool.take(pduOf(i, flow.code));
  await spool.sync();
  const whole = walk(spool).map(({ bytes }) => bytes);
  const [first] = readdirSync(join(folder, "run")).sort() as [string];
  const path = join(folder, "run", first);
  // As with too many open files: it is there, and does not open.
  renameSync(path, join(folder, "aside"));
  mkdirSync(path);
  expect(spool.from(1)).toEqual([]);
  expect([counters.snapshot().get("pdus_lost"), troubles.length > 0]).toEqual([undefined, true]);
  rmdirSync(path);
  renameSync(join(folder, "aside"), path);
  clock.advance(2000);
  expect(walk(spool).map(({ bytes }) => bytes)).toEqual(whole);
});

test("what could not be synced and cannot be read for a while stays as it is", async () => {
  const before = spooling({ isSyncRelied: true }).spool;
  for (let i = 1; i <= 20; i++) before.take(pduOf(i, flow.code));
  await before.sync();
  before.close();
  const whole = walk(spooling().spool).map(({ bytes }) => bytes);
  const { spool, clock } = spooling({ isSyncRelied: true });
  let path = "";
  await failNextSync((failed) => {
    path = failed;
    renameSync(path, join(folder, "aside"));
    symlinkSync(path, path);
  });
  await expect(spool.sync()).rejects.toThrow(/EIO/);
  clock.advance(2000);
  await expect(spool.sync()).rejects.toThrow(/ELOOP/);
  rmSync(path);
  renameSync(join(folder, "aside"), path);
  clock.advance(2000);
  spool.take(pduOf(21, flow.code));
  clock.advance(2000);
  await spool.sync();
  expect(walk(spool).map(({ bytes }) => bytes)).toEqual([...whole, pduOf(21, flow.code).bytes]);
});

test("a collector named since begins with the oldest that is left", () => {
  const { spool } = spooling();
  for (let i = 1; i <= 300; i++) spool.take(pduOf(i, ipct.code));
  for (const collector of ["a", "b"]) spool.acknowledge(collector, 200);
  spool.close();
  const { spool: later } = spooling({ collectors: ["a", "c"] });
  expect(later.firstSequence).toBeGreaterThan(100);
  expect([later.acknowledgedBy("a"), later.acknowledgedBy("c")]).toEqual([200, later.firstSequence]);
});

test("the bound is for all runs of a probe together, and the oldest run's counters go first", () => {
  const budget = new SpoolBudget(1 << 20);
  const { spool: earlier } = spooling({ budget, directory: join(folder, "earlier") });
  for (let i = 1; i <= 1200; i++) earlier.take(pduOf(i, i % 2 === 0 ? ipct.code : event.code));
  const { spool } = spooling({ budget });
  for (let i = 1; i <= 1200; i++) spool.take(pduOf(i, ipct.code));
  expect(earlier.bytes + spool.bytes).toBeLessThanOrEqual(1 << 20);
  expect(walk(earlier).filter((pdu) => pdu.type === event.code)).toHaveLength(600);
  expect(walk(spool).at(-1)).toMatchObject({ type: ipct.code, sequence: 1200 });
});

test("what a full disk refuses waits in memory, is tried each second, and is all there when there is room", (context) => {
  const disk = smallDisk(2 << 20);
  if (disk === null) return context.skip();
  try {
    const directory = join(disk.path, "run");
    const { spool, counters, clock, troubles } = spooling({ directory, maxBytes: 64 << 20 });
    const given = Array.from({ length: 4000 }, (_, i) => pduOf(i + 1, ipct.code, 1300));
    disk.fill();
    for (const pdu of given) spool.take(pdu);
    // One attempt, not one for each PDU.
    expect([troubles.length, counters.snapshot().get("spool_write_failures")]).toEqual([1, 1]);
    clock.advance(1000);
    spool.flush();
    expect(troubles).toHaveLength(2);
    expect(bytesOf(walk(spool)).equals(bytesOf(given))).toBe(true);
    disk.free();
    for (const collector of ["a", "b"]) spool.acknowledge(collector, 3500);
    clock.advance(1000);
    spool.flush();
    expect(troubles).toHaveLength(2);
    const { spool: later } = spooling({ directory });
    expect(bytesOf(walk(later, 3500)).equals(bytesOf(given.slice(3499)))).toBe(true);
    expect(counters.byReason("records_lost").total).toBe(0);
  } finally {
    disk.remove();
  }
});

test("what is synced is in the files, and a disk that refuses it is told of each time", async (context) => {
  const disk = smallDisk(2 << 20);
  if (disk === null) return context.skip();
  try {
    const directory = join(disk.path, "run");
    const { spool, clock } = spooling({ directory });
    const given = Array.from({ length: 100 }, (_, i) => pduOf(i + 1, ipct.code, 1300));
    for (const pdu of given.slice(0, 10)) spool.take(pdu);
    await spool.sync();
    expect(bytesOf(walk(spooling({ directory }).spool)).equals(bytesOf(given.slice(0, 10)))).toBe(true);
    disk.fill();
    for (const pdu of given.slice(10)) spool.take(pdu);
    await expect(spool.sync()).rejects.toThrow(/ENOSPC/);
    await expect(spool.sync()).rejects.toThrow(/ENOSPC/);
    disk.free();
    clock.advance(1000);
    await spool.sync();
    expect(bytesOf(walk(spooling({ directory }).spool)).equals(bytesOf(given))).toBe(true);
  } finally {
    disk.remove();
  }
});

test("a spool that is new begins where it is told, one that is not stays as it is", () => {
  const { spool } = spooling({});
  spool.beginAt(500);
  expect([spool.firstSequence, spool.nextSequence, spool.isEmpty]).toEqual([500, 500, true]);
  spool.beginAt(600);
  spool.take(pduOf(500, ipct.code));
  expect(walk(spool, 500).map(({ sequence }) => sequence)).toEqual([500]);
  spool.acknowledge("a", 501);
  spool.acknowledge("b", 501);
  spool.beginAt(600);
  expect(spool.nextSequence).toBe(501);
});

test.each([1, 2, 30, 61, 62, 100, 120, 121, 500])("a spool cut at %i goes on from there", (at) => {
  const first = spooling().spool;
  for (let i = 1; i <= 120; i++) first.take(pduOf(i, i % 10 === 0 ? flow.code : ipct.code));
  first.acknowledge("a", 110);
  first.close();
  const { spool } = spooling();
  spool.cutAt(at);
  const next = Math.min(at, 121);
  expect([spool.nextSequence, spool.acknowledgedBy("a")]).toEqual([next, Math.min(next, 110)]);
  for (let i = next; i <= 130; i++) spool.take(pduOf(i, event.code));
  spool.flush();
  for (const each of [spool, spooling().spool]) {
    expect(walk(each).map(({ sequence, type }) => [sequence, type === event.code])).toEqual(
      Array.from({ length: 130 }, (_, index) => [index + 1, index + 1 >= next]),
    );
  }
  expect(spool.bytes).toBe(spooling().spool.bytes);
});

test("a disk that stays full costs counters, and neither memory without bound nor file handles", (context) => {
  const disk = smallDisk(2 << 20);
  if (disk === null) return context.skip();
  try {
    const { spool, counters } = spooling({ directory: join(disk.path, "run"), maxBytes: 8 << 20 });
    const handles = readdirSync("/proc/self/fd").length;
    for (let i = 1; i <= 20_000; i++) spool.take(pduOf(i, i % 100 === 0 ? flow.code : ipct.code, 1300));
    expect(spool.bytes).toBeLessThanOrEqual(8 << 20);
    expect(readdirSync("/proc/self/fd").length).toBeLessThan(handles + 5);
    expect(readdirSync(join(disk.path, "run")).filter((name) => name.endsWith(".new"))).toEqual([]);
    expect(walk(spool).filter((pdu) => pdu.type === flow.code)).toHaveLength(200);
    expect(walk(spool).reduce((sum, pdu) => sum + pdu.span, 0)).toBe(20_000);
    const before = counters.byReason("records_lost").total;
    expect(before).toBeGreaterThan(100_000);
    spool.close();
    // What is lost with the process is told as well.
    expect(counters.byReason("records_lost").total).toBeGreaterThan(before);
  } finally {
    disk.remove();
  }
});

test("a process that dies while a full disk makes the spool let go loses nothing that was in its files", (context) => {
  const disk = smallDisk(4 << 20);
  if (disk === null) return context.skip();
  try {
    const directory = join(disk.path, "run");
    const { spool, clock } = spooling({ directory, maxBytes: 1 << 20 });
    const flowsIn = (given: Spool) => walk(given).filter(({ type }) => type === flow.code);
    // Segments are 32 KiB; the disk is full in the midst of one.
    for (let i = 1; i <= 30; i++) spool.take(pduOf(i, flow.code));
    spool.flush();
    disk.fill();
    for (let i = 31; i <= 4000; i++) {
      spool.take(pduOf(i, ipct.code));
      if (i % 200 !== 0) continue;
      clock.advance(2000);
      cpSync(directory, join(folder, "crash"), { recursive: true });
      expect(flowsIn(spooling({ directory: join(folder, "crash") }).spool)).toHaveLength(30);
      rmSync(join(folder, "crash"), { recursive: true });
    }
    disk.free();
    clock.advance(2000);
    spool.flush();
    expect(flowsIn(spool)).toHaveLength(30);
    expect(flowsIn(spooling({ directory }).spool)).toHaveLength(30);
  } finally {
    disk.remove();
  }
});

const zero = (path: string) => writeFileSync(path, Buffer.alloc(readFileSync(path).length));

/** Has the next call of `datasync` fail, and the kernel forget what it could not write, as Linux may. */
async function failNextSync(lose = (path: string) => zero(path)): Promise<void> {
  const file = await open(join(folder, "any"), "w");
  const handles = Object.getPrototypeOf(file) as typeof file;
  await file.close();
  vi.spyOn(handles, "datasync").mockImplementationOnce(async function (this: typeof file) {
    lose(readlinkSync(`/proc/self/fd/${this.fd}`));
    throw Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" });
  });
}

test.each([3, 100])("what could not be synced is written again before it counts as safe, %i PDUs", async (count) => {
  const { spool, clock } = spooling({ isSyncRelied: true });
  for (let i = 1; i <= count; i++) spool.take(pduOf(i, flow.code));
  await failNextSync();
  await expect(spool.sync()).rejects.toThrow(/EIO/);
  // Another segment is begun, and more comes, before it is tried again.
  for (let i = count + 1; i <= count + 100; i++) spool.take(pduOf(i, flow.code));
  clock.advance(2000);
  await spool.sync();
  const taken = Array.from({ length: count + 100 }, (_, index) => pduOf(index + 1, flow.code).bytes);
  expect(walk(spooling().spool).map(({ bytes }) => bytes)).toEqual(taken);
});

test("a folder whose names could not be synced is synced the next time", async () => {
  const { spool, clock } = spooling({ isSyncRelied: true });
  spool.take(pduOf(1, flow.code));
  const file = await open(join(folder, "any"), "w");
  const handles = Object.getPrototypeOf(file) as typeof file;
  await file.close();
  const folders = vi.spyOn(handles, "sync").mockRejectedValueOnce(new Error("EIO: i/o error, fsync"));
  await expect(spool.sync()).rejects.toThrow(/EIO/);
  clock.advance(2000);
  await spool.sync();
  expect(folders).toHaveBeenCalledTimes(2);
});
