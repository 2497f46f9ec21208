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
  /** When a silent run was heard last, by run and sender. */
  readonly #silent = new Map<string, number>();
  /** When nothing was listened to last. */
  #deafMs = Number.NEGATIVE_INFINITY;

  constructor(events: OwnEvents, clock: Clock) {
    this.#events = events;
    this.#clock = clock;
  }

  isSilent(session: Session): boolean {
    return this.#silent.has(keyOf(session));
  }

  /**
   * Looks at the sessions; `heartbeatS` of a probe's name. While `isListening` is false, as when the disk refuses,
   * nobody can be heard.
   */
  look(sessions: Iterable<Session<StreamIntake>>, heartbeatS: (probe: string) => number, isListening: boolean): void {
    const nowMs = this.#clock.monotonicMs();
    if (!isListening) {
      this.#deafMs = nowMs;
      return;
    }
    for (const session of sessions) {
      const { probe, run, relay, heardMs, intake } = session;
      const key = keyOf(session);
      const by = relay === null ? {} : { relay };
      const quietMs = nowMs - Math.max(heardMs, this.#deafMs);
      const limitMs = HEARTBEATS_MISSED * heartbeatS(probe) * 1000;
      const silentSince = this.#silent.get(key);
      if (silentSince === undefined && quietMs > limitMs && !intake.hasEnded) {
        this.#silent.set(key, heardMs);
        this.#events.tell("warning", "probe_silent", probe, "nothing is heard of the probe", {
          run,
          ...by,
          quiet_s: Math.round(quietMs / 1000),
        });
      } else if (silentSince !== undefined && heardMs > silentSince) {
        this.#silent.delete(key);
        this.#events.tell("info", "probe_back", probe, "the probe is heard again", {
          run,
          ...by,
          silent_s: Math.round((heardMs - silentSince) / 1000),
        });
      }
    }
  }
}

/** A run may be heard of its probe and of collectors that forward it. */
function keyOf({ run, sender }: Session): string {
  return `${run} ${sender}`;
}
