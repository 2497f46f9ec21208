import type { OwnEvents } from "../write/own-events.ts";
import type { ExpectedWay, ProbePresence } from "./probe-presence.ts";
import type { Session } from "./session.ts";
import type { StreamIntake } from "./stream-intake.ts";

/** Heartbeats that may fail to come before a probe counts as silent. */
const HEARTBEATS_MISSED = 3;

/** Tells when a probe falls silent and when it is back, for each way that it is heard by. */
export class SilenceWatch {
  readonly #presence: ProbePresence;
  readonly #events: OwnEvents;
  readonly #heartbeatS: (probe: string) => number;
  /** The ways as they were when they fell silent. */
  readonly #silent = new Map<string, ExpectedWay>();
  /** Sessions in which nothing was heard for too long when last looked at. */
  #silentSessions = new Set<Session>();

  /** `heartbeatS`: of a probe's name. */
  constructor(presence: ProbePresence, events: OwnEvents, heartbeatS: (probe: string) => number) {
    this.#presence = presence;
    this.#events = events;
    this.#heartbeatS = heartbeatS;
  }

  /** Whether the run should have been heard in this session. */
  isSilent(session: Session): boolean {
    return this.#silentSessions.has(session);
  }

  look(sessions: readonly Session<StreamIntake>[]): void {
    this.#silentSessions = new Set(sessions.filter((session) => this.#isQuiet(session)));
    const { ways } = this.#presence;
    const names = new Set(ways.map(({ name }) => name));
    for (const name of this.#silent.keys()) if (!names.has(name)) this.#silent.delete(name);
    for (const way of ways) this.#lookAt(way);
  }

  #isQuiet({ probe, heardMs, intake }: Session<StreamIntake>): boolean {
    return !intake.hasEnded && this.#isTooLong(probe, this.#presence.quiet({ heardMs, expectedMs: heardMs }).ms);
  }

  #lookAt(way: ExpectedWay): void {
    const { name, probe, run, relay, heardMs, hasEnded } = way;
    const by = relay === null ? {} : { relay };
    const silent = this.#silent.get(name);
    // Of a probe that never was here nobody can say that it fell silent.
    if (silent === undefined && run !== null && !hasEnded) {
      const { ms } = this.#presence.quiet(way);
      if (!this.#isTooLong(probe, ms)) return;
      this.#silent.set(name, way);
      const parameters = { run, ...by, quiet_s: Math.round(ms / 1000) };
      this.#events.tell("warning", "probe_silent", probe, "nothing is heard of the probe", parameters);
    } else if (silent !== undefined && heardMs !== null && heardMs > (silent.heardMs ?? silent.expectedMs)) {
      this.#silent.delete(name);
      const silentS = Math.round((heardMs - (silent.heardMs ?? silent.expectedMs)) / 1000);
      this.#events.tell("info", "probe_back", probe, "the probe is heard again", { run, ...by, silent_s: silentS });
    }
  }

  #isTooLong(probe: string, quietMs: number): boolean {
    return quietMs > HEARTBEATS_MISSED * this.#heartbeatS(probe) * 1000;
  }
}
