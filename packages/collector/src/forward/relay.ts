import { isDeepStrictEqual } from "node:util";
import type { DataPdu, DefinitionRequest, SealKey } from "@trafmon/observation";
import { type Clock, CodedError, type Component, Counters, type Logger } from "@trafmon/runtime";
import { type CollectorSettings, type ForwardToSettings, readKeyFile } from "@trafmon/settings";
import type { CommittedToo } from "../write/committed-logs.ts";
import type { OwnEvents } from "../write/own-events.ts";
import { Drains, type DrainTarget } from "./drains.ts";
import type { ForwardingState } from "./forwarded-runs.ts";
import { Forwarding } from "./forwarding.ts";
import { type LeftSpool, leftSpools } from "./left-spools.ts";

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

/** How often it is looked whether what nobody sends is still there. */
const LOOK_FOR_LEFT_MS = 60_000;

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
  readonly #drains: Drains;
  /** To whom the configuration has us send what waits for them. */
  #drainTo: readonly DrainTarget[];
  /** Of these not all are sent to yet, or others are as well. */
  #areDrainsStale = false;
  #left: readonly LeftSpool[] = [];
  #callOff = () => {};

  /** @throws {CodedError} SETTINGS_KEY_UNREADABLE */
  constructor(settings: CollectorSettings, parts: RelayParts) {
    this.#parts = parts;
    this.#target = targetOf(settings);
    this.#present = this.#forwardingTo(this.#target);
    this.#drainTo = this.#drainTargets(settings);
    const onDrained = (to: string) => {
      const text = "a collector that was forwarded to before has everything that waited for it";
      parts.events.tell("info", "forward_drained", parts.collector, text, { to });
    };
    this.#drains = new Drains({ ...parts, counters: this.counters, onDrained });
  }

  /** Null: nothing is forwarded. */
  get state(): ForwardingState | null {
    return this.#present?.state ?? null;
  }

  /** Of collectors that get what waited for them, and nothing new. */
  get drains(): readonly ForwardingState[] {
    return this.#drains.states;
  }

  /** What waits for collectors that nothing is sent to. */
  get left(): readonly LeftSpool[] {
    return this.#left;
  }

  /** @throws what the file system says */
  async start(): Promise<void> {
    await this.#present?.start();
    await this.#drain();
    this.#callOff = this.#parts.clock.every(LOOK_FOR_LEFT_MS, () => {
      if (this.#left.length > 0) this.#lookForLeft();
    });
  }

  async stop(): Promise<void> {
    this.#callOff();
    this.#drains.stop();
    await this.#present?.stop();
  }

  /** Goes over to another target with the next commit. One whose key cannot be read is not taken. */
  useSettings(settings: CollectorSettings): void {
    const drainTo = this.#drainTargets(settings);
    this.#areDrainsStale ||= !isDeepStrictEqual(drainTo, this.#drainTo);
    this.#drainTo = drainTo;
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
    if (pdu.isRepeat) this.#drains.say(probe, run, pdu);
  }

  takeHeartbeat(probe: string, run: string, pdu: DataPdu): void {
    if (this.#isStarted) this.#present?.takeHeartbeat(probe, run, pdu);
  }

  get isDirty(): boolean {
    return this.#areDrainsStale || this.#next !== undefined || !this.#isStarted || (this.#present?.isDirty ?? false);
  }

  async flush(): Promise<void> {
    if (this.#next !== undefined && this.#isStarted) await this.#present?.flush();
    // What came while that was written is for the new target, as it will be committed after this.
    if (this.#next !== undefined || !this.#isStarted) await this.#goOver();
    await this.#present?.flush();
    if (this.#areDrainsStale) await this.#drain();
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
    if (this.#target !== null) this.#drains.release(this.#target.to.collector);
    await this.#present?.start();
    this.#isStarted = true;
    this.#areDrainsStale = true;
  }

  #forwardingTo(target: Target | null): Forwarding | null {
    if (target === null) return null;
    const { collector, stateDir, clock, log, throughOf, heartbeatS, ask } = this.#parts;
    const { counters } = this;
    return new Forwarding({ collector, ...target, stateDir, clock, counters, log, throughOf, heartbeatS, ask });
  }

  /** Sends what waits for whom the configuration says, and tells of what waits for anybody else. */
  async #drain(): Promise<void> {
    this.#areDrainsStale = false;
    const present = this.#target?.to.collector;
    await this.#drains.use(this.#drainTo.filter(({ to }) => to.collector !== present));
    this.#lookForLeft();
    const text =
      "what was not sent to a collector waits until a drainTo or forwardTo names it, or its folder is removed";
    for (const { collector: to, folder, runs, bytes } of this.#left)
      this.#parts.events.tell("warning", "forward_left", this.#parts.collector, text, { to, runs, bytes, folder });
  }

  #lookForLeft(): void {
    const sending = new Set(this.#drains.states.map(({ collector }) => collector));
    if (this.#target !== null) sending.add(this.#target.to.collector);
    this.#left = leftSpools(this.#parts.stateDir).filter(({ collector }) => !sending.has(collector));
  }

  /** One whose key cannot be read is told of and left out. */
  #drainTargets({ drainTo, security }: CollectorSettings): readonly DrainTarget[] {
    return drainTo.flatMap((to) => {
      try {
        return [{ to, sharedKey: security === "none" ? null : readKeyFile(to.keyFile) }];
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        this.#parts.log.error({ code: error.code }, `${error.message}; what waits for ${to.collector} is not sent`);
        return [];
      }
    });
  }
}

/** @throws {CodedError} SETTINGS_KEY_UNREADABLE */
function targetOf({ forwardTo, security }: CollectorSettings): Target | null {
  if (forwardTo === null) return null;
  return { to: forwardTo, sharedKey: security === "none" ? null : readKeyFile(forwardTo.keyFile) };
}
