import fc from "fast-check";
import { expect, test } from "vitest";
import { LoaderUnderTest } from "./fixtures/loader-under-test.ts";
import { DAYS, RECORDS, TRANSFERS } from "./fixtures/naive-database.ts";
import { RandomHistory, type Step } from "./fixtures/random-history.ts";

const HISTORIES = Number(process.env.TRAFMON_TEST_HISTORIES ?? 5);

const day = fc.nat({ max: DAYS.length - 1 });
const some = (max: number) => ({ from: fc.nat({ max: max - 1 }), count: fc.integer({ min: 1, max }) });
const steps: readonly [weight: number, fc.Arbitrary<Step>][] = [
  [4, fc.record({ does: fc.constant("load" as const), ...some(RECORDS) })],
  [2, fc.record({ does: fc.constant("load transfers" as const), ...some(TRANSFERS) })],
  [3, fc.record({ does: fc.constant("load netflow" as const), day, version: fc.nat({ max: 3 }) })],
  [3, fc.record({ does: fc.constant("prepare" as const), day })],
  [2, fc.record({ does: fc.constant("attribute" as const), day })],
  [
    5,
    fc.record({
      does: fc.constant("remove" as const),
      table: fc.constantFrom(
        "ipcttable",
        "ipcttable_1m",
        "ipcttable_1h",
        "ftptftable",
        "netflowtable",
        "netflowtable_1m",
      ),
      keepDays: fc.integer({ min: 1, max: 2 }),
    }),
  ],
];
/** Often a day was prepared and has lost its hours when what it lacks comes, and is prepared more than once then. */
const begun: Step[] = [
  { does: "load", from: 0, count: 8 },
  { does: "prepare", day: 0 },
  { does: "remove", table: "ipcttable_1h", keepDays: 1 },
];
const ended: Step[] = [
  { does: "load", from: 0, count: RECORDS },
  { does: "prepare", day: 0 },
  { does: "prepare", day: 0 },
];
const step = fc.oneof(...steps.map(([weight, arbitrary]) => ({ weight, arbitrary })));

test("whatever the order of loading, loading again, preparing, attributing and removing, totals are those of what came", {
  timeout: 120_000 + HISTORIES * 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(step, { minLength: 8, maxLength: 24 }), async (isLate, middle) => {
      const history = isLate ? [...begun, ...middle, ...ended] : middle;
      const bench = await LoaderUnderTest.make();
      try {
        const random = new RandomHistory(bench);
        await random.begin();
        for (const each of history) {
          await random.do(each);
          await random.compare();
        }
      } finally {
        await bench.remove();
      }
    }),
    { numRuns: HISTORIES },
  );
  expect.hasAssertions();
});
