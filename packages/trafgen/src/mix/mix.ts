import { setMaxListeners } from "node:events";
import { type Clock, sleep } from "@trafmon/runtime";
import { Random, seedOf } from "../craft/random.ts";
import type { ByteGate } from "./byte-gate.ts";
import type { Player } from "./mix-players.ts";
import { MIX_KINDS, type MixKind, type MixScenario } from "./mix-scenario.ts";
import { MixTally } from "./mix-tally.ts";
import { RateGate } from "./rate-gate.ts";

export interface MixParts {
  readonly scenario: MixScenario;
  /** The kinds that are played. */
  readonly players: Readonly<Partial<Record<MixKind, Player>>>;
  readonly gate: ByteGate;
  readonly seed: number;
  readonly clock: Clock;
  /** Nothing new is begun from then on. */
  readonly stopping: AbortSignal;
  /** What is under way is broken off. */
  readonly cutting: AbortSignal;
}

/** Exchanges of one kind under way at the same time; beyond that they are skipped, as people who wait ask nothing new. */
const MOST_AT_ONCE = 64;

/** Plays a mixture until it is stopped. The same seed draws the same exchanges; when they end depends on the servers. */
export class Mix {
  readonly tally = new MixTally();
  readonly #parts: MixParts;
  readonly #rate: RateGate;
  /** The first that a player threw: nothing new is begun then. */
  #fault: { readonly error: unknown } | null = null;
  readonly #failing = new AbortController();
  readonly #stopping: AbortSignal;

  constructor(parts: MixParts) {
    this.#parts = parts;
    this.#rate = new RateGate(parts.clock, parts.scenario.mostPerS);
    this.#stopping = AbortSignal.any([parts.stopping, this.#failing.signal]);
    setMaxListeners(0, this.#stopping);
  }

  /** Resolves when stopped, and everything under way has ended. Rejects with what a player threw. */
  async run(): Promise<void> {
    await Promise.all(MIX_KINDS.map((kind, i) => this.#runKind(kind, i)));
    if (this.#fault !== null) throw this.#fault.error;
  }

  async #runKind(kind: MixKind, index: number): Promise<void> {
    const { scenario, players, seed, clock } = this.#parts;
    const stopping = this.#stopping;
    const player = players[kind];
    const perS = scenario.perS[kind];
    if (player === undefined || perS <= 0) return;
    const random = new Random(seedOf(seed, index));
    const underway = new Set<Promise<void>>();
    const count = this.tally.of(kind);
    let dueMs = clock.monotonicMs();
    while (!stopping.aborted) {
      dueMs += random.exponential(1000 / perS);
      // Time that was lost, to a machine that slept say, is not made up for.
      dueMs = Math.max(dueMs, clock.monotonicMs() - 1000);
      // A loop that is behind begins all that is due before it waits again, or a slow machine would set the rate.
      const waitMs = dueMs - clock.monotonicMs();
      if (waitMs > 0) await sleep(clock, waitMs, stopping);
      if (stopping.aborted) break;
      // A chance of its own for each, so that what one draws does not depend on how the last one went.
      const chance = new Random(random.u32());
      if (underway.size >= MOST_AT_ONCE) {
        count.skipped++;
        continue;
      }
      const playing = this.#play(kind, player, chance)
        .catch((error: unknown) => {
          this.#fault ??= { error };
          this.#failing.abort();
        })
        .finally(() => underway.delete(playing));
      underway.add(playing);
    }
    await Promise.all(underway);
  }

  async #play(kind: MixKind, player: Player, random: Random): Promise<void> {
    const { gate, cutting } = this.#parts;
    const stopping = this.#stopping;
    await gate.settled(stopping);
    if (!(await this.#rate.pass(stopping))) return;
    const count = this.tally.of(kind);
    count.begun++;
    const { bytes, trouble } = await player(random);
    if (trouble !== null && cutting.aborted) count.stopped++;
    else this.tally.add(kind, bytes, trouble);
    // Files and pages were counted as they came.
    if (kind !== "ftp" && kind !== "http") gate.spend(bytes);
  }
}
