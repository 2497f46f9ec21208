import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { addressText } from "@trafmon/observation";
import type { FlowKey } from "../ledger/flow-table.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { ConnectionRow } from "../ledger/ledger-row.ts";
import type { RunClock } from "../play/run-clock.ts";
import { findNativeBinding, type NativeBinding, type StreamInfo } from "./native-binding.ts";
import { connectStream, observedStreamSocket } from "./stream-socket.ts";

/** The kernel's account is asked for so often, and so long, until the last acknowledgement is in it. */
const LOOK_MS = 5;
const LOOKS = 100;

export interface ConnectionParts {
  readonly clock: RunClock;
  readonly ledger: Pick<Ledger, "connection">;
  /** Ends the connecting. */
  readonly stopping: AbortSignal;
  readonly timeoutMs: number;
}

type End = { readonly address: string; readonly port: number };

/** A TCP connection of ours, with the account of it that the kernel keeps. Written into the ledger when it ends. */
export class RecordedConnection {
  readonly socket: Socket;
  readonly #parts: ConnectionParts;
  readonly #startNs: number;
  readonly #client: End;
  readonly #server: End;
  /** null: there is no addon. */
  readonly #watch: ConnectionWatch | null;
  #isReset = false;
  #hasServerEnded = false;
  /** Resolved when it is in the ledger. */
  readonly #written: Promise<void>;

  private constructor(socket: Socket, watch: ConnectionWatch | null, parts: ConnectionParts, startNs: number) {
    this.socket = socket;
    this.#watch = watch;
    this.#parts = parts;
    this.#startNs = startNs;
    this.#client = { address: socket.localAddress ?? "", port: socket.localPort ?? 0 };
    this.#server = { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
    socket.setNoDelay(true);
    // What the server says is counted, and thrown away.
    socket.resume();
    socket.on("end", () => {
      this.#hasServerEnded = true;
      socket.end();
    });
    socket.on("error", () => {
      this.#isReset = true;
    });
    this.#written = new Promise((resolve, reject) => {
      socket.once("close", () => this.#writeDown().then(resolve, reject));
    });
  }

  /** Rejects with the system's word when there is no connection; the ledger then says so. */
  static async open(key: FlowKey, tos: number, parts: ConnectionParts): Promise<RecordedConnection> {
    const { clock, ledger, stopping, timeoutMs } = parts;
    const binding = findNativeBinding();
    const client = { address: addressText(key.source), port: key.sourcePort ?? 0 };
    const server = { address: addressText(key.destination), port: key.destinationPort ?? 0 };
    const { socket, descriptor } = observedStreamSocket(key.source.length === 4 ? 4 : 6, tos, binding);
    const startNs = clock.nowNs();
    try {
      const ends = { localAddress: client.address, localPort: client.port };
      await connectStream(socket, server, { ...ends, timeoutMs, stopping });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const ending = code === "ECONNREFUSED" ? "refused" : code === "ETIMEDOUT" ? "unanswered" : null;
      // Without a route nothing left.
      if (ending !== null) ledger.connection(rowOf(client, server, startNs, clock.nowNs(), ending, 0, 0, null));
      throw error;
    }
    const watch = binding === null || descriptor === null ? null : new ConnectionWatch(binding, descriptor);
    return new RecordedConnection(socket, watch, parts, startNs);
  }

  /** Says goodbye, and resolves when the server has, or after the time-out, and the ledger has it. */
  async end(timeoutMs: number): Promise<void> {
    const { socket } = this;
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    socket.end();
    await this.#written.finally(() => clearTimeout(timer));
  }

  async #writeDown(): Promise<void> {
    const { clock, ledger } = this.#parts;
    const endNs = clock.nowNs();
    const isClean = this.#hasServerEnded && !this.#isReset;
    const info = (await this.#watch?.finish(isClean)) ?? null;
    const { bytesWritten, bytesRead } = this.socket;
    const ending = this.#isReset ? "reset" : this.#hasServerEnded ? "closed" : "half closed";
    ledger.connection(rowOf(this.#client, this.#server, this.#startNs, endNs, ending, bytesWritten, bytesRead, info));
  }
}

/** A second hold on a connection, so that the kernel's account of it can be read behind its end. */
class ConnectionWatch {
  readonly #binding: NativeBinding;
  readonly #descriptor: number;

  constructor(binding: NativeBinding, descriptor: number) {
    this.#binding = binding;
    this.#descriptor = binding.watchStream(descriptor);
  }

  /** The account; `isClean`: once the last acknowledgement is in it. */
  async finish(isClean: boolean): Promise<StreamInfo | null> {
    try {
      let info = this.#binding.streamInfo(this.#descriptor);
      for (let look = 0; isClean && info !== null && !info.isClosed && look < LOOKS; look++) {
        await sleep(LOOK_MS);
        info = this.#binding.streamInfo(this.#descriptor);
      }
      return info;
    } finally {
      this.#binding.unwatchStream(this.#descriptor);
    }
  }
}

function rowOf(
  client: End,
  server: End,
  startNs: number,
  endNs: number,
  ending: ConnectionRow["ending"],
  bytesWritten: number,
  bytesRead: number,
  info: StreamInfo | null,
): ConnectionRow {
  return {
    client: client.address,
    clientPort: client.port,
    server: server.address,
    serverPort: server.port,
    startNs,
    endNs,
    ending,
    serverHandshakeNs: null,
    clientHandshakeNs: null,
    fwd: {
      uniquePayloadBytes: bytesWritten,
      ...(info !== null && {
        packets: info.segmentsOut,
        payloadBytes: bytesWritten + info.bytesRetransmitted,
        retransmittedSegments: info.segmentsRetransmitted,
        retransmittedBytes: info.bytesRetransmitted,
      }),
    },
    rev: { uniquePayloadBytes: bytesRead, ...(info !== null && { packets: info.segmentsIn }) },
  };
}
