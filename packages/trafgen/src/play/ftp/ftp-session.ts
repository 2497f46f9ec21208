import { ASKING_DEFAULTS, type Recording, type Server } from "../exchange.ts";
import { ControlConnection, FtpTrouble, type TimedReply } from "./control-connection.ts";
import type { DataMode } from "./data-connection.ts";
import { FtpTransfer, replyText, type TransferRequest, type TransferResult } from "./ftp-transfer.ts";

export const FTP_PORT = 21;

export interface FtpLogin {
  readonly user: string;
  readonly password: string;
}

export interface FtpOptions {
  readonly localAddress?: string | undefined;
  /** Of the control connection and of the data connections. */
  readonly tos?: number | undefined;
  /** How long a reply, or the next byte of a transfer, is waited for. */
  readonly timeoutMs?: number;
  /** Ends the session; a transfer under way counts as aborted. */
  readonly stopping?: AbortSignal;
}

const TIMEOUT_MS = 10 * ASKING_DEFAULTS.timeoutMs;

/** A session with an FTP server (RFC 959): logged in, in binary, one transfer at a time. */
export class FtpSession {
  readonly #control: ControlConnection;
  readonly #server: Server;
  readonly #user: string;
  readonly #recording: Recording;
  readonly #options: FtpOptions;
  #transfer: FtpTransfer | null = null;

  private constructor(
    control: ControlConnection,
    server: Server,
    user: string,
    recording: Recording,
    options: FtpOptions,
  ) {
    this.#control = control;
    this.#server = server;
    this.#user = user;
    this.#recording = recording;
    this.#options = options;
    options.stopping?.addEventListener("abort", this.#stop, { once: true });
  }

  /** @throws {FtpTrouble} where the server is not reached, or refuses */
  static async open(
    server: Server,
    login: FtpLogin,
    recording: Recording,
    options: FtpOptions = {},
  ): Promise<FtpSession> {
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    if (options.stopping?.aborted) throw new FtpTrouble("stopped", "the run was stopped");
    const control = await ControlConnection.open(server, recording.clock, { ...options, timeoutMs });
    const session = new FtpSession(control, server, login.user, recording, options);
    try {
      await session.#login(login);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  get localAddress(): string {
    return this.#control.localAddress;
  }

  /** Whether the session can be used no more. */
  get isClosed(): boolean {
    return this.#control.isClosed;
  }

  /** Plays one transfer. What goes wrong with it is in the result. */
  async transfer(request: TransferRequest): Promise<TransferResult> {
    const transfer = new FtpTransfer(request, {
      control: this.#control,
      recording: this.#recording,
      serverPort: this.#server.port,
      user: this.#user,
      tos: this.#options.tos,
      timeoutMs: this.#options.timeoutMs ?? TIMEOUT_MS,
      stopping: this.#options.stopping,
    });
    this.#transfer = transfer;
    try {
      return await transfer.run();
    } finally {
      this.#transfer = null;
    }
  }

  /** Size of a file in bytes (RFC 3659 section 4); null where the server does not say. @throws {FtpTrouble} */
  async size(path: string): Promise<number | null> {
    const reply = await this.#control.ask(`SIZE ${path}`);
    return reply.code === 213 && /^\d{1,15}$/.test(reply.text.trim()) ? Number(reply.text) : null;
  }

  /** Sends any other command. @throws {FtpTrouble} */
  ask(command: string): Promise<TimedReply> {
    return this.#control.ask(command);
  }

  /** Says goodbye. */
  async close(): Promise<void> {
    this.#options.stopping?.removeEventListener("abort", this.#stop);
    await this.#control.quit();
  }

  readonly #stop = (): void => {
    if (this.#transfer !== null) this.#transfer.stop();
    else this.#control.destroy("stopped");
  };

  async #login({ user, password }: FtpLogin): Promise<void> {
    await this.#expect(this.#control.reply(), [220], "connect");
    const reply = await this.#expect(this.#control.ask(`USER ${user}`), [230, 331], "log in");
    if (reply.code === 331) await this.#expect(this.#control.ask(`PASS ${password}`), [230, 202], "log in");
    // Binary: what is counted is what is in the file.
    await this.#expect(this.#control.ask("TYPE I"), [200], "set the type");
  }

  async #expect(asking: Promise<TimedReply>, codes: readonly number[], what: string): Promise<TimedReply> {
    const reply = await asking;
    if (codes.includes(reply.code)) return reply;
    throw new FtpTrouble(String(reply.code), `the server does not let us ${what}: ${replyText(reply)}`);
  }
}

/** The commands for the data connection, by what operators call the modes. PASV and PORT know IPv4 only (RFC 2428). */
export function dataModeOf(mode: "passive" | "active" | "epsv" | "eprt", family: 4 | 6): DataMode {
  if (mode === "epsv" || (mode === "passive" && family === 6)) return "EPSV";
  if (mode === "eprt" || (mode === "active" && family === 6)) return "EPRT";
  return mode === "passive" ? "PASV" : "PORT";
}
