import type { Socket } from "node:net";
import { familyOf } from "../../send/socket-options.ts";
import { connectStream, newStreamSocket } from "../../send/stream-socket.ts";
import type { Server } from "../exchange.ts";
import type { RunClock } from "../run-clock.ts";
import { FtpReplies, type FtpReply } from "./ftp-replies.ts";

export interface ControlOptions {
  readonly localAddress?: string | undefined;
  readonly tos?: number | undefined;
  /** How long a reply is waited for. */
  readonly timeoutMs: number;
  /** Ends the connecting. */
  readonly stopping?: AbortSignal | undefined;
}

export interface TimedReply extends FtpReply {
  /** When its last byte was read, nanoseconds after the start of the run. */
  readonly atNs: number;
}

/** Trouble with the connection: a word like ECONNREFUSED or `closed` as `code`. */
export class FtpTrouble extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The control connection of an FTP session: commands out, replies in, one at a time. */
export class ControlConnection {
  readonly #socket: Socket;
  readonly #clock: RunClock;
  readonly #timeoutMs: number;
  readonly #parser = new FtpReplies();
  readonly #replies: TimedReply[] = [];
  #trouble: FtpTrouble | null = null;
  #wake: (() => void) | null = null;

  private constructor(socket: Socket, clock: RunClock, timeoutMs: number) {
    this.#socket = socket;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("error", (error: NodeJS.ErrnoException) => this.#fail(error.code ?? "error", error.message));
    socket.on("close", () => this.#fail("closed", "the server closed the control connection"));
  }

  /** @throws {FtpTrouble} */
  static async open(server: Server, clock: RunClock, options: ControlOptions): Promise<ControlConnection> {
    const socket = newStreamSocket(familyOf(server.address), options.tos);
    try {
      await connectStream(socket, server, options);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new FtpTrouble(code ?? "error", message);
    }
    return new ControlConnection(socket, clock, options.timeoutMs);
  }

  get localAddress(): string {
    return this.#socket.localAddress ?? "";
  }

  get localPort(): number {
    return this.#socket.localPort ?? 0;
  }

  /** As the system writes it. */
  get remoteAddress(): string {
    return this.#socket.remoteAddress ?? "";
  }

  get isClosed(): boolean {
    return this.#trouble !== null;
  }

  /** Sends a command, and says when. */
  send(command: string): number {
    if (/[\r\n\0]/.test(command)) throw new FtpTrouble("bad command", "a command cannot have line ends in it");
    const atNs = this.#clock.nowNs();
    this.#socket.write(`${command}\r\n`);
    return atNs;
  }

  /** Sends a command and waits for its reply. */
  async ask(command: string): Promise<TimedReply> {
    this.send(command);
    return this.reply();
  }

  /**
   * The next reply. `isIdle`: whether the connection is quiet meanwhile for a good reason, so that nothing times out.
   * @throws {FtpTrouble}
   */
  async reply(isIdle: () => boolean = () => false): Promise<TimedReply> {
    for (;;) {
      const reply = this.#replies.shift();
      if (reply !== undefined) return reply;
      if (this.#trouble !== null) throw this.#trouble;
      const hasWoken = await this.#wait();
      if (!hasWoken && !isIdle()) {
        this.#fail("no reply", `no reply within ${this.#timeoutMs} ms`);
        this.#socket.destroy();
      }
    }
  }

  /** Says QUIT and closes. Does not wait for more than the server's goodbye. */
  async quit(): Promise<void> {
    if (this.#trouble === null) {
      try {
        await this.ask("QUIT");
      } catch {
        // Gone already: that is what was wanted.
      }
    }
    this.#socket.end();
    this.#socket.destroySoon();
  }

  /** Closes without a word; whoever waits is told `code`. */
  destroy(code: string): void {
    this.#fail(code, `the session was ended: ${code}`);
    this.#socket.destroy();
  }

  /** Whether something came, rather than the time-out. */
  #wait(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#wake = null;
        resolve(false);
      }, this.#timeoutMs);
      this.#wake = () => {
        this.#wake = null;
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  #take(chunk: Buffer): void {
    const atNs = this.#clock.nowNs();
    try {
      for (const reply of this.#parser.push(chunk)) this.#replies.push({ ...reply, atNs });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.#fail(code ?? "not FTP", message);
      this.#socket.destroy();
    }
    this.#wake?.();
  }

  #fail(code: string, message: string): void {
    this.#trouble ??= new FtpTrouble(code, message);
    this.#wake?.();
  }
}
