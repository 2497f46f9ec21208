import { type DataPdu, writeDataPdu } from "@trafmon/observation";
import { type Component, RepeatedTrouble } from "@trafmon/runtime";
import { type OutgoingPdu, outgoingPdu } from "@trafmon/transport";
import type { ForwardedRun } from "./forwarded-run.ts";
import { ForwardedRuns, type ForwardedRunsParts, type ForwardingState, SPOOL_TROUBLE } from "./forwarded-runs.ts";

export type ForwardingParts = Omit<ForwardedRunsParts, "trouble" | "isInUse" | "isClosed" | "onEmpty">;

/** PDUs of a run that are to be spooled. */
interface GatheredPdus {
  readonly probe: string;
  readonly run: string;
  readonly pdus: OutgoingPdu[];
}

/**
 * Sends everything that was taken to another collector, as the PDUs of the probes they come from: same run, same
 * sequence, same record numbers. They are spooled under the commit that their acknowledgement rests on, so what a probe
 * may forget is on its way, and survives both ends.
 */
export class Forwarding implements Component {
  readonly name = "forwarding";
  readonly #parts: ForwardingParts;
  readonly #trouble: RepeatedTrouble;
  readonly #runs: ForwardedRuns;
  /** By run and probe, as all that follows: runs whose sequences make no sense, until the next start. */
  readonly #refused = new Set<string>();
  /** Taken since the last flush. */
  #gathered = new Map<string, GatheredPdus>();
  /** Being taken to stable storage: their folders must stay. */
  #syncing: ReadonlySet<string> = new Set();

  constructor(parts: ForwardingParts) {
    this.#parts = parts;
    this.#trouble = new RepeatedTrouble(parts.log, parts.clock);
    const isInUse = (probe: string, run: string) => {
      const key = keyOf(probe, run);
      return this.#gathered.has(key) || this.#syncing.has(key);
    };
    this.#runs = new ForwardedRuns({ ...parts, trouble: this.#trouble, isInUse, isClosed: false });
  }

  /**
   * Goes on with what an earlier life left.
   * @throws what the file system says
   */
  async start(): Promise<void> {
    await this.#runs.start();
  }

  /** What the other collector does not have yet stays for the next start. */
  async stop(): Promise<void> {
    this.#runs.stop();
    this.#trouble.flush();
  }

  /** Takes a PDU as it is taken into the logs, in order, or one that says definitions again. */
  take(probe: string, run: string, pdu: DataPdu): void {
    const key = keyOf(probe, run);
    if (pdu.isRepeat) return this.#runs.get(probe, run)?.sender.say(writeDataPdu(pdu));
    if (this.#refused.has(key)) return;
    const gathered = this.#gathered.get(key) ?? { probe, run, pdus: [] };
    this.#gathered.set(key, gathered);
    gathered.pdus.push(outgoingPdu(writeDataPdu(pdu)));
  }

  /** Takes what another, which sends no more, was given and did not spool. Before anything is taken. */
  takeOver(other: Forwarding): void {
    this.#gathered = other.#gathered;
    other.#gathered = new Map();
  }

  /** Passes on a heartbeat of a probe of which everything is taken. One that is lost is missed here as well. */
  takeHeartbeat(probe: string, run: string, pdu: DataPdu): void {
    // What was gathered says as much, and is sent in a moment.
    const key = keyOf(probe, run);
    if (this.#gathered.has(key) || this.#refused.has(key)) return;
    try {
      const forwarded = this.#runs.opened(probe, run);
      forwarded.spool.beginAt(pdu.sequence);
      forwarded.heardMs = this.#parts.clock.monotonicMs();
      forwarded.sender.say(writeDataPdu(pdu));
    } catch (error) {
      this.#trouble.warn("spool", { reason: (error as Error).message }, SPOOL_TROUBLE);
    }
  }

  get isDirty(): boolean {
    return this.#gathered.size > 0;
  }

  /**
   * Takes what was gathered to stable storage: all that came before this call. When it fails nothing is lost.
   * @throws what the file system says
   */
  async flush(): Promise<void> {
    const taken = this.#gathered;
    this.#gathered = new Map();
    this.#syncing = new Set(taken.keys());
    try {
      await this.#runs.sync([...taken.values()].map((each) => this.#spool(each)));
    } catch (error) {
      for (const [key, { pdus, ...names }] of taken) {
        const since = this.#gathered.get(key)?.pdus ?? [];
        this.#gathered.set(key, { ...names, pdus: [...pdus, ...since] });
      }
      throw error;
    } finally {
      this.#syncing = new Set();
    }
    for (const { probe, run } of taken.values()) this.#runs.get(probe, run)?.sender.sendNew();
  }

  #spool({ probe, run, pdus }: GatheredPdus): ForwardedRun {
    const key = keyOf(probe, run);
    const forwarded = this.#runs.opened(probe, run);
    forwarded.heardMs = this.#parts.clock.monotonicMs();
    for (const pdu of pdus.splice(0)) {
      if (forwarded.put(pdu)) continue;
      this.#refused.add(key);
      this.#parts.log.error(
        { probe, run, sequence: pdu.sequence },
        "this run's sequences leap; it is forwarded no further",
      );
      break;
    }
    return forwarded;
  }

  get state(): ForwardingState {
    return this.#runs.state;
  }
}

function keyOf(probe: string, run: string): string {
  return `${run} ${probe}`;
}
