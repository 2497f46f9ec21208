import { type Clock, type Component, type Logger, type LookLimits, look } from "@trafmon/runtime";
import type { EventSourceSettings } from "@trafmon/settings";
import type { ProbeEvents } from "../probe-events.ts";
import { outsideEvent } from "./outside-event.ts";
import { userNamed } from "./user-named.ts";

/** Looks at the event sources of a probe, each at its own pace, and tells what they say as events. */
export class OutsideEvents implements Component {
  readonly name = "event sources";
  readonly #sources: readonly EventSourceSettings[];
  readonly #events: Pick<ProbeEvents, "tell">;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #callOff = new AbortController();
  readonly #calledOff: (() => void)[] = [];
  /** Looks under way. */
  readonly #looks = new Set<Promise<void>>();

  constructor(
    sources: readonly EventSourceSettings[],
    parts: { events: Pick<ProbeEvents, "tell">; clock: Clock; log: Logger },
  ) {
    this.#sources = sources;
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** @throws {CodedError} PROBE_EVENT_USER_UNKNOWN */
  async start(): Promise<void> {
    const canChangeUser = process.getuid?.() === 0;
    const watched = this.#sources.map((source) => ({
      source,
      asUser: canChangeUser ? userNamed(source.user, source.name) : null,
    }));
    for (const { source, asUser } of watched) {
      let before = "";
      let isLooking = false;
      const program = source.program ?? fileProgram(source.file!, source.sizeLimitBytes);
      const limits: LookLimits = { timeMs: source.timeLimitMs, bytes: source.sizeLimitBytes };
      const once = async () => {
        // After a suspended machine wakes, two looks may be due at once.
        if (isLooking) return;
        isLooking = true;
        const seen = await look(program, asUser, limits, this.#callOff.signal);
        isLooking = false;
        if (this.#callOff.signal.aborted) return;
        const { severity, code, text, parameters } = outsideEvent(seen);
        const now = JSON.stringify([severity, code, parameters]);
        if (source.onlyChanges && now === before) return;
        before = now;
        if (code !== "outside_event") this.#log.warn({ source: source.name, ...parameters }, text);
        this.#events.tell(severity, code, source.name, text, parameters);
      };
      const begin = () => {
        const under: Promise<void> = once().finally(() => this.#looks.delete(under));
        this.#looks.add(under);
      };
      begin();
      this.#calledOff.push(this.#clock.every(source.everyMs, begin));
    }
  }

  /** Ends what is under way; what it said is not told any more. */
  async stop(): Promise<void> {
    for (const callOff of this.#calledOff) callOff();
    this.#callOff.abort();
    await Promise.all(this.#looks);
  }
}

/** A file is read by a program too: then it is read with the other user's rights, and a FIFO blocks nobody. */
function fileProgram(file: string, sizeLimitBytes: number): readonly string[] {
  return ["/usr/bin/head", "-c", String(sizeLimitBytes + 1), "--", file];
}
