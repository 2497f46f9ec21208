import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FailingDisk } from "./fixtures/failing-disk.ts";
import type { ModelRun } from "./fixtures/model-run.ts";
import { ModelSite, PROBES } from "./fixtures/model-site.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "exactly-once-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

/** Lines of a type in order, as lists of columns. */
function linesOf(place: string, type: string): string[][] {
  const names = readdirSync(join(place, "logs")).filter((name) => name.startsWith(`${type}_`));
  expect(names.filter((name) => !name.endsWith(".log"))).toEqual([]);
  const texts = names.sort().map((name) => readFileSync(join(place, "logs", name), "utf8"));
  return texts.flatMap((text) => text.split("\n").slice(1, -1)).map((line) => line.split("\t"));
}

/** Sequences that the events say to be lost of a run, or to be missing. */
function toldLost(place: string, run: string): number[] {
  return linesOf(place, "event").flatMap((columns) => {
    if (columns[6] !== "records_lost" && columns[6] !== "sequences_missing") return [];
    const given = JSON.parse(columns.at(-1)!.replaceAll("\\\\", "\\"));
    if (given.run !== run) return [];
    return Array.from({ length: given.to_sequence + 1 - given.from_sequence }, (_, i) => given.from_sequence + i);
  });
}

/** What must be true of a run in the end. */
function judge(where: string, { probe, run, sealed, flows, letGo }: ModelRun): void {
  const own = (type: string) => linesOf(where, type).filter((columns) => columns[0] === probe && columns[1] === run);
  const counted = own("udpct").map((columns) => Number(columns[6]));
  const lost = toldLost(where, run);
  const anyLetGo = new Set(letGo.flatMap((each) => [...each]));
  expect(counted, "in order, each once").toEqual([...new Set(counted)].sort((a, b) => a - b));
  expect(new Set([...counted, ...lost]).size, "written, and lost as well").toBe(counted.length + lost.length);
  expect(
    lost.filter((sequence) => !anyLetGo.has(sequence)),
    "lost, though nobody let go of it",
  ).toEqual([]);
  const here = new Set([...counted, ...lost, ...anyLetGo]);
  const missing = sealed.flatMap((kind, index) => (kind === "count" && !here.has(index + 1) ? [index + 1] : []));
  expect(missing, "neither written nor told").toEqual([]);
  const described = own("flow").map((columns) => Number(columns[3]));
  expect(described, "described once, in order").toEqual([...new Set(described)].sort((a, b) => a - b));
  const gone = sealed.filter((kind, index) => kind === "flow" && anyLetGo.has(index + 1)).length;
  expect(described.length).toBeGreaterThanOrEqual(flows.length - gone);
}

const probe = fc.constantFrom(...PROBES);
/** Newest first, beyond the oldest from the newest again. */
const place = { run: fc.nat(5), way: fc.nat(2) };
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("seal" as const),
      probe,
      what: fc.constantFrom("flow" as const, "count" as const, "count" as const),
      count: fc.integer({ min: 1, max: 25 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("tick" as const), ms: fc.constantFrom(20, 300, 1000, 5000, 40_000) }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constantFrom("bring" as const, "bring" as const, "bring twice" as const, "lose" as const),
      ...place,
      to: fc.constantFrom("collector" as const, "sender" as const),
      at: fc.nat(30),
    }),
  },
  { weight: 10, arbitrary: fc.record({ do: fc.constant("bring all" as const), ...place }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom("commit" as const, "commit" as const, "commit" as const, "rotate" as const, "look" as const),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant("round" as const),
      ms: fc.constantFrom(20, 300, 1000),
      lossy: fc.constantFrom(0, 0, 0, 2, 3),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("commit and bring" as const), ...place }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("refuse" as const), after: fc.nat(10) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("crash" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("flush" as const), probe }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("kill" as const), ...place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const), probe }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function act(site: ModelSite, disk: FailingDisk, each: Step): Promise<void> {
  const run =
    "probe" in each
      ? site.presentRun(each.probe)
      : site.runs.at(-1 - ("run" in each ? each.run % site.runs.length : 0))!;
  const way = run.ways["way" in each ? each.way % run.ways.length : 0]!;
  switch (each.do) {
    case "seal":
      for (let i = 0; i < each.count; i++) run.seal(each.what);
      return;
    case "tick":
      site.clock.advance(each.ms);
      for (const each of site.ways) each.tick();
      return;
    case "round":
      return site.round(each.ms, each.lossy);
    case "bring all":
      for (const datagram of way.toCollector.splice(0)) site.toCollector(way, datagram);
      for (const datagram of way.toSender.splice(0)) way.hear(datagram);
      return;
    case "bring":
    case "bring twice":
    case "lose": {
      const queue = each.to === "collector" ? way.toCollector : way.toSender;
      const [datagram] = queue.splice(each.at % Math.max(1, queue.length), 1);
      if (datagram === undefined || each.do === "lose") return;
      if (each.do === "bring twice") queue.push(datagram);
      return each.to === "collector" ? site.toCollector(way, datagram) : way.hear(datagram);
    }
    case "commit":
      return site.commit();
    case "commit and bring":
      return site.commit(() => {
        for (const datagram of way.toCollector.splice(0)) site.toCollector(way, datagram);
      });
    case "rotate":
      return site.rotate();
    case "look":
      return site.look();
    case "refuse":
      return disk.failAfter(each.after);
    case "crash":
      return site.crash();
    case "flush":
      for (const each of run.ways) each.flush();
      return;
    case "kill":
      return run.kill(way);
    case "end":
      return run.seal("end");
  }
}

test("whatever the network, the disk and whoever is killed do, each record is in the logs once, in order, or told as lost", async () => {
  const disk = await FailingDisk.begin();
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 40, maxLength: 160, size: "max" }),
      fc.constantFrom(
        [800, 1 << 20, 800],
        [1 << 20, 800, 2000],
        [2000, 4000, 3000],
        [800, 2000, 1 << 20],
        [1 << 20, 1 << 20, 1 << 20],
      ),
      fc.nat(4),
      async (steps, spoolBytes, handshakes) => {
        const where = join(directory, String(++runs));
        disk.heal();
        const site = new ModelSite(where, disk, spoolBytes);
        await site.start();
        // Most of the time there is a session to speak in.
        for (let i = 0; i < handshakes; i++) await site.round(300, 0);
        for (const each of steps) await act(site, disk, each);
        await site.settle();
        for (const run of site.runs) judge(where, run);
        rmSync(where, { recursive: true });
      },
    ),
    { numRuns: Number(process.env.TRAFMON_MODEL_RUNS ?? 40) },
  );
}, 600_000);
