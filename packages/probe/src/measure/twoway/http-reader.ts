import type { StreamReader } from "../../reassemble/stream-reader.ts";
import {
  HeaderFields,
  LONGEST_LINE,
  looksLikeRequest,
  looksLikeResponse,
  mayBeginRequest,
  mayBeginResponse,
} from "./http-head.ts";

/** How a body ends (RFC 9112 section 6). A length of more than 0 says it too. */
export const NO_BODY = 0;
export const CHUNKED = -1;
export const UNTIL_END = -2;
/** Not known: the next message is looked for where a segment begins with one. */
export const UNKNOWN = -3;
/** What follows is another protocol, or nobody wants it. */
export const OPAQUE = -4;

/** What the messages of a connection mean. `isClient`: those that the client sends, which are requests. */
export interface HttpSides {
  /** The first line of a message. false: it is no such line. `isCut`: its end was not captured. */
  firstLine(isClient: boolean, line: Uint8Array, isCut: boolean): boolean;
  /** The header is complete. Returns the length of the body, or one of the constants above. `isCut`: nothing follows. */
  head(isClient: boolean, fields: HeaderFields, isCut: boolean): number;
  /** The body's first byte has come. */
  bodyBegins(isClient: boolean, s: number, nanos: number): void;
  /** The message is complete, or the connection has ended within its body. `bytes`: header and body that came. */
  complete(isClient: boolean, bytes: number, isWhole: boolean): void;
  /** The message whose header was cut has ended: another one begins, or nothing more comes. */
  cutEnds(isClient: boolean): void;
  /** Bytes are missing: there may have been messages among them. */
  lost(): void;
  /** This is not HTTP. */
  refused(): void;
}

type Mode =
  | "first line"
  | "fields"
  | "body"
  | "chunk size"
  | "chunk"
  | "chunk end"
  | "trailers"
  | "until end"
  | "seeking"
  | "opaque";

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const NO_BYTES = new Uint8Array(0);
/** Digits of a chunk size, RFC 9112 section 7.1; fifteen are more than any chunk has. */
const CHUNK_SIZE = /^\s*([0-9a-fA-F]{1,12})\s*(?:;|$)/;

/**
 * Cuts one direction of an HTTP/1 connection into messages (RFC 9112). It keeps one line at most, looks at no byte
 * twice, and goes on at the next segment that begins with a message when bytes are missing.
 */
export class HttpReader implements StreamReader {
  /** The latest instant of the message at hand. */
  s = 0;
  nanos = 0;
  /** Bytes of the message at hand. */
  messageBytes = 0;
  readonly #sides: HttpSides;
  readonly #isClient: boolean;
  readonly #fields = new HeaderFields();
  #mode: Mode = "first line";
  /** Bytes of the body or chunk still to come. */
  #missing = 0;
  #hasBody = false;
  #isComplete = false;
  /** A message was read. */
  #isHttp = false;
  /** What comes belongs to a message whose header was cut, until another begins. */
  #isCut = false;
  /** The part of a line that came before this segment. */
  #line = NO_BYTES;
  #lineBytes = 0;

  constructor(sides: HttpSides, isClient: boolean) {
    this.#sides = sides;
    this.#isClient = isClient;
  }

  get isStopped(): boolean {
    return this.#mode === "opaque";
  }

  /** Whether the message at hand has begun and is not complete. */
  get isWithin(): boolean {
    return this.messageBytes > 0;
  }

  /** Looks at nothing more. */
  stop(): void {
    this.#mode = "opaque";
    this.#dropLine();
    this.messageBytes = 0;
  }

  /** Takes what comes for unknown until a segment begins with a message. */
  seek(): void {
    if (this.#mode === "opaque") return;
    this.#mode = "seeking";
    this.#dropLine();
    this.messageBytes = 0;
  }

  bytes(data: Uint8Array, seconds: number, nanos: number): void {
    if (this.#mode === "seeking") {
      if (this.#isClient ? looksLikeRequest(data) : looksLikeResponse(data)) {
        this.#endCut();
        this.#mode = "first line";
        this.messageBytes = 0;
      } else if (this.#isCut) this.#noteLater(seconds, nanos);
    }
    let at = 0;
    while (at < data.length && this.#mode !== "opaque" && this.#mode !== "seeking") {
      this.#note(seconds, nanos);
      const from = at;
      at = this.#step(data, at);
      this.messageBytes += at - from;
      if (this.#isComplete) this.#end();
      // An empty line before a message is no part of it.
      else if (this.#mode === "first line" && this.#lineBytes === 0) this.messageBytes = 0;
    }
  }

  gap(lengthBytes: number | null, seconds: number, nanos: number): void {
    const isRestOfPacket = seconds === this.s && nanos === this.nanos;
    switch (this.#mode) {
      case "opaque":
        return;
      case "seeking":
        if (this.#isCut && lengthBytes !== null) this.#noteLater(seconds, nanos);
        return;
      case "until end":
        this.#note(seconds, nanos);
        this.messageBytes += lengthBytes ?? 0;
        return;
      case "body":
      case "chunk":
        if (lengthBytes === null || lengthBytes > this.#missing) break;
        this.#note(seconds, nanos);
        this.messageBytes += lengthBytes;
        this.#takeBody(lengthBytes, seconds, nanos);
        if (this.#isComplete) this.#end();
        return;
      case "first line":
      case "fields":
        // The snap length has cut the header: the rest of it came with this packet, most likely.
        if (!this.isWithin || !isRestOfPacket || !this.#endCutHead()) break;
        this.seek();
        this.#isCut = true;
        return;
    }
    this.seek();
    this.#sides.lost();
  }

  end(): void {
    const isWithinBody = !["first line", "fields", "seeking", "opaque"].includes(this.#mode);
    this.#endCut();
    if (isWithinBody) this.#sides.complete(this.#isClient, this.messageBytes, this.#mode === "until end");
    this.stop();
  }

  /** Takes something from `at` on, at least a byte. Returns where the next thing begins. */
  #step(data: Uint8Array, at: number): number {
    switch (this.#mode) {
      case "body":
      case "chunk": {
        const count = Math.min(this.#missing, data.length - at);
        this.#takeBody(count, this.s, this.nanos);
        return at + count;
      }
      case "until end":
        this.#noteBody(this.s, this.nanos);
        return data.length;
      default:
        // What is no HTTP at all shows at once.
        if (this.messageBytes === 0 && this.#mode === "first line" && !this.#mayBegin(data[at]!)) {
          this.#refuse();
          return data.length;
        }
        return this.#takeLine(data, at);
    }
  }

  #mayBegin(byte: number): boolean {
    return this.#isClient ? mayBeginRequest(byte) : mayBeginResponse(byte);
  }

  #takeBody(count: number, s: number, nanos: number): void {
    this.#noteBody(s, nanos);
    this.#missing -= count;
    if (this.#missing > 0) return;
    if (this.#mode === "chunk") this.#mode = "chunk end";
    else this.#isComplete = true;
  }

  #noteBody(s: number, nanos: number): void {
    if (this.#hasBody) return;
    this.#hasBody = true;
    this.#sides.bodyBegins(this.#isClient, s, nanos);
  }

  #takeLine(data: Uint8Array, at: number): number {
    const end = data.indexOf(LINE_FEED, at);
    if (end < 0) {
      this.#keep(data, at, data.length);
      return data.length;
    }
    let line = data.subarray(at, end);
    if (this.#lineBytes > 0) {
      this.#keep(data, at, end);
      line = this.#line.subarray(0, this.#lineBytes);
    }
    if (line.at(-1) === CARRIAGE_RETURN) line = line.subarray(0, -1);
    // A line may lie in what is kept, so that is forgotten only afterwards.
    this.#lineBytes = 0;
    this.#endLine(line);
    return end + 1;
  }

  #keep(data: Uint8Array, from: number, until: number): void {
    const needed = Math.min(LONGEST_LINE, this.#lineBytes + until - from);
    if (needed > this.#line.length) {
      const larger = new Uint8Array(Math.min(LONGEST_LINE, 2 * needed));
      larger.set(this.#line.subarray(0, this.#lineBytes));
      this.#line = larger;
    }
    const count = needed - this.#lineBytes;
    this.#line.set(data.subarray(from, from + count), this.#lineBytes);
    this.#lineBytes += count;
  }

  #endLine(line: Uint8Array): void {
    switch (this.#mode) {
      case "first line":
        // Some clients send an empty line behind a body (RFC 9112 section 2.2).
        if (line.length === 0) return;
        this.#fields.clear();
        if (this.#sides.firstLine(this.#isClient, line, false)) {
          this.#isHttp = true;
          this.#mode = "fields";
        } else this.#refuse();
        return;
      case "fields":
        if (line.length > 0) this.#fields.take(line);
        else this.#beginBody(this.#sides.head(this.#isClient, this.#fields, false));
        return;
      case "chunk size": {
        const size = CHUNK_SIZE.exec(
          Buffer.from(line.buffer, line.byteOffset, Math.min(line.length, 64)).toString("latin1"),
        );
        if (size === null) {
          this.seek();
          this.#sides.lost();
          return;
        }
        this.#missing = Number.parseInt(size[1]!, 16);
        this.#mode = this.#missing === 0 ? "trailers" : "chunk";
        return;
      }
      case "chunk end":
        this.#mode = "chunk size";
        return;
      case "trailers":
        if (line.length === 0) this.#isComplete = true;
    }
  }

  #beginBody(framing: number): void {
    this.#dropLine();
    if (this.#mode === "opaque") return;
    if (framing === OPAQUE) this.stop();
    else if (framing === UNKNOWN) this.seek();
    else if (framing === CHUNKED) this.#mode = "chunk size";
    else if (framing === UNTIL_END) this.#mode = "until end";
    else if (framing === NO_BODY) this.#isComplete = true;
    else {
      this.#missing = framing;
      this.#mode = "body";
    }
  }

  /** Takes a header whose end was not captured for complete. */
  #endCutHead(): boolean {
    if (
      this.#mode === "first line" &&
      !this.#sides.firstLine(this.#isClient, this.#line.subarray(0, this.#lineBytes), true)
    )
      return false;
    this.#sides.head(this.#isClient, this.#fields, true);
    return true;
  }

  #end(): void {
    this.#isComplete = false;
    this.#hasBody = false;
    const bytes = this.messageBytes;
    this.messageBytes = 0;
    if (this.#mode !== "opaque") this.#mode = "first line";
    this.#sides.complete(this.#isClient, bytes, true);
  }

  #dropLine(): void {
    this.#line = NO_BYTES;
    this.#lineBytes = 0;
  }

  /** No message begins here: a connection that began as none is none, another has only been misread. */
  #refuse(): void {
    if (!this.#isHttp) {
      this.#sides.refused();
      return;
    }
    this.seek();
    this.#sides.lost();
  }

  #endCut(): void {
    if (!this.#isCut) return;
    this.#isCut = false;
    this.#sides.cutEnds(this.#isClient);
  }

  #note(s: number, nanos: number): void {
    if (this.messageBytes > 0) {
      this.#noteLater(s, nanos);
      return;
    }
    this.s = s;
    this.nanos = nanos;
  }

  #noteLater(s: number, nanos: number): void {
    if (s < this.s || (s === this.s && nanos <= this.nanos)) return;
    this.s = s;
    this.nanos = nanos;
  }
}
