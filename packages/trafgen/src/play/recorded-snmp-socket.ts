import type { Socket } from "node:dgram";
import { once } from "node:events";
import type { TransactionRow } from "../ledger/ledger-row.ts";
import type { Exchange, Recording, Server } from "./exchange.ts";
import { readSnmpHeading } from "./snmp-heading.ts";

/** A request under way, or answered. */
interface Asked {
  readonly identifier: number;
  readonly version: string;
  readonly operation: string | null;
  readonly requestBytes: number;
  readonly requestedNs: number;
  lastRequestedNs: number;
  copies: number;
  replies: number;
  repliedNs: number | null;
  replyBytes: number | null;
  status: string | null;
}

type Listener = (...args: never[]) => void;

/**
 * What the net-snmp library takes for a socket of node:dgram: passes on what it sends and hears, and keeps account of
 * it. Connected, so that an agent's host that refuses is heard.
 */
export class RecordedSnmpSocket {
  readonly #socket: Socket;
  readonly #server: Server;
  readonly #recording: Recording;
  readonly #timeoutMs: number;
  readonly #lingerMs: number;
  /** By identifier, in the order asked. */
  readonly #asked = new Map<number, Asked>();
  /** Told of errors of the socket. */
  onError: (error: NodeJS.ErrnoException) => void = () => {};

  constructor(socket: Socket, server: Server, recording: Recording, timeoutMs: number, lingerMs: number) {
    this.#socket = socket;
    this.#server = server;
    this.#recording = recording;
    this.#timeoutMs = timeoutMs;
    this.#lingerMs = lingerMs;
    socket.on("error", (error) => this.onError(error));
    socket.on("message", (bytes) => this.#hear(bytes));
  }

  async connect(): Promise<void> {
    this.#socket.connect(this.#server.port, this.#server.address);
    await once(this.#socket, "connect");
  }

  /** node:dgram's, as the library calls it. */
  send(
    bytes: Buffer,
    from: number,
    length: number,
    _port: number,
    _address: string,
    then: (error: Error | null) => void,
  ) {
    const message = bytes.subarray(from, from + length);
    this.#note(message);
    this.#socket.send(message, (error) => then(error ?? null));
  }

  on(event: string, listener: Listener): this {
    // Errors are told once, by `onError`; the library would throw what nobody listens to.
    if (event !== "error") this.#socket.on(event, listener as () => void);
    return this;
  }

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    // The program's own affair: an exchange is awaited.
  }

  /** Called by the library's session; the socket lives on until `finish`. */
  close(): void {}

  /** Waits for late copies, closes the socket, and writes everything down. */
  async finish(trouble: string | null): Promise<readonly Exchange[]> {
    if (this.#lingerMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#lingerMs));
    const { address, port } = this.#socket.address();
    this.#socket.close();
    // Only the last one can have failed in a way that its reply does not say.
    const exchanges = [...this.#asked.values()].map((asked, i) =>
      this.#exchange(asked, address, port, i === this.#asked.size - 1 ? trouble : null),
    );
    for (const { row } of exchanges) this.#recording.ledger?.transaction(row);
    return exchanges;
  }

  #note(message: Buffer): void {
    const heading = readSnmpHeading(message);
    if (heading === null || heading.isReply) return;
    const nowNs = this.#recording.clock.nowNs();
    const known = this.#asked.get(heading.identifier);
    if (known !== undefined) {
      known.copies++;
      known.lastRequestedNs = nowNs;
      return;
    }
    this.#asked.set(heading.identifier, {
      identifier: heading.identifier,
      version: heading.version,
      operation: heading.operation,
      requestBytes: message.length,
      requestedNs: nowNs,
      lastRequestedNs: nowNs,
      copies: 1,
      replies: 0,
      repliedNs: null,
      replyBytes: null,
      status: null,
    });
  }

  #hear(bytes: Buffer): void {
    const heading = readSnmpHeading(bytes);
    const asked = heading?.isReply ? this.#asked.get(heading.identifier) : undefined;
    if (heading === null || asked === undefined || ++asked.replies > 1) return;
    asked.repliedNs = this.#recording.clock.nowNs();
    asked.replyBytes = bytes.length;
    asked.status = heading.status;
  }

  #exchange(asked: Asked, client: string, clientPort: number, trouble: string | null): Exchange {
    const row: TransactionRow = {
      protocol: "snmp",
      client,
      clientPort,
      server: this.#server.address,
      serverPort: this.#server.port,
      identifier: String(asked.identifier),
      requestedNs: asked.requestedNs,
      lastRequestedNs: asked.lastRequestedNs,
      repliedNs: asked.repliedNs,
      outcome: this.#outcome(asked),
      repeats: asked.copies - 1,
      duplicateReplies: Math.max(0, asked.replies - 1),
      operation: asked.operation,
      status: asked.status,
      version: asked.version,
      requestBytes: asked.requestBytes,
      replyBytes: asked.replyBytes,
    };
    if (asked.repliedNs === null) return { row, trouble: trouble ?? "no reply" };
    // The report of a version 3 discovery is what was asked for.
    const isGood = asked.status === null || asked.status === "noError" || asked.status === "report";
    return { row, trouble: isGood ? trouble : asked.status };
  }

  #outcome({ repliedNs, lastRequestedNs }: Asked): TransactionRow["outcome"] {
    if (repliedNs === null) return "unanswered";
    return repliedNs - lastRequestedNs > this.#timeoutMs * 1e6 ? "late" : "replied";
  }
}
