import { statSync } from "node:fs";
import type { Clock, Component } from "@trafmon/runtime";

/** How a file looked: changes whenever it is written or replaced. Null: it does not exist. */
type Look = string | null;

/** Looking at a name a few times a second costs nothing, and works on every file system, links and mounts included. */
const LOOK_EVERY_MS = 500;

/**
 * Tells when a file appears, changes or goes. A file that is still being written is waited for: it is told of once it
 * looks the same twice. At the start a file that exists is told of at once.
 */
export class WatchedFile implements Component {
  readonly name: string;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #onChange: (exists: boolean) => void;
  #told: Look = null;
  #seen: Look = null;
  #callOff: (() => void) | null = null;

  constructor(path: string, clock: Clock, onChange: (exists: boolean) => void) {
    this.name = `watch ${path}`;
    this.#path = path;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  async start(): Promise<void> {
    this.#seen = this.#look();
    this.#told = this.#seen;
    if (this.#told !== null) this.#onChange(true);
    this.#callOff = this.#clock.every(LOOK_EVERY_MS, () => this.#check());
  }

  async stop(): Promise<void> {
    this.#callOff?.();
  }

  #check(): void {
    const before = this.#seen;
    this.#seen = this.#look();
    if (this.#seen !== before || this.#seen === this.#told) return;
    this.#told = this.#seen;
    this.#onChange(this.#seen !== null);
  }

  #look(): Look {
    try {
      const { ino, size, mtimeNs, ctimeNs } = statSync(this.#path, { bigint: true });
      return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
    } catch {
      return null;
    }
  }
}
