import { isDeepStrictEqual } from "node:util";
import { type DataPdu, type SealKey, writeDataPdu } from "@trafmon/observation";
import { RepeatedTrouble } from "@trafmon/runtime";
import type { DrainToSettings } from "@trafmon/settings";
import { ForwardedRuns, type ForwardingState } from "./forwarded-runs.ts";
import type { ForwardingParts } from "./forwarding.ts";

export interface DrainsParts extends Omit<ForwardingParts, "to" | "sharedKey"> {
  /** A collector has everything that waited for it. */
  onDrained(collector: string): void;
}

/** To whom what waits is sent, and under which key. */
export interface DrainTarget {
  readonly to: DrainToSettings;
  readonly sharedKey: SealKey;
}

/** One of them at work. */
interface Drain extends DrainTarget {
  readonly runs: ForwardedRuns;
  readonly trouble: RepeatedTrouble;
}

/** Sends collectors that were forwarded to before what still waits for them. */
export class Drains {
  readonly #parts: DrainsParts;
  /** By the collector's name. */
  readonly #drains = new Map<string, Drain>();

  constructor(parts: DrainsParts) {
    this.#parts = parts;
  }

  /** Sends to these, and to nobody else. What cannot be opened is told of, and waits until it is asked for again. */
  async use(targets: readonly DrainTarget[]): Promise<void> {
    for (const [collector, { to, sharedKey }] of this.#drains) {
      const isWanted = targets.some((each) => isDeepStrictEqual(each, { to, sharedKey }));
      if (!isWanted) this.release(collector);
    }
    for (const target of targets) if (!this.#drains.has(target.to.collector)) await this.#begin(target);
  }

  /** Lets go of what waits for a collector: it is for another to send. */
  release(collector: string): void {
    const drain = this.#drains.get(collector);
    drain?.runs.stop();
    drain?.trouble.flush();
    this.#drains.delete(collector);
  }

  stop(): void {
    for (const collector of [...this.#drains.keys()]) this.release(collector);
  }

  /** Passes on definitions that a probe says again. */
  say(probe: string, run: string, pdu: DataPdu): void {
    for (const { runs } of this.#drains.values()) runs.get(probe, run)?.sender.say(writeDataPdu(pdu));
  }

  get states(): readonly ForwardingState[] {
    return [...this.#drains.values()].map(({ runs }) => runs.state);
  }

  async #begin(target: DrainTarget): Promise<void> {
    const { onDrained, log, clock } = this.#parts;
    const { to, sharedKey } = target;
    const { collector } = to;
    const trouble = new RepeatedTrouble(log, clock);
    const runs = new ForwardedRuns({
      ...this.#parts,
      // Nothing is put into it, so it needs no bound.
      to: { ...to, spoolBytes: Number.POSITIVE_INFINITY },
      sharedKey,
      trouble,
      isInUse: () => false,
      isClosed: true,
      onEmpty: () => onDrained(collector),
    });
    try {
      await runs.start();
      this.#drains.set(collector, { ...target, runs, trouble });
    } catch (error) {
      runs.stop();
      log.error(
        { to: collector, reason: (error as Error).message },
        "cannot send what waits for a collector; it waits on",
      );
    }
  }
}
