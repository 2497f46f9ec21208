import fc from "fast-check";
import { expect, test } from "vitest";
import { LoaderUnderTest } from "./fixtures/loader-under-test.ts";
import { DAYS, RECORDS, TRANSFERS } from "./fixtures/naive-database.ts";
import { RandomHistory, type Step } from "./fixtures/random-history.ts";

const HISTORIES = Number(process.env.HISTORIES ?? 5);

const day = fc.nat({ max: DAYS.length - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("load" as const),
      from: fc.nat({ max: RECORDS - 1 }),
      count: fc.integer({ min: 1, max: 12 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant("load transfers" as const),
      from: fc.nat({ max: TRANSFERS - 1 }),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("load netflow" as const), day, version: fc.nat({ max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("prepare" as const), day }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("attribute" as const), day }) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("remove" as const),
      table: fc.constantFrom(
        "ipcttable",
        "ipcttable_1m",
        "ipcttable_1h",
        "ftptftable",
        "netflowtable",
        "netflowtable_1m",
      ),
      keepDays: fc.integer({ min: 1, max: 3 }),
    }),
  },
);

test("whatever the order of loading, loading again, preparing, attributing and removing, totals are those of what came", {
  timeout: 60_000 + HISTORIES * 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), async (steps) => {
      const bench = await LoaderUnderTest.make();
      try {
        const history = new RandomHistory(bench);
        await history.begin();
        for (const each of steps) {
          await history.do(each);
          await history.compare();
        }
      } finally {
        await bench.remove();
      }
    }),
    { numRuns: HISTORIES },
  );
  expect.hasAssertions();
});
