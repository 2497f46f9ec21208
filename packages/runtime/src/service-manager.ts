import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import type { Clock } from "./clock.ts";
import type { Component } from "./component.ts";

/** Where native/build.mjs puts it; the same from src and from dist. */
const NATIVE_BINARY = fileURLToPath(new URL("../native/build/notify.node", import.meta.url));
/** How often the status line is renewed, where it has changed. */
const STATUS_EVERY_MS = 5000;
/** A manager that is busy is told again so soon. */
const RETRY_MS = 1000;

/** The C file in native/. */
interface NotifyBinding {
  /** Sends a datagram to a UNIX socket; throws the system's words. */
  notify(path: string, text: string): void;
}

/** What the manager is told of a running program. */
export interface ServiceState {
  /** One line for `systemctl status`. */
  status(): string;
  /** Whether it does its work; while it does not, the watchdog is not fed. */
  isAlive(): boolean;
}

/**
 * Tells systemd how the program is (sd_notify(3)): ready, reloading, stopping, a status line, and that it lives
 * (`WatchdogSec=` of its unit). Does nothing where nobody asked, that is, without NOTIFY_SOCKET.
 */
export class ServiceManager {
  readonly #socket: string | null;
  /** 0: there is no watchdog. */
  readonly #watchdogMs: number;
  readonly #clock: Clock;
  #log: Logger | null = null;
  #binding: NotifyBinding | null = null;
  #unsent: string[] = [];
  #hasComplained = false;
  #callOffRetry: (() => void) | null = null;

  /** Takes the variables out of `environment`: they are not for programs that this one starts. */
  constructor(environment: NodeJS.ProcessEnv, clock: Clock) {
    const { NOTIFY_SOCKET: socket = "", WATCHDOG_USEC: limit = "0", WATCHDOG_PID: pid } = environment;
    this.#clock = clock;
    this.#socket = /^[/@]/.test(socket) ? socket : null;
    const isOurs = pid === undefined || pid === String(process.pid);
    this.#watchdogMs = isOurs && /^\d{1,15}$/.test(limit) ? Number(limit) / 1000 : 0;
    for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete environment[name];
  }

  /** Where trouble with the manager is told. */
  useLog(log: Logger): void {
    this.#log = log;
  }

  /**
   * A part to be started last and so stopped first: from its start the program is ready, and fed is the watchdog while
   * `isAlive`; from its stop it is stopping.
   */
  readiness(state: ServiceState): Component {
    const callOffs: (() => void)[] = [];
    let told = "";
    const status = () => {
      const line = state.status().replace(/\n/g, " ").slice(0, 500);
      if (line === told) return;
      told = line;
      this.#tell(`STATUS=${line}`);
    };
    return {
      name: "readiness",
      start: async () => {
        this.#tell("READY=1");
        if (this.#socket === null) return;
        status();
        callOffs.push(this.#clock.every(STATUS_EVERY_MS, status));
        if (this.#watchdogMs === 0) return;
        const feed = () => state.isAlive() && this.#send("WATCHDOG=1");
        feed();
        // Twice within the limit, as sd_watchdog_enabled(3) recommends.
        callOffs.push(this.#clock.every(this.#watchdogMs / 2, feed));
      },
      stop: async () => {
        for (const callOff of callOffs) callOff();
        this.#callOffRetry?.();
        this.#tell("STOPPING=1\nSTATUS=stopping");
      },
    };
  }

  /** The program reads its configuration anew while `reload` runs. */
  reloading(reload: () => void): void {
    this.#tell(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
    try {
      reload();
    } finally {
      this.#tell("READY=1");
    }
  }

  /** Says what must not be lost: a unit that is never told ready is ended. */
  #tell(text: string): void {
    this.#unsent.push(text);
    this.#sendUnsent();
  }

  #sendUnsent(): void {
    while (this.#unsent.length > 0) {
      if (!this.#send(this.#unsent[0]!)) {
        this.#callOffRetry = this.#clock.after(RETRY_MS, () => this.#sendUnsent());
        return;
      }
      this.#unsent.shift();
    }
  }

  /** False when the manager could not take it and may be told again. */
  #send(text: string): boolean {
    if (this.#socket === null) return true;
    try {
      this.#binding ??= createRequire(import.meta.url)(NATIVE_BINARY) as NotifyBinding;
      this.#binding.notify(this.#socket, text);
      this.#hasComplained = false;
      return true;
    } catch (error) {
      if (!this.#hasComplained)
        this.#log?.error({ socket: this.#socket, reason: (error as Error).message }, "cannot tell systemd how it is");
      this.#hasComplained = true;
      return false;
    }
  }
}
