import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { DataPdu, DefinitionRequest, SealKey } from "@trafmon/observation";
import { type Clock, CodedError, type Component, Counters, type Logger } from "@trafmon/runtime";
import { type CollectorSettings, type ForwardToSettings, readKeyFile } from "@trafmon/settings";
import type { CommittedToo } from "../write/committed-logs.ts";
import type { OwnEvents } from "../write/own-events.ts";
import type { ForwardingState } from "./forwarded-runs.ts";
import { Forwarding } from "./forwarding.ts";

export interface RelayParts {
  /** Name of this collector. */
  readonly collector: string;
  readonly stateDir: string;
  readonly clock: Clock;
  readonly events: OwnEvents;
  readonly log: Logger;
  /** Everything of a run up to this sequence has been taken; null: nothing is known of it. */
  throughOf(probe: string, run: string): number | null;
  heartbeatS(probe: string): number;
  /** Asks the probe for definitions that the other collector misses. */
  ask(run: string, request: DefinitionRequest): void;
}

/** To whom is forwarded, and under which key. */
interface Target {
  readonly to: ForwardToSettings;
  readonly sharedKey: SealKey;
}

const FOLDER_PREFIX = "forward_";

/**
 * Forwards to whom the configuration in force says, or to nobody. A change counts from a commit on: what was taken
 * before it is spooled for the old target, what comes after it for the new one.
 */
export class Relay implements Component, CommittedToo {
  readonly name = "forwarding";
  readonly #parts: RelayParts;
  /** Of its own, for both ends of the protocol count the same things. */
  readonly counters = new Counters();
  #present: Forwarding | null = null;
  /** Whom `present` forwards to. */
  #target: Target | null;
  /** `present` has found its spool and its socket. */
  #isStarted = true;
  /** Whom to go over to; undefined: it stays as it is. */
  #next: Target | null | undefined = undefined;

  /** @throws {CodedError} SETTINGS_KEY_UNREADABLE */
  constructor(settings: CollectorSettings, parts: RelayParts) {
    this.#parts = parts;
    this.#target = targetOf(settings);
    this.#present = this.#forwardingTo(this.#target);
  }

  /** Null: nothing is forwarded. */
  get state(): ForwardingState | null {
    return this.#present?.state ?? null;
  }

  /** @throws what the file system says */
  async start(): Promise<void> {
    this.#tellLeft();
    await this.#present?.start();
  }

  async stop(): Promise<void> {
    await this.#present?.stop();
  }

  /** Goes over to another target with the next commit. One whose key cannot be read is not taken. */
  useSettings(settings: CollectorSettings): void {
    try {
      const target = targetOf(settings);
      this.#next = isDeepStrictEqual(target, this.#target) ? undefined : target;
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      this.#parts.log.error({ code: error.code }, `${error.message}; forwarding stays as it was`);
    }
  }

  take(probe: string, run: string, pdu: DataPdu): void {
    this.#present?.take(probe, run, pdu);
  }

  takeHeartbeat(probe: string, run: string, pdu: DataPdu): void {
    if (this.#isStarted) this.#present?.takeHeartbeat(probe, run, pdu);
  }

  get isDirty(): boolean {
    return this.#next !== undefined || !this.#isStarted || (this.#present?.isDirty ?? false);
  }

  async flush(): Promise<void> {
    if (this.#next !== undefined && this.#isStarted) await this.#present?.flush();
    // What came while that was written is for the new target, as it will be committed after this.
    if (this.#next !== undefined || !this.#isStarted) await this.#goOver();
    await this.#present?.flush();
  }

  /** May be tried again when it fails: what was taken stays with whoever is present. */
  async #goOver(): Promise<void> {
    const before = this.#present;
    await before?.stop();
    if (this.#next !== undefined) this.#target = this.#next;
    this.#next = undefined;
    this.#present = this.#forwardingTo(this.#target);
    this.#isStarted = this.#present === null;
    if (before !== null) this.#present?.takeOver(before);
    await this.#present?.start();
    this.#isStarted = true;
    this.#tellLeft();
  }

  #forwardingTo(target: Target | null): Forwarding | null {
    if (target === null) return null;
    const { collector, stateDir, clock, log, throughOf, heartbeatS, ask } = this.#parts;
    const { counters } = this;
    return new Forwarding({ collector, ...target, stateDir, clock, counters, log, throughOf, heartbeatS, ask });
  }

  /** Tells of spools that nobody sends from: they are for a collector that the configuration has no more. */
  #tellLeft(): void {
    const { stateDir, collector, events } = this.#parts;
    for (const folder of foldersIn(stateDir)) {
      const to = folder.startsWith(FOLDER_PREFIX) ? folder.slice(FOLDER_PREFIX.length) : this.#target?.to.collector;
      const runs = to === this.#target?.to.collector ? [] : foldersIn(join(stateDir, folder));
      if (runs.length === 0) continue;
      const text = "what was not sent to a collector waits until the configuration has us forward to it again";
      events.tell("warning", "forward_left", collector, text, { to, runs: runs.length });
    }
  }
}

/** @throws {CodedError} SETTINGS_KEY_UNREADABLE */
function targetOf({ forwardTo, security }: CollectorSettings): Target | null {
  if (forwardTo === null) return null;
  return { to: forwardTo, sharedKey: security === "none" ? null : readKeyFile(forwardTo.keyFile) };
}

function foldersIn(directory: string): readonly string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}
