import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { familyOf } from "../send/socket-options.ts";
import { newStreamSocket } from "../send/stream-socket.ts";
import { ASKING_DEFAULTS, type AskingOptions, type Exchange, type Recording, type Server } from "./exchange.ts";
import type { ByteSink } from "./ftp/data-movement.ts";

export const HTTP_PORT = 80;

export interface HttpQuestion {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** Path and query. */
  readonly path: string;
  /** The Host header; the server's address by default. */
  readonly host?: string;
  /** Of a body; what is in it does not matter. */
  readonly bodyBytes?: number;
}

export interface HttpOptions extends AskingOptions {
  /** Takes the bodies of replies; they are thrown away without one. */
  readonly sink?: ByteSink;
  /** Awaited between a reply and the next request. */
  readonly pause?: () => Promise<unknown>;
}

/** Several requests, one after the other, over one connection. Ends with the first that fails. */
export async function askWeb(
  questions: readonly HttpQuestion[],
  server: Server,
  recording: Recording,
  options: HttpOptions = {},
): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = [];
  const connection = newStreamSocket(familyOf(server.address), options.tos);
  const agentless = { connection, isNew: true };
  for (const [i, question] of questions.entries()) {
    if (i > 0) await options.pause?.();
    const asking = new WebRequest(question, server, recording, options, agentless);
    const exchange = await asking.done;
    agentless.isNew = false;
    exchanges.push(exchange);
    if (asking.wasSent) recording.ledger?.transaction(exchange.row);
    if (exchange.row.repliedNs === null || connection.destroyed) break;
  }
  connection.destroy();
  return exchanges;
}

interface Connection {
  readonly connection: Socket;
  readonly isNew: boolean;
}

/** One request under way. The connection stays for the next one. */
class WebRequest {
  readonly done: Promise<Exchange>;
  /** Whether there was a connection to send it over. */
  wasSent: boolean;
  readonly #question: HttpQuestion;
  readonly #server: Server;
  readonly #recording: Recording;
  readonly #socket: Socket;
  readonly #sink: ByteSink;
  #onTimeout: () => void = () => {};
  #resolve!: (exchange: Exchange) => void;
  #client: string;
  #clientPort: number;
  #requestedNs: number;
  #repliedNs: number | null = null;
  #status: string | null = null;
  #version: string | null = null;
  #trouble: string | null = null;
  readonly #writtenBefore: number;
  readonly #readBefore: number;

  constructor(
    question: HttpQuestion,
    server: Server,
    recording: Recording,
    options: HttpOptions,
    { connection, isNew }: Connection,
  ) {
    this.#question = question;
    this.#server = server;
    this.#recording = recording;
    this.#socket = connection;
    this.#sink = options.sink ?? (() => {});
    this.#client = connection.localAddress ?? "";
    this.#clientPort = connection.localPort ?? 0;
    this.#writtenBefore = isNew ? 0 : connection.bytesWritten;
    this.#readBefore = isNew ? 0 : connection.bytesRead;
    this.wasSent = !isNew;
    this.#requestedNs = recording.clock.nowNs();
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    const { timeoutMs = ASKING_DEFAULTS.timeoutMs, stopping, localAddress, localPort } = options;
    if (isNew) {
      connection.once("connect", () => {
        this.wasSent = true;
        this.#client = connection.localAddress ?? "";
        this.#clientPort = connection.localPort ?? 0;
        this.#requestedNs = recording.clock.nowNs();
      });
      connection.connect({
        host: server.address,
        port: server.port,
        ...(localAddress !== undefined && { localAddress }),
        ...(localPort !== undefined && localPort !== 0 && { localPort }),
      });
    }
    const asking = this.#ask(stopping);
    this.#onTimeout = () => void asking.destroy(Object.assign(new Error("no reply"), { code: "no reply" }));
    connection.setTimeout(timeoutMs);
    connection.on("timeout", this.#onTimeout);
  }

  #ask(stopping: AbortSignal | undefined): ClientRequest {
    const { method, path, host, bodyBytes } = this.#question;
    const { address, port } = this.#server;
    const asking = request({
      method,
      path,
      createConnection: () => this.#socket,
      headers: {
        host: host ?? hostHeader({ address, port }),
        "user-agent": "trafgen",
        connection: "keep-alive",
        ...(bodyBytes !== undefined && { "content-length": bodyBytes }),
      },
      ...(stopping !== undefined && { signal: stopping }),
    });
    asking.once("response", (response) => this.#take(response));
    asking.on("error", (error: NodeJS.ErrnoException) => this.#end(error.code ?? error.message));
    asking.end(bodyBytes === undefined ? undefined : Buffer.alloc(bodyBytes, "payload "));
    return asking;
  }

  #take(response: IncomingMessage): void {
    this.#repliedNs = this.#recording.clock.nowNs();
    this.#status = String(response.statusCode);
    this.#version = response.httpVersion;
    const taken = async () => {
      for await (const chunk of response) await this.#sink(chunk as Buffer);
    };
    taken().then(
      () => this.#end((response.statusCode ?? 0) >= 400 ? this.#status : null),
      (error: NodeJS.ErrnoException) => this.#end(error.code ?? error.message),
    );
  }

  #end(trouble: string | null): void {
    this.#socket.off("timeout", this.#onTimeout);
    if (this.#trouble === null) this.#trouble = trouble;
    const { method, path, host } = this.#question;
    const row = {
      protocol: "http",
      client: this.#client,
      clientPort: this.#clientPort,
      server: this.#server.address,
      serverPort: this.#server.port,
      identifier: null,
      requestedNs: this.#requestedNs,
      lastRequestedNs: this.#requestedNs,
      repliedNs: this.#repliedNs,
      outcome: this.#repliedNs === null ? "unanswered" : "replied",
      repeats: 0,
      duplicateReplies: 0,
      operation: method,
      status: this.#status,
      name: host ?? hostHeader(this.#server),
      object: path,
      version: this.#version,
      requestBytes: this.wasSent ? this.#socket.bytesWritten - this.#writtenBefore : 0,
      replyBytes: this.#repliedNs === null ? null : this.#socket.bytesRead - this.#readBefore,
    } as const;
    this.#resolve({ row, trouble: this.#trouble });
  }
}

/** As a browser writes it: brackets around an IPv6 address, the port where it is not HTTP's own. */
function hostHeader({ address, port }: Server): string {
  return `${address.includes(":") ? `[${address}]` : address}${port === HTTP_PORT ? "" : `:${port}`}`;
}
