import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logHeader, observationTypes } from "@trafmon/observation";
import { FakeClock } from "@trafmon/runtime";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FailingDisk } from "../fixtures/failing-disk.ts";
import { CommittedLogs } from "./committed-logs.ts";

const { flow, ipct, udpct } = observationTypes;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "committed-logs-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await last?.abandon();
  last = undefined;
  rmSync(directory, { recursive: true });
});

let lives = 0;
let last: CommittedLogs | undefined;
/** Starts the logs as after a crash: what ran before is let go of as it is. */
async function start(where = directory, clock = new FakeClock()): Promise<CommittedLogs> {
  await last?.abandon();
  const epoch = (++lives).toString(16).padStart(16, "0");
  const logs = new CommittedLogs({
    logDir: join(where, "logs"),
    stateDir: join(where, "state"),
    collector: "c_1",
    epoch,
    clock,
  });
  last = logs;
  await logs.open();
  return logs;
}

/** Lines of all files of a type, complete ones or those still being written, headers left out. */
function linesOf(type: { readonly name: string }, ending: ".log" | ".log.part", where = directory): string[] {
  return readdirSync(join(where, "logs"))
    .filter((name) => name.startsWith(`${type.name}_`) && name.endsWith(ending))
    .sort()
    .flatMap((name) =>
      readFileSync(join(where, "logs", name), "utf8")
        .split("\n")
        .slice(1, -1),
    );
}

test("lines stand in a .part file once committed, and in a complete one once rotated", async () => {
  const logs = await start();
  logs.append(ipct, "a\nb\n");
  expect(readdirSync(join(directory, "logs"))).toEqual([]);
  await logs.commit();
  expect(linesOf(ipct, ".log.part")).toEqual(["a", "b"]);
  await logs.rotate();
  expect(linesOf(ipct, ".log.part")).toEqual([]);
  expect(linesOf(ipct, ".log")).toEqual(["a", "b"]);
  const [name] = readdirSync(join(directory, "logs"));
  expect(name).toMatch(/^ipct_c_1_[0-9a-f]{16}_000001\.log$/);
  expect(readFileSync(join(directory, "logs", name as string), "utf8").split("\n")[0]).toBe(logHeader(ipct));
});

test("a rotation without lines makes no file", async () => {
  const logs = await start();
  await logs.rotate();
  await logs.close();
  expect(readdirSync(join(directory, "logs"))).toEqual([]);
});

test("only what was committed may be acknowledged, and survives", async () => {
  const logs = await start();
  const stream = logs.stream("p", "00000000000000aa");
  logs.append(ipct, "one\n");
  stream.through = 1;
  expect(stream.safeThrough).toBe(0);
  await logs.commit();
  expect(stream.safeThrough).toBe(1);
  logs.append(ipct, "two\n");
  stream.through = 2;
  const again = await start();
  expect(again.stream("p", "00000000000000aa").through).toBe(1);
  expect(linesOf(ipct, ".log")).toEqual(["one"]);
});

test("what a crash left behind the last commit is cut off", async () => {
  const logs = await start();
  logs.append(udpct, "kept\n");
  await logs.commit();
  const [part] = readdirSync(join(directory, "logs"));
  appendFileSync(join(directory, "logs", part as string), "half a li");
  appendFileSync(join(directory, "state", "c_1.journal"), "1234abcd {half a sta");
  await start();
  expect(linesOf(udpct, ".log")).toEqual(["kept"]);
});

test("a file that is shorter than the journal says is refused", async () => {
  const logs = await start();
  logs.append(udpct, "kept\n");
  await logs.commit();
  const path = join(directory, "logs", readdirSync(join(directory, "logs"))[0] as string);
  truncateSync(path, statSync(path).size - 1);
  await expect(start()).rejects.toMatchObject({ code: "COLLECTOR_JOURNAL_DAMAGED" });
});

test("a spoilt line in the middle of the journal is refused, not skipped", async () => {
  const logs = await start();
  logs.append(udpct, "kept\n");
  await logs.commit();
  appendFileSync(join(directory, "state", "c_1.journal"), "00000000 {}\n00000000 {}\n");
  await expect(start()).rejects.toMatchObject({ code: "COLLECTOR_JOURNAL_DAMAGED" });
});

test.each(["", "1234abcd {half a state}\n"])(
  "a journal without a whole line is refused, not taken for a new one: %j",
  async (text) => {
    const logs = await start();
    logs.append(udpct, "kept\n");
    await logs.commit();
    writeFileSync(join(directory, "state", "c_1.journal"), text);
    await expect(start()).rejects.toMatchObject({ code: "COLLECTOR_JOURNAL_DAMAGED" });
    expect(readdirSync(join(directory, "logs"))).toHaveLength(1);
  },
);

test("without a journal nothing is thrown away: whole lines are kept, half a line is not", async () => {
  const logs = await start();
  logs.append(udpct, "acknowledged\n");
  logs.append(ipct, "acknowledged\n");
  await logs.commit();
  for (const name of readdirSync(join(directory, "logs"))) {
    appendFileSync(join(directory, "logs", name), name.startsWith("udpct") ? "half a li" : "");
  }
  appendFileSync(join(directory, "logs", `flow_c_1_${"0".repeat(16)}_000001.log.part`), "only half a head");
  rmSync(join(directory, "state", "c_1.journal"));
  await start();
  expect(linesOf(udpct, ".log")).toEqual(["acknowledged"]);
  expect(linesOf(ipct, ".log")).toEqual(["acknowledged"]);
  expect(readdirSync(join(directory, "logs"))).toHaveLength(2);
});

test("files of others and complete files are left alone", async () => {
  const logs = await start();
  const foreign = ["ipct_other_00000000000000ff_000001.log.part", "notes.txt", "ipct_c_1_00000000000000ff_000009.log"];
  for (const name of foreign) appendFileSync(join(directory, "logs", name), "x\n");
  logs.append(ipct, "gone\n");
  await start();
  expect(readdirSync(join(directory, "logs")).sort()).toEqual([...foreign].sort());
});

test("a commit that fails loses nothing and is made up for", async () => {
  const logs = await start();
  const stream = logs.stream("p", "00000000000000aa");
  rmSync(join(directory, "logs"), { recursive: true });
  logs.append(ipct, "one\n");
  stream.through = 1;
  await expect(logs.commit()).rejects.toThrow();
  expect(stream.safeThrough).toBe(0);
  mkdirSync(join(directory, "logs"));
  logs.append(ipct, "two\n");
  stream.through = 2;
  await logs.commit();
  expect(stream.safeThrough).toBe(2);
  expect(linesOf(ipct, ".log.part")).toEqual(["one", "two"]);
});

test("flows that were described anew are remembered, wherever the commit failed that had them first", async () => {
  let failures = 0;
  for (let operation = 0; operation <= failures; operation++) {
    const run = String(operation).padStart(16, "0");
    const logs = await start();
    const disk = await FailingDisk.begin();
    // Said again, so no sequence moves.
    logs.append(flow, "seven\n");
    logs.stream("p", run).describe(7);
    disk.failAfter(operation);
    await logs.commit().catch(() => failures++);
    disk.heal();
    await logs.commit();
    vi.restoreAllMocks();
    expect((await start()).stream("p", run).isDescribed(7), `operation ${operation}`).toBe(true);
  }
  // The log, its folder and the journal.
  expect(failures).toBeGreaterThan(3);
});

test("lines that come during a rotation go to the next file, none twice", async () => {
  const logs = await start();
  const written: string[] = [];
  const turns: Promise<void>[] = [];
  for (let i = 0; i < 50; i++) {
    logs.append(ipct, `${i}\n`);
    written.push(String(i));
    turns.push(i % 3 === 0 ? logs.rotate() : logs.commit());
    if (i % 7 === 0) await new Promise(setImmediate);
  }
  await Promise.all(turns);
  await logs.close();
  expect(linesOf(ipct, ".log")).toEqual(written);
});

test("each run's state is the last one committed, whichever commits the others were in", async () => {
  const logs = await start();
  const runs = Array.from({ length: 20 }, (_, i) => i.toString(16).padStart(16, "0"));
  for (let i = 0; i < 200; i++) {
    const stream = logs.stream("p", runs[(i * 7) % 20]!);
    stream.through++;
    if (i % 3 === 0) stream.describe(i);
    if (i % 5 === 0) await logs.commit();
  }
  await logs.commit();
  const before = runs.map((run) => logs.stream("p", run).snapshot(0));
  const again = await start();
  expect(runs.map((run) => again.stream("p", run).snapshot(0))).toEqual(before);
  const third = await start();
  expect(runs.map((run) => third.stream("p", run).snapshot(0))).toEqual(before);
});

test("a second collector of the same name and state is refused while the first lives", async () => {
  await start();
  const logDir = join(directory, "logs");
  const stateDir = join(directory, "state");
  const second = new CommittedLogs({
    logDir,
    stateDir,
    collector: "c_1",
    epoch: "f".repeat(16),
    clock: new FakeClock(),
  });
  await expect(second.open()).rejects.toMatchObject({ code: "COLLECTOR_ALREADY_RUNS", exitCode: 75 });
});

test("a long journal is not written anew at every commit", async () => {
  const logs = await start();
  for (let i = 0; i < 50_000; i++) logs.stream("probe", i.toString(16).padStart(16, "0")).through = 1;
  await logs.commit();
  const path = join(directory, "state", "c_1.journal");
  expect(statSync(path).size).toBeGreaterThan(4 << 20);
  // The first commit after it has grown long replaces it by what counts of it.
  const begun = new Set<number>();
  for (let i = 2; i < 20; i++) {
    logs.stream("probe", "0".repeat(16)).through = i;
    await logs.commit();
    begun.add(statSync(path).ino);
  }
  expect(begun.size).toBe(1);
});

test("a run that has ended takes little room, however its flows were numbered", async () => {
  const logs = await start();
  const stream = logs.stream("probe", "00000000000000aa");
  for (let i = 0; i < 20_000; i += 2) stream.describe(i);
  stream.through = 1;
  stream.end();
  await logs.commit();
  expect(statSync(join(directory, "state", "c_1.journal")).size).toBeLessThan(500);
});

const step = fc.oneof(
  fc.record({ do: fc.constant("take" as const), type: fc.constantFrom(flow, ipct, udpct), lines: fc.nat(3) }),
  fc.record({ do: fc.constantFrom("commit" as const, "rotate" as const, "crash" as const) }),
  fc.record({ do: fc.constant("refuse" as const), after: fc.nat(12) }),
);

test("whatever happens, the logs hold every acknowledged line exactly once, in order", async () => {
  const disk = await FailingDisk.begin();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      disk.heal();
      const where = mkdtempSync(join(directory, "law-"));
      let logs = await start(where);
      let sequence = 0;
      const sent: { type: string; line: string; sequence: number }[] = [];
      for (const each of steps) {
        const stream = logs.stream("p", "00000000000000aa");
        if (each.do === "take") {
          sequence++;
          const lines = Array.from({ length: each.lines }, (_, i) => `${sequence}.${i}`);
          if (lines.length > 0) logs.append(each.type, lines.map((line) => `${line}\n`).join(""));
          stream.through = sequence;
          for (const line of lines) sent.push({ type: each.type.name, line, sequence });
        } else if (each.do === "refuse") disk.failAfter(each.after);
        // What the disk refuses is not acknowledged, and tried again.
        else if (each.do === "commit") await logs.commit().catch(() => {});
        else if (each.do === "rotate") await logs.rotate().catch(() => {});
        else {
          disk.heal();
          // The probe sends again from what was acknowledged on, or more: the acknowledgement may have been under way.
          logs = await start(where);
          const { through } = logs.stream("p", "00000000000000aa");
          expect(through).toBeGreaterThanOrEqual(stream.safeThrough);
          expect(through).toBeLessThanOrEqual(sequence);
          sequence = through;
          for (let i = sent.length - 1; i >= 0 && (sent[i]?.sequence ?? 0) > through; i--) sent.pop();
        }
      }
      disk.heal();
      await logs.close();
      for (const type of [flow, ipct, udpct]) {
        const expected = sent.filter((each) => each.type === type.name).map((each) => each.line);
        expect(linesOf(type, ".log", where)).toEqual(expected);
        expect(linesOf(type, ".log.part", where)).toEqual([]);
      }
    }),
    { numRuns: 150 },
  );
});

test("runs are forgotten by the time the collector ran, in whatever lives, and by no clock", async () => {
  const run = "aa".repeat(8);
  const forget = (logs: CommittedLogs) => logs.forgetRuns(() => false);
  const dayMs = 86_400_000;
  let clock = new FakeClock(Date.UTC(2026, 0, 1));
  let logs = await start(directory, clock);
  logs.stream("p", run).through = 1;
  await logs.commit();
  // It was off for years, or the clock is wrong, and set back while it runs.
  for (const wallMs of [Date.UTC(2036, 0, 1), Date.UTC(1970, 0, 2), Date.UTC(2026, 6, 1)]) {
    clock = new FakeClock(wallMs);
    logs = await start(directory, clock);
    forget(logs);
    clock.setWall(Date.UTC(2099, 0, 1));
    forget(logs);
    expect(logs.runs.throughOf("p", run)).toBe(1);
    clock.advance(19 * dayMs);
    // What an earlier life ran counts as far as it committed anything.
    logs.append(ipct, "x\n");
    await logs.commit();
  }
  clock.advance(3 * dayMs);
  forget(logs);
  expect(logs.runs.throughOf("p", run)).toBe(1);
  clock.advance(dayMs);
  forget(logs);
  expect(logs.runs.throughOf("p", run)).toBeNull();
});
