import type { DataPdu } from "@trafmon/observation";
import type { Clock } from "@trafmon/runtime";
import type { OwnEvents } from "../write/own-events.ts";
import type { Session } from "./session.ts";

/** Ahead of our clock by more than this is told; by less than half of it, it is right again. */
const TOLERATED_MS = 2000;

/**
 * Tells of probes whose packets come from the future: their clock is wrong, or ours. A clock that is behind cannot be told
 * from a backlog or a replay; the probe's machine knows best whether anything keeps its clock right.
 */
export class ClockComparison {
  readonly #events: OwnEvents;
  readonly #clock: Clock;
  /** Runs that are ahead, and their probes: several of a probe may be sent side by side. */
  readonly #ahead = new Set<string>();

  constructor(events: OwnEvents, clock: Clock) {
    this.#events = events;
    this.#clock = clock;
  }

  compare({ probe, run }: Pick<Session, "probe" | "run">, { watermark }: Pick<DataPdu, "watermark">): void {
    const aheadMs = watermark.s * 1000 + Math.floor(watermark.nanos / 1e6) - this.#clock.wallMs();
    const key = keyOf({ probe, run });
    const wasAhead = this.#ahead.has(key);
    if (!wasAhead && aheadMs > TOLERATED_MS) {
      this.#ahead.add(key);
      this.#events.tell(
        "warning",
        "probe_clock_ahead",
        probe,
        "the probe's packets are of the future: one clock is wrong",
        {
          run,
          ahead_s: Math.round(aheadMs / 1000),
          fix: "chronyc tracking, on both machines",
        },
      );
    } else if (wasAhead && aheadMs < TOLERATED_MS / 2) {
      this.#ahead.delete(key);
      this.#events.tell("info", "probe_clock_right", probe, "the probe's packets are of the future no more", { run });
    }
  }

  /** Nothing of the run is expected any more. */
  forget(session: Pick<Session, "probe" | "run">): void {
    this.#ahead.delete(keyOf(session));
  }
}

function keyOf({ probe, run }: Pick<Session, "probe" | "run">): string {
  return `${run} ${probe}`;
}
