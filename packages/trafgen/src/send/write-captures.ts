import { setImmediate } from "node:timers/promises";
import type { ScenarioRun } from "../craft/scenario-run.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { CaptureFileSink } from "./capture-file-sink.ts";
import { FrameBatch } from "./frame-batch.ts";
import type { RunTally } from "./run-tally.ts";
import { writeDown } from "./write-down.ts";

/**
 * Writes a run into capture files, one for each of its taps, as fast as it goes.
 * @param tally of what is at the one tap; with several, the account counts (see `countedAccount`)
 */
export async function writeCaptures(
  run: ScenarioRun,
  sinks: readonly CaptureFileSink[],
  ledger: Ledger,
  tally: RunTally,
  hasHops: boolean,
  stopping: AbortSignal,
): Promise<void> {
  const batches = sinks.map(() => new FrameBatch());
  while (run.nextNs < Number.POSITIVE_INFINITY && !stopping.aborted) {
    run.fill(Number.POSITIVE_INFINITY, batches);
    for (const [i, batch] of batches.entries()) {
      await sinks[i]!.send(batch);
      if (!hasHops) {
        writeDown(batch, ledger);
        tally.add(batch);
      }
      batch.clear();
    }
    // Lets a signal in.
    await setImmediate();
  }
}
