import type { StreamAnalyser, StreamConnection, StreamProtocol } from "../../reassemble/stream-protocol.ts";
import { type HeaderFields, type RequestLine, readRequestLine, readStatusLine, type StatusLine } from "./http-head.ts";
import { CHUNKED, HttpReader, type HttpSides, NO_BODY, OPAQUE, UNKNOWN, UNTIL_END } from "./http-reader.ts";
import { Message } from "./message.ts";
import { type HeldTransaction, type PairingOf, StreamPairings } from "./stream-pairings.ts";

/** Requests that may wait on one connection; clients that pipeline send a few. */
const MOST_OUTSTANDING = 64;

/** A request whose final response has not come. */
interface Outstanding {
  readonly ordinal: number;
  readonly method: string;
  /** It has been told of: its last byte has come. */
  isTold: boolean;
}

/** HTTP/1: requests and responses in the order of the connection (RFC 9112 section 9.3.2). */
export class HttpExchanges implements StreamProtocol {
  readonly #pairingOf: PairingOf;
  readonly #message = new Message();
  #connections = 0;

  constructor(pairingOf: PairingOf) {
    this.#pairingOf = pairingOf;
  }

  open(connection: StreamConnection): StreamAnalyser {
    this.#connections = (this.#connections + 1) | 0;
    const pairings = new StreamPairings(connection, "http", this.#pairingOf);
    return new HttpConnection(pairings, this.#message, this.#connections);
  }
}

/**
 * One connection. A request counts when its last byte has come, a response when its header is complete; a response that
 * overtakes the rest of its request ends that.
 */
class HttpConnection implements StreamAnalyser, HttpSides {
  readonly client: HttpReader;
  readonly server: HttpReader;
  readonly #pairings: StreamPairings;
  readonly #message: Message;
  readonly #number: number;
  readonly #outstanding: Outstanding[] = [];
  #asked = 0;
  /** Of the request at hand. */
  #requestLine: RequestLine | null = null;
  #host: string | null = null;
  #asking: Outstanding | null = null;
  /** Of the response at hand. */
  #statusLine: StatusLine | null = null;
  #held: readonly HeldTransaction[] = [];

  constructor(pairings: StreamPairings, message: Message, number: number) {
    this.#pairings = pairings;
    this.#message = message;
    this.#number = number;
    this.client = new HttpReader(this, true);
    this.server = new HttpReader(this, false);
  }

  /** What follows is no HTTP. */
  get isDone(): boolean {
    return this.client.isStopped && this.server.isStopped;
  }

  firstLine(isClient: boolean, line: Uint8Array, isCut: boolean): boolean {
    if (isClient) {
      this.#requestLine = readRequestLine(line, isCut);
      return this.#requestLine !== null;
    }
    this.#statusLine = readStatusLine(line);
    return this.#statusLine !== null;
  }

  head(isClient: boolean, fields: HeaderFields, isCut: boolean): number {
    return isClient ? this.#requestHead(fields, isCut) : this.#responseHead(fields, isCut);
  }

  bodyBegins(isClient: boolean, s: number, nanos: number): void {
    if (!isClient) this.#bodyBegins(s, nanos);
  }

  complete(isClient: boolean, bytes: number, isWhole: boolean): void {
    if (!isClient) {
      this.#writeHeld(bytes);
      return;
    }
    if (isWhole) this.#tell(bytes);
    this.#asking = null;
  }

  cutEnds(isClient: boolean): void {
    if (!isClient) return;
    this.#tell(null);
    this.#asking = null;
  }

  /** What was asked or answered among missing bytes is not known, so nothing that waits can be paired. */
  lost(): void {
    this.#writeHeld(null);
    for (const waiting of this.#outstanding) if (waiting.isTold) this.#pairings.withdraw(this.#identified(waiting));
    this.#outstanding.length = 0;
    this.#asking = null;
  }

  refused(): void {
    this.#pairings.unreadable();
    this.#stop();
  }

  #requestHead(fields: HeaderFields, isCut: boolean): number {
    const { method, host } = this.#requestLine!;
    if (this.#outstanding.length >= MOST_OUTSTANDING) {
      this.lost();
      this.#stop();
      return OPAQUE;
    }
    this.#asking = { ordinal: ++this.#asked, method, isTold: false };
    this.#host = host ?? fields.host;
    this.#outstanding.push(this.#asking);
    // What comes until the response is its body.
    if (isCut) return UNKNOWN;
    if (fields.isChunked) return CHUNKED;
    if (fields.isContradictory) return UNKNOWN;
    return Math.max(NO_BODY, fields.contentLength);
  }

  /** Tells of the request at hand, whose last byte that is to be known has come. */
  #tell(bytes: number | null): void {
    const asking = this.#asking;
    if (asking === null || asking.isTold) return;
    asking.isTold = true;
    const message = this.#identified(asking);
    if (this.#pairings.wantsText) {
      const { method, path, query, version } = this.#requestLine!;
      message.identifier = String(asking.ordinal);
      message.name = this.#host;
      message.operation = method;
      message.object = path;
      message.query = query;
      message.version = version;
    }
    this.#pairings.request(message, this.client.s, this.client.nanos, bytes);
  }

  #responseHead(fields: HeaderFields, isCut: boolean): number {
    const { status, version } = this.#statusLine!;
    const isSwitching = status === 101;
    if (status < 200 && !isSwitching) return isCut ? UNKNOWN : NO_BODY;
    const answered = this.#outstanding.shift();
    if (answered !== undefined) {
      if (answered === this.#asking) this.#tell(this.client.messageBytes || null);
      const message = this.#identified(answered);
      message.status = String(status);
      message.version = version;
      this.#held = this.#pairings.replyHeld(message, this.server.s, this.server.nanos);
    }
    const framing = isCut ? UNKNOWN : bodyOf(answered?.method ?? "GET", status, fields);
    if (framing === OPAQUE || framing === UNKNOWN) this.#writeHeld(null);
    if (framing === OPAQUE) this.#stop();
    return framing;
  }

  #bodyBegins(s: number, nanos: number): void {
    for (const { transaction } of this.#held) {
      const { record } = transaction;
      record.first_body_ns = Math.max(0, (s - record.requested_s) * 1e9 + (nanos - record.requested_nanos));
    }
  }

  #writeHeld(bytes: number | null): void {
    for (const { pairing, transaction } of this.#held) {
      transaction.record.reply_bytes = bytes;
      pairing.write(transaction);
    }
    this.#held = [];
  }

  #stop(): void {
    this.client.stop();
    this.server.stop();
  }

  #identified({ ordinal }: Outstanding): Message {
    const message = this.#message;
    message.reset();
    message.id1 = ordinal;
    message.id2 = this.#number;
    message.isInOrder = true;
    return message;
  }
}

/** How the body of a final response ends (RFC 9112 section 6.3). */
function bodyOf(method: string, status: number, { isChunked, contentLength, isContradictory }: HeaderFields): number {
  if (status === 101 || (method === "CONNECT" && status < 300)) return OPAQUE;
  if (method === "HEAD" || status === 204 || status === 304) return NO_BODY;
  if (isChunked) return CHUNKED;
  if (isContradictory) return UNKNOWN;
  return contentLength >= 0 ? contentLength : UNTIL_END;
}
