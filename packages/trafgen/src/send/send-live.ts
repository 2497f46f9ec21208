import { type Clock, type Instant, sleep } from "@trafmon/runtime";
import type { ScenarioRun } from "../craft/scenario-run.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { FATE } from "../ledger/packet-kind.ts";
import type { RateGuard } from "../plan/rate-cap.ts";
import { FrameBatch } from "./frame-batch.ts";
import type { FrameSink } from "./frame-sink.ts";
import type { RunTally } from "./run-tally.ts";
import { writeDown } from "./write-down.ts";

/** How far ahead frames are made. More than a pause of the garbage collector, less than anybody waits after Ctrl-C. */
const AHEAD_MS = 150;

export interface LiveParts {
  readonly run: ScenarioRun;
  readonly sink: FrameSink;
  /** What `sink.start()` gave. */
  readonly start: Instant;
  readonly ledger: Ledger;
  readonly tally: RunTally;
  readonly guard: RateGuard;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
}

/**
 * Sends a run as time goes by: one batch is made while the one before is being sent.
 * @throws {CodedError} TRAFGEN_RATE_REFUSED before anything beyond the cap is sent, and what the sink throws
 */
export async function sendLive(parts: LiveParts): Promise<void> {
  const { run, sink, stopping, clock, guard } = parts;
  const elapsedNs = elapsed(clock, parts.start);
  let free = new FrameBatch();
  let busy = new FrameBatch();
  let sending: Promise<void> = Promise.resolve();
  const settle = async () => {
    try {
      await sending;
    } finally {
      // What went before trouble came must be in the ledger too.
      writeDown(busy, parts.ledger);
      parts.tally.add(busy);
      busy.clear();
    }
  };
  try {
    while (run.nextNs < Number.POSITIVE_INFINITY && !stopping.aborted) {
      const untilNs = elapsedNs() + AHEAD_MS * 1e6;
      if (run.nextNs >= untilNs) {
        const waitMs = (run.nextNs - untilNs) / 1e6 + AHEAD_MS / 2;
        await sleep(clock, waitMs, stopping);
        continue;
      }
      run.fill(untilNs, [free]);
      for (let i = 0; i < free.count; i++) if (free.fates[i] === FATE.SENT) guard.add(free.dueNs[i]!, free.ipBytes[i]!);
      await settle();
      [free, busy] = [busy, free];
      sending = sink.send(busy, stopping);
      // Told where it is waited for; until then it is nobody's.
      sending.catch(() => {});
    }
  } finally {
    await settle();
  }
}

/** Nanoseconds since an instant of the wall clock, by the clock that does not jump. */
function elapsed(clock: Clock, start: Instant): () => number {
  const behindMs = clock.wallMs() - start.s * 1000 - start.nanos / 1e6;
  const zeroMs = clock.monotonicMs();
  return () => (behindMs + clock.monotonicMs() - zeroMs) * 1e6;
}
