import type { Clock } from "@trafmon/runtime";
import type { Configuration } from "@trafmon/settings";
import { bringersOf, type Sender, sendersTo } from "./senders.ts";
import type { Session } from "./session.ts";
import type { StreamIntake } from "./stream-intake.ts";

/** One way by which the configuration has a probe's runs come: from the probe itself, or from a collector. */
export interface ExpectedWay extends Pick<Sender, "name" | "probe" | "relay"> {
  /** Monotonic: when it was first expected in this life. */
  readonly expectedMs: number;
  /** Run that was heard last; until then the one that the journal heard last; null: none is known. */
  readonly run: string | null;
  /** Monotonic; null: not in this life. */
  readonly heardMs: number | null;
  /** The run was ended in order, so nothing is expected of the probe until its next start. */
  readonly hasEnded: boolean;
}

/** How long nothing was heard. */
export interface Quiet {
  readonly ms: number;
  /** It may be longer: it goes back to before anybody listened. */
  readonly isLeast: boolean;
}

export interface ProbePresenceParts {
  readonly collector: string;
  readonly clock: Clock;
  /** The run that the journal heard of last. */
  lastRunOf(probe: string): { readonly run: string; readonly hasEnded?: boolean } | null;
}

/**
 * Whom the collector expects to hear, and when it last did. A probe that the configuration has send elsewhere is not
 * expected, nor one whose last run ended in order, whether in this life of the collector or in an earlier one.
 */
export class ProbePresence {
  readonly #parts: ProbePresenceParts;
  /** By what a hello says. */
  #ways = new Map<string, ExpectedWay>();
  /** Names of its ways, by probe. */
  #namesOf = new Map<string, readonly string[]>();
  /** When nothing was listened to last. */
  #deafMs = Number.NEGATIVE_INFINITY;

  constructor(parts: ProbePresenceParts) {
    this.#parts = parts;
  }

  /** Called first when the journal has been read. */
  useConfiguration(configuration: Configuration): void {
    const { collector, clock, lastRunOf } = this.#parts;
    const expectedMs = clock.monotonicMs();
    const senders = sendersTo(configuration, collector);
    const before = this.#ways;
    this.#ways = new Map();
    this.#namesOf = new Map();
    for (const { name: probe } of configuration.probes) {
      const last = lastRunOf(probe);
      const known = { run: last?.run ?? null, heardMs: null, hasEnded: last?.hasEnded ?? false };
      // Nothing is expected of one that brings only what waited for us.
      const expected = bringersOf(configuration, collector, probe).filter(({ isDraining }) => !isDraining);
      const names = expected.map(({ name }) => name);
      this.#namesOf.set(probe, names);
      for (const name of names) {
        const relay = senders.get(name)?.relay ?? null;
        this.#ways.set(name, before.get(name) ?? { name, probe, relay, expectedMs, ...known });
      }
    }
  }

  /** Notes who was heard. While `isListening` is false, as when the disk refuses, nobody can be. */
  look(sessions: Iterable<Session<StreamIntake>>, isListening: boolean): void {
    if (!isListening) this.#deafMs = this.#parts.clock.monotonicMs();
    for (const { sender, run, heardMs, intake } of sessions) {
      const way = this.#ways.get(sender);
      if (way === undefined || heardMs < (way.heardMs ?? heardMs)) continue;
      this.#ways.set(sender, { ...way, run, heardMs, hasEnded: intake.hasEnded });
    }
  }

  get ways(): readonly ExpectedWay[] {
    return [...this.#ways.values()];
  }

  waysOf(probe: string): readonly ExpectedWay[] {
    return (this.#namesOf.get(probe) ?? []).map((name) => this.#ways.get(name) as ExpectedWay);
  }

  /** How long nothing came by a way, or by a session. */
  quiet({ heardMs, expectedMs }: Pick<ExpectedWay, "heardMs" | "expectedMs">): Quiet {
    const sinceMs = Math.max(heardMs ?? expectedMs, this.#deafMs);
    return { ms: this.#parts.clock.monotonicMs() - sinceMs, isLeast: sinceMs !== heardMs };
  }
}
