import type { Clock } from "@trafmon/runtime";
import type { OwnEvents } from "../write/own-events.ts";
import type { Session } from "./session.ts";
import type { StreamIntake } from "./stream-intake.ts";

/** Heartbeats that may fail to come before a probe counts as silent. */
const HEARTBEATS_MISSED = 3;

/** Tells when a probe falls silent and when it is back. A run that has ended is not expected to say anything. */
export class SilenceWatch {
  readonly #events: OwnEvents;
  readonly #clock: Clock;
  readonly #silent = new Map<string, number>();

  constructor(events: OwnEvents, clock: Clock) {
    this.#events = events;
    this.#clock = clock;
  }

  /** Looks at the sessions; `heartbeatS` of a probe's name. */
  look(sessions: Iterable<Session<StreamIntake>>, heartbeatS: (probe: string) => number): void {
    const nowMs = this.#clock.monotonicMs();
    for (const session of sessions) {
      const { probe, run, heardMs, intake } = session;
      const quietMs = nowMs - heardMs;
      const limitMs = HEARTBEATS_MISSED * heartbeatS(probe) * 1000;
      const silentSince = this.#silent.get(run);
      if (silentSince === undefined && quietMs > limitMs && !intake.hasEnded) {
        this.#silent.set(run, heardMs);
        this.#events.tell("warning", "probe_silent", probe, "nothing is heard of the probe", {
          run,
          quiet_s: Math.round(quietMs / 1000),
        });
      } else if (silentSince !== undefined && heardMs > silentSince) {
        this.#silent.delete(run);
        this.#events.tell("info", "probe_back", probe, "the probe is heard again", {
          run,
          silent_s: Math.round((heardMs - silentSince) / 1000),
        });
      }
    }
  }
}
