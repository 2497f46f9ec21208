import { once } from "node:events";
import type { Socket } from "node:net";
import type { RunClock } from "../run-clock.ts";
import { FtpTrouble } from "./control-connection.ts";

/** Takes what is downloaded. It may be used again after the promise is resolved. */
export type ByteSink = (chunk: Buffer) => Promise<void> | void;
/** What is uploaded. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The payload of one data connection, as it goes over. Instants are nanoseconds after the start of the run. */
export class DataMovement {
  bytes = 0;
  firstByteNs: number | null = null;
  lastByteNs: number | null = null;
  readonly #socket: Socket;
  readonly #clock: RunClock;
  readonly #abortAfterBytes: number;
  #trouble: FtpTrouble | null = null;

  /** `abortAfterBytes`: nothing more is moved once so many bytes were; Infinity for all. */
  constructor(socket: Socket, clock: RunClock, timeoutMs: number, abortAfterBytes: number) {
    this.#socket = socket;
    this.#clock = clock;
    this.#abortAfterBytes = abortAfterBytes;
    socket.setTimeout(timeoutMs, () => this.stop("stalled", `no byte moved for ${timeoutMs} ms`));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#trouble ??= new FtpTrouble(error.code ?? "error", error.message);
    });
  }

  get isEnough(): boolean {
    return this.bytes >= this.#abortAfterBytes;
  }

  /** Moves all there is to download. @throws {FtpTrouble} */
  async receive(sink: ByteSink): Promise<void> {
    try {
      for await (const chunk of this.#socket) {
        this.#count((chunk as Buffer).length);
        await sink(chunk as Buffer);
        if (this.isEnough) return;
      }
    } catch (error) {
      throw this.#troubleOf(error);
    }
    // A connection that was reset ends the loop too.
    if (this.#trouble !== null) throw this.#trouble;
    this.#socket.end();
  }

  /** Moves all there is to upload, and ends. @throws {FtpTrouble} */
  async send(source: ByteSource): Promise<void> {
    const socket = this.#socket;
    // Nothing is expected from the server; without reading, its end of the connection would not be seen.
    socket.resume();
    try {
      for await (const chunk of source) {
        if (this.#trouble !== null) throw this.#trouble;
        if (socket.destroyed) throw new FtpTrouble("closed", "the server closed the data connection");
        const isRoomLeft = socket.write(chunk);
        this.#count(chunk.length);
        if (!isRoomLeft) await roomIn(socket);
        if (this.isEnough) return;
      }
      socket.end();
      if (!socket.writableFinished) await once(socket, "finish");
    } catch (error) {
      // What did not reach the kernel was not sent.
      this.bytes -= Math.min(this.bytes, socket.writableLength);
      throw this.#troubleOf(error);
    }
    if (this.#trouble !== null) throw this.#trouble;
    // An empty file has no last byte.
    if (this.bytes > 0) this.lastByteNs = this.#clock.nowNs();
  }

  stop(code: string, message: string): void {
    this.#trouble ??= new FtpTrouble(code, message);
    this.#socket.destroy(this.#trouble);
  }

  #count(bytes: number): void {
    if (bytes === 0) return;
    const nowNs = this.#clock.nowNs();
    this.firstByteNs ??= nowNs;
    this.lastByteNs = nowNs;
    this.bytes += bytes;
  }

  #troubleOf(error: unknown): FtpTrouble {
    if (this.#trouble !== null) return this.#trouble;
    if (error instanceof FtpTrouble) return error;
    const { code, message } = error as NodeJS.ErrnoException;
    return new FtpTrouble(code ?? "error", message);
  }
}

/** Waits until the socket takes more, or is gone. */
async function roomIn(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = () => {
      socket.off("drain", end);
      socket.off("close", end);
      resolve();
    };
    socket.on("drain", end);
    socket.on("close", end);
    if (socket.destroyed) end();
  });
}
