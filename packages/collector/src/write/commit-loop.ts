import { type Clock, type Component, type Logger, RepeatedTrouble } from "@trafmon/runtime";
import type { CommittedLogs } from "./committed-logs.ts";
import type { OwnEvents } from "./own-events.ts";

export interface CommitLoopOptions {
  readonly commitIntervalMs: number;
  readonly logIntervalS: number;
}

/** So many PDUs are worth a commit of their own before the interval is over. */
const PDUS_PER_COMMIT = 256;

/**
 * Commits what was taken: after `commitIntervalMs` at the latest, earlier when much has come. Gives the files their
 * final names at every multiple of `logIntervalS`. When the disk refuses, nothing is acknowledged, and it tries again.
 */
export class CommitLoop implements Component {
  readonly name = "commits";
  readonly #logs: CommittedLogs;
  readonly #events: OwnEvents;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #trouble: RepeatedTrouble;
  readonly #onCommitted: () => void;
  #options: CommitLoopOptions;
  #taken = 0;
  #isCommitting = false;
  #failingSinceMs: number | null = null;
  #callOffs: (() => void)[] = [];

  constructor(
    logs: CommittedLogs,
    events: OwnEvents,
    options: CommitLoopOptions,
    clock: Clock,
    log: Logger,
    onCommitted: () => void,
  ) {
    this.#logs = logs;
    this.#events = events;
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
    this.#trouble = new RepeatedTrouble(log, clock);
    this.#onCommitted = onCommitted;
  }

  useOptions(options: CommitLoopOptions): void {
    this.#options = options;
  }

  /** False while the disk refuses: then nothing more is to be taken into memory. */
  get isWell(): boolean {
    return this.#failingSinceMs === null;
  }

  /** How long the disk has refused; null: it does not. */
  get failingMs(): number | null {
    return this.#failingSinceMs === null ? null : this.#clock.monotonicMs() - this.#failingSinceMs;
  }

  async start(): Promise<void> {
    this.#callOffs.push(this.#clock.every(this.#options.commitIntervalMs, () => void this.commit()));
    this.#waitForRotation();
  }

  /** Tells that a PDU has been taken. */
  noteTaken(): void {
    if (++this.#taken >= PDUS_PER_COMMIT) void this.commit();
  }

  async commit(): Promise<void> {
    if (this.#isCommitting) return;
    this.#isCommitting = true;
    if (this.#taken > 0) this.#log.debug({ pdus: this.#taken }, "committing");
    this.#taken = 0;
    await this.#tried(() => this.#logs.commit());
    this.#isCommitting = false;
  }

  /** Gives the files their final names now. */
  async rotate(): Promise<void> {
    await this.#tried(() => this.#logs.rotate());
  }

  async stop(): Promise<void> {
    for (const callOff of this.#callOffs) callOff();
    // Not `commit`, which does nothing while another one is under way.
    await this.#tried(() => this.#logs.commit());
    this.#trouble.flush();
  }

  #waitForRotation(): void {
    const intervalMs = this.#options.logIntervalS * 1000;
    const leftMs = intervalMs - (this.#clock.wallMs() % intervalMs);
    const callOff = this.#clock.after(leftMs, () => {
      void this.rotate();
      this.#waitForRotation();
    });
    this.#callOffs[1] = callOff;
  }

  async #tried(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failingSinceMs ??= this.#clock.monotonicMs();
      this.#trouble.warn(
        "commit",
        { err: error },
        "cannot write the logs; nothing is acknowledged until it works again",
      );
      return;
    }
    if (this.#failingSinceMs !== null) {
      const failedS = Math.round((this.#clock.monotonicMs() - this.#failingSinceMs) / 1000);
      this.#failingSinceMs = null;
      this.#events.tell("error", "logs_unwritable", "collector", "the logs could not be written for a while", {
        for_s: failedS,
      });
    }
    this.#onCommitted();
  }
}
