import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../site/built-programs.ts";
import { SampleTruth } from "./sample-truth.ts";
import { SHORT_SCENES } from "./scenes.ts";
import { runTruthBench } from "./truth-bench.ts";
import { missingMeans } from "./truth-means.ts";

/** Whether the bench can run. Prints why not; on a CI machine that is a failure. */
function canRun(): boolean {
  const missing = missingMeans();
  if (missing.length === 0) return true;
  const reason = `the truth bench is not run: ${missing.join("; ")}`;
  if (process.env.CI === "true") throw new Error(reason);
  process.stderr.write(`skipped: ${reason}\n`);
  return false;
}

describe.skipIf(!canRun())("the truth bench, in its short form", () => {
  test("everything measured is what is known, from the wire to the report", async () => {
    const samples = new SampleTruth(join(ROOT, "samples"), "samples");
    const { table, folder } = await runTruthBench({
      scenes: SHORT_SCENES,
      samples: [samples],
      history: false,
      keep: false,
      say: () => {},
    });
    expect(table.rows.length).toBeGreaterThan(80);
    expect(table.broken, `${table.brokenText}Everything of the run is in ${folder}`).toEqual([]);
  });
});
