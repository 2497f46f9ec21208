import type { TransferRow } from "../../ledger/ledger-row.ts";
import type { Recording } from "../exchange.ts";
import { type ControlConnection, FtpTrouble, type TimedReply } from "./control-connection.ts";
import { agreeDataConnection, type DataConnection, type DataMode } from "./data-connection.ts";
import { type ByteSink, type ByteSource, DataMovement } from "./data-movement.ts";

export type UploadCommand = "STOR" | "APPE" | "STOU";
export type DownloadCommand = "RETR" | "LIST" | "NLST" | "MLSD";

export interface TransferRequest {
  readonly command: UploadCommand | DownloadCommand;
  /** null where the command needs none. */
  readonly path: string | null;
  readonly mode: DataMode;
  /** For uploads. */
  readonly source?: ByteSource;
  /** For downloads; what is downloaded is thrown away without one. */
  readonly sink?: ByteSink;
  /** Where an earlier transfer of the file ended: REST. */
  readonly restartOffset?: number;
  /** Breaks the transfer off with ABOR once so many bytes were moved. */
  readonly abortAfterBytes?: number;
}

export interface TransferResult {
  readonly row: TransferRow;
  /** From the command to the final reply, or to the failure. */
  readonly seconds: number;
  /** Why it is not complete: a reply code with its text, or a word of the system. */
  readonly trouble: string | null;
}

export interface TransferSurroundings {
  readonly control: ControlConnection;
  readonly recording: Recording;
  readonly serverPort: number;
  readonly user: string;
  readonly tos?: number | undefined;
  readonly timeoutMs: number;
  readonly stopping?: AbortSignal | undefined;
}

const UPLOADS: readonly string[] = ["STOR", "APPE", "STOU"];

/** One transfer of a session under way. */
export class FtpTransfer {
  readonly #request: TransferRequest;
  readonly #around: TransferSurroundings;
  #data: DataConnection | null = null;
  #movement: DataMovement | null = null;
  #commandNs: number | null = null;
  #final: TimedReply | null = null;
  #isMoving = false;
  #isAborted = false;

  constructor(request: TransferRequest, around: TransferSurroundings) {
    this.#request = request;
    this.#around = around;
  }

  /** Never rejects for what the world does. The ledger has it when the command was sent. */
  async run(): Promise<TransferResult> {
    const beganNs = this.#around.recording.clock.nowNs();
    let trouble: string | null = null;
    try {
      await this.#prepare();
      await this.#play();
      if (this.#final !== null && this.#final.code >= 300) trouble = replyText(this.#final);
    } catch (error) {
      if (!(error instanceof FtpTrouble)) throw error;
      trouble = error.message;
    } finally {
      this.#data?.close();
    }
    const endedNs = this.#around.recording.clock.nowNs();
    const row = this.#row(trouble, this.#commandNs ?? beganNs);
    if (this.#commandNs !== null) this.#around.recording.ledger?.transfer(row);
    const fromNs = this.#commandNs ?? beganNs;
    return {
      row,
      seconds: ((row.replyNs ?? endedNs) - fromNs) / 1e9,
      trouble: trouble ?? (this.#isAborted ? "aborted" : null),
    };
  }

  /** The run is being stopped: what is under way counts as aborted. */
  stop(): void {
    this.#isAborted = true;
    this.#movement?.stop("stopped", "the run was stopped");
    this.#data?.close();
    this.#around.control.destroy("stopped");
  }

  async #prepare(): Promise<void> {
    const { control, recording, tos, timeoutMs, stopping } = this.#around;
    const { mode, restartOffset = 0 } = this.#request;
    this.#data = await agreeDataConnection(mode, control, recording.clock, { tos, timeoutMs, stopping });
    if (restartOffset === 0) return;
    const reply = await control.ask(`REST ${restartOffset}`);
    if (reply.code !== 350) throw new FtpTrouble("REST", replyText(reply));
  }

  async #play(): Promise<void> {
    const { control } = this.#around;
    const { command, path } = this.#request;
    this.#commandNs = control.send(path === null ? command : `${command} ${path}`);
    const first = await control.reply();
    if (first.code >= 200) {
      this.#final = first;
      return;
    }
    const final = this.#finalReply();
    // Awaited below; meanwhile its failure is not to be taken for nobody's.
    final.catch(() => {});
    try {
      await this.#move();
    } catch (error) {
      // A server that gave up says why; without its word the connection's must do.
      await final.catch(() => {});
      throw this.#final !== null && this.#final.code >= 300 ? new FtpTrouble("refused", replyText(this.#final)) : error;
    }
    await final;
    // What answers ABOR itself, beyond the transfer's own end.
    if (this.#isAborted && !control.isClosed) await control.reply().catch(() => {});
  }

  async #finalReply(): Promise<void> {
    const reply = await this.#around.control.reply(() => this.#isMoving);
    this.#final = reply;
    // A server that gave up takes no more, and has closed its end or will not read it.
    if (reply.code >= 300 && this.#isMoving) this.#movement?.stop("refused", replyText(reply));
  }

  async #move(): Promise<void> {
    const { recording, timeoutMs, control } = this.#around;
    const { command, source = [], sink = () => {}, abortAfterBytes = Number.POSITIVE_INFINITY } = this.#request;
    const socket = await this.#data!.socket;
    const movement = new DataMovement(socket, recording.clock, timeoutMs, abortAfterBytes);
    this.#movement = movement;
    this.#isMoving = true;
    try {
      if (UPLOADS.includes(command)) await movement.send(source);
      else await movement.receive(sink);
      if (movement.isEnough) {
        this.#isAborted = true;
        control.send("ABOR");
        socket.destroy();
      }
    } finally {
      this.#isMoving = false;
    }
  }

  #row(trouble: string | null, commandNs: number): TransferRow {
    const { control, serverPort, user } = this.#around;
    const { command, path, mode, restartOffset = 0 } = this.#request;
    const movement = this.#movement;
    return {
      client: control.localAddress,
      clientPort: control.localPort,
      server: control.remoteAddress,
      serverPort,
      user,
      command,
      path,
      mode: this.#data === null ? null : mode,
      dataAddress: this.#data?.end.address ?? null,
      dataPort: this.#data?.end.port ?? null,
      bytes: movement?.bytes ?? 0,
      outcome: this.#isAborted ? "aborted" : trouble === null ? "complete" : "failed",
      replyCode: this.#final?.code ?? null,
      commandNs,
      dataConnectionNs: this.#data?.connectedNs ?? null,
      firstByteNs: movement?.firstByteNs ?? null,
      lastByteNs: movement?.lastByteNs ?? null,
      replyNs: this.#final?.atNs ?? null,
      restartOffset,
    };
  }
}

export function replyText({ code, text }: { readonly code: number; readonly text: string }): string {
  return `${code} ${text.split("\n")[0]}`.trim();
}
