import { chmodSync, rmSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createConnection } from "node:net";
import type { Logger } from "pino";
import type { Clock } from "./clock.ts";
import type { Component } from "./component.ts";
import { type Metric, metricsText } from "./metric.ts";

/** What a program says of itself when asked how it is. */
export interface HealthReport {
  /** What is wrong, in words for the operator; empty: it is well. */
  readonly troubles: readonly string[];
  /** What else `/health` shows, after `status` and `troubles`. */
  readonly figures: Readonly<Record<string, unknown>>;
}

export interface HealthSource {
  health(): HealthReport;
  metrics(): readonly Metric[];
}

/** Either an address of this machine, or a UNIX socket. */
export type HealthPlace = { readonly address: string; readonly port: number } | { readonly socket: string };

/** More than any monitoring opens at once. */
const MOST_CONNECTIONS = 32;
const REQUEST_LIMIT_MS = 5000;
/** A place that cannot be had at the start, say taken by another process, is tried again. */
const RETRY_MS = 10_000;

/**
 * Answers `GET /health` (JSON; 200, or 503 when something is wrong) and `GET /metrics` (Prometheus text). A place that
 * cannot be listened on keeps no program from its work: it is told, and tried again.
 */
export class HealthServer implements Component {
  readonly name = "health server";
  readonly #place: HealthPlace;
  readonly #source: HealthSource;
  readonly #clock: Clock;
  readonly #log: Logger;
  #server: Server | null = null;
  #callOff = () => {};

  constructor(place: HealthPlace, source: HealthSource, clock: Clock, log: Logger) {
    this.#place = place;
    this.#source = source;
    this.#clock = clock;
    this.#log = log;
  }

  /** TCP port it listens on; 0: none. */
  get port(): number {
    const address = this.#server?.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  async start(): Promise<void> {
    try {
      this.#server = await this.#listen();
      const place = "socket" in this.#place ? this.#place : { address: this.#place.address, port: this.port };
      this.#log.info(place, "answering questions about health");
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.#log.error({ ...this.#place, reason: code }, "cannot listen for questions about health; trying again");
      this.#callOff = this.#clock.after(RETRY_MS, () => void this.start());
    }
  }

  async stop(): Promise<void> {
    this.#callOff();
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  async #listen(): Promise<Server> {
    const server = createServer({ requestTimeout: REQUEST_LIMIT_MS, headersTimeout: REQUEST_LIMIT_MS }, (ask, answer) =>
      this.#answer(ask, answer),
    );
    server.maxConnections = MOST_CONNECTIONS;
    const place = this.#place;
    if ("socket" in place) await removeStale(place.socket);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen("socket" in place ? { path: place.socket } : { host: place.address, port: place.port }, resolve);
    });
    // Whoever may ask is settled by the folder's and the socket's group.
    if ("socket" in place) chmodSync(place.socket, 0o660);
    server.on("error", () => {});
    server.unref();
    return server;
  }

  #answer({ method, url }: IncomingMessage, answer: ServerResponse): void {
    if (method !== "GET" && method !== "HEAD") return say(answer, 405, "text/plain", "only GET\n");
    const path = url?.split("?", 1)[0];
    try {
      if (path === "/metrics") {
        say(answer, 200, "text/plain; version=0.0.4; charset=utf-8", metricsText(this.#source.metrics()));
      } else if (path === "/health") {
        const { troubles, figures } = this.#source.health();
        const [code, status] = troubles.length === 0 ? [200, "well"] : [503, "troubled"];
        const report = JSON.stringify({ status, troubles, ...figures }, null, 2);
        say(answer, code as number, "application/json", `${report}\n`);
      } else say(answer, 404, "text/plain", "ask for /health or /metrics\n");
    } catch (error) {
      // A question must never end a program that measures.
      this.#log.error({ err: error }, "cannot tell how it is");
      say(answer, 500, "text/plain", "the log says why\n");
    }
  }
}

function say(answer: ServerResponse, code: number, type: string, text: string): void {
  answer.writeHead(code, { "Content-Type": type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" });
  answer.end(text);
}

/** Takes away the socket of a process that is gone; one that answers stays, and listening then fails. */
async function removeStale(path: string): Promise<void> {
  const code = await new Promise<string | undefined>((resolve) => {
    const probe = createConnection(path, () => {
      probe.destroy();
      resolve(undefined);
    });
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  // A file that is no socket refuses too, and is not ours to remove.
  if (code === "ECONNREFUSED" && statSync(path).isSocket()) rmSync(path, { force: true });
}
