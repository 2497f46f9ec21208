import { existsSync } from "node:fs";
import { type Clock, CodedError, type Component, instantOf } from "@trafmon/runtime";
import { readConfiguration } from "./configuration.ts";
import type { Configuration } from "./model/configuration.ts";
import { WatchedFile } from "./watched-file.ts";

export interface ConfigurationWatchOptions {
  /** The file the program was started with. */
  readonly own: string;
  /** The new file; it need not exist yet. Null: none is watched. */
  readonly path: string | null;
  /** What the program runs on. A new file that means the same changes nothing. */
  readonly current: Configuration;
  /** Decides when `startAt` has come; in replay it follows the packets. */
  readonly clock: Clock;
  /** Called at the switch. What it throws is a fault of ours. */
  onSwitch(configuration: Configuration): void;
  /** A file that appeared is valid and waits for its instant. */
  onScheduled?(configuration: Configuration): void;
  /** A reload was asked for, and the file means what is in force. */
  onUnchanged?(configuration: Configuration): void;
  /** A file that appeared, or was to be read again, cannot be used; what runs goes on. */
  onInvalid(error: CodedError): void;
}

/** The wall clock may be set while we wait, so the instant is looked at again this often. */
const LOOK_AGAIN_MS = 1000;

/**
 * Watches for a new configuration file: checks it as soon as it appears and switches at its `startAt`, or at once
 * without one or when it is past. An invalid file never replaces what runs. A file taken away before its instant, or
 * replaced, no longer counts. Neither file is ever renamed or written.
 */
export class ConfigurationWatch implements Component {
  readonly name = "configuration watch";
  readonly #options: ConfigurationWatchOptions;
  readonly #file: WatchedFile | null;
  #currentHash: string;
  #waiting: Configuration | null = null;
  #callOff: (() => void) | null = null;
  /** What is in force came from the new file. */
  #isNewInForce = false;

  constructor(options: ConfigurationWatchOptions) {
    this.#options = options;
    this.#currentHash = options.current.hash;
    const { path, clock } = options;
    this.#file = path === null ? null : new WatchedFile(path, clock, (exists) => this.#onChange(path, exists));
  }

  async start(): Promise<void> {
    await this.#file?.start();
  }

  async stop(): Promise<void> {
    this.#callOff?.();
    await this.#file?.stop();
  }

  /**
   * Reads again what a restart would read: the new file, if it is there and in force, else the program's own. A file
   * that means something else is gone over to at once.
   */
  reload(): void {
    const { own, path, onSwitch, onUnchanged } = this.#options;
    const isNew = this.#isNewInForce && path !== null && existsSync(path);
    const configuration = this.#read(isNew ? path : own);
    if (configuration === null) return;
    if (configuration.hash === this.#currentHash) return onUnchanged?.(configuration);
    this.#isNewInForce = isNew;
    this.#currentHash = configuration.hash;
    onSwitch(configuration);
  }

  #read(path: string): Configuration | null {
    try {
      return readConfiguration(path);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      this.#options.onInvalid(error);
      return null;
    }
  }

  #onChange(path: string, exists: boolean): void {
    this.#callOff?.();
    this.#waiting = null;
    if (!exists) return;
    this.#waiting = this.#read(path);
    if (this.#waiting === null) return;
    if (this.#waiting.hash === this.#currentHash) {
      this.#isNewInForce ||= this.#msLeft(this.#waiting) <= 0;
      this.#waiting = null;
      return;
    }
    if (this.#msLeft(this.#waiting) > 0) this.#options.onScheduled?.(this.#waiting);
    this.#switchWhenDue();
  }

  #switchWhenDue(): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    const leftMs = this.#msLeft(waiting);
    if (leftMs > 0) {
      this.#callOff = this.#options.clock.after(Math.min(leftMs, LOOK_AGAIN_MS), () => this.#switchWhenDue());
      return;
    }
    this.#waiting = null;
    this.#isNewInForce = true;
    this.#currentHash = waiting.hash;
    this.#options.onSwitch(waiting);
  }

  /** Milliseconds until the instant, rounded up; 0 or less when it has come. */
  #msLeft({ startAt }: Configuration): number {
    if (startAt === null) return 0;
    const now = instantOf(this.#options.clock);
    return Math.ceil((startAt.s - now.s) * 1000 + (startAt.nanos - now.nanos) / 1e6);
  }
}
