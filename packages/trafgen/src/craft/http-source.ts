import { addressText } from "@trafmon/observation";
import type { HttpTraffic } from "../scenario/scenario.ts";
import type { Craft } from "./craft.ts";
import { RepeatedStarts } from "./repeated-starts.ts";
import { ScriptRunner, type Wait } from "./script.ts";
import { TcpConnection } from "./tcp/tcp-connection.ts";

/** Body of requests that have one. */
const REQUEST_BODY_BYTES = 1000;

/** RFC 9110 section 15: what a status is called; others by their class. */
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  204: "No Content",
  301: "Moved Permanently",
  302: "Found",
  304: "Not Modified",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
};

/** Requests and responses on connections. */
export class HttpSource extends RepeatedStarts {
  readonly #traffic: HttpTraffic;
  #asked = 0;

  constructor(traffic: HttpTraffic, craft: Craft) {
    super(traffic, craft);
    this.#traffic = traffic;
  }

  override start(): void {
    const traffic = this.#traffic;
    const connection = TcpConnection.between(this, traffic);
    const requests: HttpRequest[] = [];
    const script = new ScriptRunner(this.craft.timeline, this.#ask(connection, requests), () => connection.isOver);
    connection.onProgress = script.poke;
    connection.onOver = () => {
      for (const request of requests) request.writeDown();
    };
    connection.open();
  }

  *#ask(connection: TcpConnection, requests: HttpRequest[]): Generator<Wait, void> {
    const traffic = this.#traffic;
    const { client, server } = connection;
    yield { until: () => client.state === "established" };
    for (let i = 0; i < traffic.requestsPerConnection; i++) {
      if (i > 0 && traffic.thinkNs > 0) yield { delayNs: traffic.thinkNs };
      const request = this.#request(connection);
      requests.push(request);
      request.ask(i + 1);
      yield { until: () => server.receiver.read >= client.sender.end };
      if (this.random.isLikely(traffic.unanswered)) {
        yield { delayNs: traffic.timeoutNs };
        connection.reset("client");
        return;
      }
      if (traffic.serveNs > 0) yield { delayNs: traffic.serveNs };
      request.answer();
      yield { until: () => client.receiver.read >= server.sender.end };
    }
    client.close();
    yield { until: () => server.receiver.isFinReceived };
    server.close();
  }

  #request(connection: TcpConnection): HttpRequest {
    const { paths, responseBytes } = this.#traffic;
    const path = paths[this.#asked++ % paths.length]!;
    const { from, to } = responseBytes;
    const bodyBytes = from + this.random.below(to - from + 1);
    return new HttpRequest(connection, this.#traffic, path, bodyBytes, this.craft);
  }
}

/** One request and its response, as the first tap sees them. */
class HttpRequest {
  readonly #connection: TcpConnection;
  readonly #traffic: HttpTraffic;
  readonly #path: string;
  readonly #bodyBytes: number;
  readonly #craft: Craft;
  #number = 0;
  #requestBytes = 0;
  #replyBytes = 0;
  /** Last byte of the request, and end of the response's header. */
  #requestedNs: number | null = null;
  #repliedNs: number | null = null;

  constructor(connection: TcpConnection, traffic: HttpTraffic, path: string, bodyBytes: number, craft: Craft) {
    this.#connection = connection;
    this.#traffic = traffic;
    this.#path = path;
    this.#bodyBytes = bodyBytes;
    this.#craft = craft;
  }

  /** @param number order on the connection, from 1: what ties request and response */
  ask(number: number): void {
    this.#number = number;
    const { method, host } = this.#traffic;
    const { client } = this.#connection;
    const body = method === "POST" || method === "PUT" ? REQUEST_BODY_BYTES : 0;
    const fields = [`Host: ${host}`, "User-Agent: trafgen", "Accept: */*"];
    if (body > 0) fields.push("Content-Type: application/octet-stream", `Content-Length: ${body}`);
    const header = headerOf(`${method} ${this.#path} HTTP/1.1`, fields);
    this.#requestBytes = header.length + body;
    const until = client.sender.end + this.#requestBytes;
    this.#connection.seen.client.watch(until, (atNs) => {
      this.#requestedNs = atNs;
    });
    client.write(header.length, { content: header });
    if (body > 0) client.write(body);
  }

  answer(): void {
    const { method, status } = this.#traffic;
    const { server } = this.#connection;
    // RFC 9112 section 6.3: these have no body whatever their header says.
    const hasBody = method !== "HEAD" && status !== 204 && status !== 304;
    const fields = ["Server: trafgen", "Content-Type: application/octet-stream"];
    if (status !== 204) fields.push(`Content-Length: ${this.#bodyBytes}`);
    const reason = REASONS[status] ?? REASONS[Math.floor(status / 100) * 100] ?? "Other";
    const header = headerOf(`HTTP/1.1 ${status} ${reason}`, fields);
    this.#replyBytes = header.length + (hasBody ? this.#bodyBytes : 0);
    this.#connection.seen.server.watch(server.sender.end + header.length, (atNs) => {
      this.#repliedNs = atNs;
    });
    server.write(header.length, { content: header });
    if (hasBody && this.#bodyBytes > 0) server.write(this.#bodyBytes);
  }

  writeDown(): void {
    if (this.#requestedNs === null) return;
    const { client, server, clientPort, serverPort } = this.#connection.ends;
    const { method, status, host, timeoutNs } = this.#traffic;
    const repliedNs = this.#repliedNs;
    const isLate = repliedNs !== null && repliedNs - this.#requestedNs > timeoutNs;
    this.#craft.account.transaction({
      protocol: "http",
      client: addressText(client),
      clientPort,
      server: addressText(server),
      serverPort,
      identifier: String(this.#number),
      requestedNs: this.#requestedNs,
      lastRequestedNs: this.#requestedNs,
      repliedNs,
      outcome: repliedNs === null ? "unanswered" : isLate ? "late" : "replied",
      repeats: 0,
      duplicateReplies: 0,
      operation: method,
      status: repliedNs === null ? null : String(status),
      name: host,
      // Queries are never recorded.
      object: this.#path.replace(/\?.*/, ""),
      version: "1.1",
      requestBytes: this.#requestBytes,
      replyBytes: repliedNs === null ? null : this.#replyBytes,
    });
  }
}

function headerOf(first: string, fields: readonly string[]): Uint8Array {
  return Buffer.from(`${[first, ...fields].join("\r\n")}\r\n\r\n`, "latin1");
}
