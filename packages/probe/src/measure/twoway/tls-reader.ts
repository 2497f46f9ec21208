import type { StreamReader } from "../../reassemble/stream-reader.ts";

/** Content types of records (RFC 8446 section 5.1). */
const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;
const HEARTBEAT = 24;

const RECORD_HEADER_BYTES = 5;
const MESSAGE_HEADER_BYTES = 4;
/** Longest record, and longest hello that is read; real ones have 2 KiB at most. */
const MOST_RECORD_BYTES = 16_384 + 2048;
export const MOST_HELLO_BYTES = 16_384;

/** What the sides of a connection say at its beginning. `isClient`: who says it. Returns whether more is to be read of it. */
export interface TlsSides {
  /** A handshake message of this type is complete; `body` is what was captured of it. */
  hello(isClient: boolean, type: number, body: Uint8Array, s: number, nanos: number): boolean;
  /** The handshake is given up. */
  alert(isClient: boolean, description: number, s: number, nanos: number): boolean;
  /** This is not TLS. */
  refused(): void;
}

const NO_BYTES = new Uint8Array(0);

/**
 * Reads the first handshake messages of one side, over records and segments as they come. Lengths say where a message
 * ends, so missing bytes within it do no harm.
 */
export class TlsReader implements StreamReader {
  readonly #sides: TlsSides;
  readonly #isClient: boolean;
  #isStopped = false;
  /** A first message has come. */
  #isBegun = false;
  /** Bytes of a header that has come in part: of a record, or behind it of a message. */
  #header = NO_BYTES;
  #headerBytes = 0;
  #contentType = 0;
  /** Bytes of the record at hand still to come; 0: a record header is next. */
  #recordMissing = 0;
  /** Type of the message at hand, -1: its header is next. */
  #messageType = -1;
  #messageMissing = 0;
  #kept = NO_BYTES;
  #keptBytes = 0;
  #isCut = false;
  /** The latest instant of what is at hand. */
  #s = 0;
  #nanos = 0;

  constructor(sides: TlsSides, isClient: boolean) {
    this.#sides = sides;
    this.#isClient = isClient;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
    this.#kept = NO_BYTES;
  }

  bytes(data: Uint8Array, seconds: number, nanos: number): void {
    let at = 0;
    while (at < data.length && !this.#isStopped) {
      this.#note(seconds, nanos);
      at = this.#step(data, at);
    }
  }

  gap(lengthBytes: number | null, seconds: number, nanos: number): void {
    if (this.#isStopped) return;
    // A connection picked up before its first record is as good as a whole one.
    if (lengthBytes === null && this.#headerBytes === 0 && this.#recordMissing === 0 && this.#s === 0) return;
    this.#note(seconds, nanos);
    const isWithinMessage = this.#messageType >= 0 && this.#recordMissing > 0;
    if (lengthBytes === null || !isWithinMessage || lengthBytes > this.#recordMissing) {
      this.stop();
      return;
    }
    this.#isCut = true;
    this.#recordMissing -= lengthBytes;
    const missing = this.#messageMissing;
    this.#messageMissing = Math.max(0, missing - lengthBytes);
    if (lengthBytes >= missing) this.#endMessage();
    // What begins within a gap nobody knows.
    if (lengthBytes > missing) this.stop();
  }

  end(): void {
    this.stop();
  }

  #step(data: Uint8Array, at: number): number {
    if (this.#recordMissing === 0) return this.#recordHeader(data, at);
    if (this.#contentType === HANDSHAKE) return this.#handshake(data, at);
    if (this.#contentType === ALERT) return this.#alert(data, at);
    const count = Math.min(this.#recordMissing, data.length - at);
    this.#recordMissing -= count;
    return at + count;
  }

  /** Type, version (2) and length (2) of a record. */
  #recordHeader(data: Uint8Array, at: number): number {
    const next = this.#gather(data, at, RECORD_HEADER_BYTES);
    if (this.#headerBytes < RECORD_HEADER_BYTES) return next;
    this.#headerBytes = 0;
    const header = this.#header;
    const length = (header[3]! << 8) | header[4]!;
    this.#contentType = header[0]!;
    // Application data may follow a first hello at once (RFC 8446 section 2.3), and begins no connection.
    const isKnown =
      this.#contentType >= CHANGE_CIPHER_SPEC && this.#contentType <= (this.#isBegun ? HEARTBEAT : HANDSHAKE);
    if (!isKnown || header[1] !== 3 || length === 0 || length > MOST_RECORD_BYTES) {
      this.stop();
      this.#sides.refused();
      return next;
    }
    this.#recordMissing = length;
    return next;
  }

  #handshake(data: Uint8Array, at: number): number {
    const until = at + Math.min(this.#recordMissing, data.length - at);
    let next = at;
    if (this.#messageType < 0) {
      next = this.#gather(data.subarray(0, until), at, MESSAGE_HEADER_BYTES);
      if (this.#headerBytes === MESSAGE_HEADER_BYTES) this.#beginMessage();
    } else {
      next = at + Math.min(this.#messageMissing, until - at);
      this.#keep(data, at, next);
      this.#messageMissing -= next - at;
    }
    this.#recordMissing -= next - at;
    if (!this.#isStopped && this.#messageType >= 0 && this.#messageMissing === 0) this.#endMessage();
    return next;
  }

  /** Type and length (3) of a handshake message. */
  #beginMessage(): void {
    const header = this.#header;
    this.#headerBytes = 0;
    this.#messageType = header[0]!;
    this.#messageMissing = (header[1]! << 16) | (header[2]! << 8) | header[3]!;
    if (this.#messageMissing > MOST_HELLO_BYTES) {
      this.stop();
      this.#sides.refused();
      return;
    }
    this.#kept = new Uint8Array(this.#messageMissing);
  }

  #endMessage(): void {
    this.#isBegun = true;
    const type = this.#messageType;
    const body = this.#kept.subarray(0, this.#keptBytes);
    this.#messageType = -1;
    this.#keptBytes = 0;
    this.#isCut = false;
    this.#kept = NO_BYTES;
    if (!this.#sides.hello(this.#isClient, type, body, this.#s, this.#nanos)) this.stop();
  }

  /** Level and description. */
  #alert(data: Uint8Array, at: number): number {
    const next = this.#gather(data, at, 2);
    this.#recordMissing -= next - at;
    if (this.#headerBytes < 2) return next;
    this.#headerBytes = 0;
    if (!this.#sides.alert(this.#isClient, this.#header[1]!, this.#s, this.#nanos)) this.stop();
    return next;
  }

  /** Moves bytes into the header at hand until there are so many. Returns where the next byte is. */
  #gather(data: Uint8Array, at: number, wanted: number): number {
    if (this.#header.length === 0) this.#header = new Uint8Array(RECORD_HEADER_BYTES);
    const count = Math.min(wanted - this.#headerBytes, data.length - at);
    // A few bytes are copied faster here than by a call.
    for (let byte = 0; byte < count; byte++) this.#header[this.#headerBytes + byte] = data[at + byte]!;
    this.#headerBytes += count;
    return at + count;
  }

  #keep(data: Uint8Array, from: number, until: number): void {
    if (this.#isCut) return;
    this.#kept.set(data.subarray(from, until), this.#keptBytes);
    this.#keptBytes += until - from;
  }

  #note(s: number, nanos: number): void {
    const isBetween = this.#recordMissing === 0 && this.#headerBytes === 0 && this.#messageType < 0;
    if (isBetween || s > this.#s || (s === this.#s && nanos > this.#nanos)) {
      this.#s = s;
      this.#nanos = nanos;
    }
  }
}
