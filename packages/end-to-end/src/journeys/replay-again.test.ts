import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ALL_CAPTURES } from "../captures/capture-files.ts";
import { type LogRecord, LogRecords } from "../read/log-records.ts";
import { TestSite } from "../site/test-site.ts";

/** Columns that may differ from run to run: the run itself, and what the clock on the wall said. */
const MASKED = ["run", "clock_offset_ns", "clock_error_ns"];

describe("the same captures replayed twice", () => {
  let site: TestSite;
  let records: LogRecords;

  beforeAll(async () => {
    site = await TestSite.make({ probes: ["p"] });
    await site.startCollector();
    const files = ALL_CAPTURES.map(({ path }) => path);
    for (let round = 0; round < 2; round++) expect((await site.replay("p", files)).signal).toBeNull();
    await site.stopCollector();
    records = new LogRecords(site.logs);
  });

  afterAll(async () => {
    await site?.remove();
  });

  test("give the same lines of every type, in the same order", () => {
    expect(records.types).toEqual(expect.arrayContaining(["capst", "event", "flow", "ipct", "tcpct", "tcpcx"]));
    for (const type of records.types) {
      const ofProbe = records.of(type).filter(({ probe }) => probe === "p");
      const runs = [...new Set(ofProbe.map(({ run }) => run))];
      expect(runs.length, type).toBe(2);
      const [first, second] = runs.map((run) => ofProbe.filter((record) => record.run === run).map(masked));
      expect(first!.length, type).toBeGreaterThan(0);
      expect(second, type).toEqual(first);
    }
  });
});

function masked(record: LogRecord): Record<string, string> {
  const left = Object.entries(record).filter(([name]) => !MASKED.includes(name));
  // Events of the analysis are in the time of the packets; those of the probe's own life are not.
  return Object.fromEntries(left.filter(([name]) => name !== "at_ns" || record.origin === "analysis"));
}
