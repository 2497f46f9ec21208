import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  type FormatLine,
  formatLine,
  type ObservationSink,
  type ObservationType,
  type RecordOf,
  WINDOW_PDUS,
} from "@trafmon/observation";
import { freePort } from "@trafmon/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BenchSite } from "./bench-site.ts";
import { startTransport } from "./bench-transport.ts";
import { LossyPath, mulberry32 } from "./lossy-path.ts";
import { numbersOf, writeNumbered } from "./numbered-records.ts";

/** So long a probe waits for acknowledgements at its end: what only a fault takes, not a busy machine. */
const FINISH_MS = 120_000;

let site: BenchSite;
let alive: NodeJS.Timeout;
beforeEach(() => {
  site = new BenchSite();
  alive = setInterval(() => {}, 1000);
});
afterEach(async () => {
  clearInterval(alive);
  await site.close();
});

/** The lines that these records make when nothing is between. */
function expectedLines(run: string, write: (sink: ObservationSink) => void): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  write({
    writerOf: <T extends ObservationType>(type: T) => {
      const format: FormatLine<T> = formatLine(type);
      const mine = lines.get(type.name) ?? [];
      lines.set(type.name, mine);
      return { write: (record: RecordOf<T>) => void mine.push(format(record, "p", run, mine.length + 1)) };
    },
    advance: () => {},
  });
  return lines;
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

test("loss, reordering, duplication and corruption change nothing in the logs", async () => {
  const port = await freePort();
  const path = new LossyPath({ lost: 0.3, doubled: 0.1, corrupted: 0.05, delayMs: 20 }, 4711);
  const front = await path.open(port);
  site.configure({ c: port }, { c: front });
  const collector = await site.startCollector("c");
  const { transport } = await startTransport(site.xml);
  writeNumbered(transport.sink, 1, 8000);
  expect(await transport.finish(FINISH_MS)).toBe(true);
  await transport.stop();
  expect(await site.stop(collector)).toBe(0);
  path.close();
  const expected = expectedLines(transport.run, (sink) => writeNumbered(sink, 1, 8000));
  expect(site.lines("c", "ipct")).toEqual(expected.get("ipct"));
  expect(site.lines("c", "flow")).toEqual(expected.get("flow"));
  expect(readdirSync(join(site.folder, "spool"))).toEqual([]);
  expect(readdirSync(site.logDir("c")).filter((file) => file.endsWith(".part"))).toEqual([]);
});

test("a collector killed at any instants has every record exactly once, in order", async () => {
  site.configure({ c: await freePort() });
  const random = mulberry32(42);
  const { transport } = await startTransport(site.xml);
  let written = 0;
  let collector = await site.startCollector("c");
  for (let kill = 0; kill < 8; kill++) {
    const lives = 20 + random() * 250;
    for (const begin = performance.now(); performance.now() - begin < lives; ) {
      writeNumbered(transport.sink, written + 1, 200);
      written += 200;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await site.stop(collector, "SIGKILL");
    collector = await site.startCollector("c");
  }
  expect(await transport.finish(FINISH_MS)).toBe(true);
  await transport.stop();
  expect(await site.stop(collector)).toBe(0);
  expect(numbersOf(site.lines("c", "ipct"))).toEqual(upTo(written));
  expect(site.lines("c", "flow")).toHaveLength(Math.ceil(written / 50));
});

test("a probe killed at any instants loses nothing that was sealed, and the next one sends it first", async () => {
  site.configure({ c: await freePort() });
  const random = mulberry32(7);
  // Nobody listens during the first lives: everything waits in the spool.
  for (let life = 0; life < 3; life++) {
    const sender = await site.startSender(1, 1_000_000);
    await new Promise((resolve) => setTimeout(resolve, 100 + random() * 300));
    await site.stop(sender, "SIGKILL");
    if (life === 0) await site.startCollector("c");
  }
  const last = await site.startSender(1, 1000);
  const [code] = await once(last, "exit");
  expect(code).toBe(0);
  const byRun = new Map<string, number[]>();
  for (const line of site.lines("c", "ipct")) {
    const run = line.split("\t")[1]!;
    byRun.set(run, [...(byRun.get(run) ?? []), ...numbersOf([line])]);
  }
  expect(byRun.size).toBe(4);
  // Each run's records, from the first, without a hole and without a repeat, in order.
  for (const numbers of byRun.values()) {
    expect(numbers.length).toBeGreaterThan(500);
    expect(numbers).toEqual(upTo(numbers.length));
  }
  expect([...byRun.values()].at(-1)).toHaveLength(1000);
  expect(readdirSync(join(site.folder, "spool"))).toEqual([]);
});

test("a collector that is down slows no other, and gets everything when it is back", async () => {
  site.configure({ a: await freePort(), b: await freePort() });
  const a = await site.startCollector("a");
  const { transport } = await startTransport(site.xml);
  writeNumbered(transport.sink, 1, 5000);
  transport.sink.flush();
  while (site.lineCount("a", "ipct") < 5000) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await transport.finish(800)).toBe(false);
  await site.stop(a);
  expect(numbersOf(site.lines("a", "ipct"))).toEqual(upTo(5000));
  expect(transport.spoolBytes).toBeGreaterThan(0);
  const b = await site.startCollector("b");
  expect(await transport.finish(FINISH_MS)).toBe(true);
  await site.stop(b);
  expect(numbersOf(site.lines("b", "ipct"))).toEqual(upTo(5000));
  await transport.stop();
  expect(existsSync(join(site.folder, "spool", transport.run))).toBe(false);
});

test("a collector that lost everything asks for the definitions it misses, however much waits behind them", async () => {
  site.configure({ c: await freePort() });
  const { transport } = await startTransport(site.xml);
  let collector = await site.startCollector("c");
  writeNumbered(transport.sink, 1, 530);
  transport.sink.flush();
  while (transport.spoolBytes > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await site.stop(collector);
  for (const folder of ["logs-c", "state-c"]) rmSync(join(site.folder, folder), { recursive: true });
  mkdirSync(site.logDir("c"));
  // More than the window holds, all of it behind records of a flow that was described to the lost collector only.
  writeNumbered(transport.sink, 531, 60_000);
  expect(transport.sink.nextSequence).toBeGreaterThan(WINDOW_PDUS);
  collector = await site.startCollector("c");
  expect(await transport.finish(FINISH_MS)).toBe(true);
  await transport.stop();
  await site.stop(collector);
  const numbers = numbersOf(site.lines("c", "ipct"));
  expect(numbers).toEqual(upTo(60_530).slice(530));
  const described = new Set(site.lines("c", "flow").map((line) => line.split("\t")[3]));
  expect(described.has("11")).toBe(true);
  expect(site.lines("c", "event").filter((line) => line.includes("definitions_missing"))).toEqual([]);
});
