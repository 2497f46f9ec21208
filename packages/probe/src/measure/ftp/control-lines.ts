import type { StreamReader } from "../../reassemble/stream-reader.ts";

/** Telnet (RFC 854): "interpret as command", and the least command that takes an option behind it. */
const IAC = 255;
const LEAST_OPTION_COMMAND = 251;
/** Commands are the codes from here up to IAC itself. */
const LEAST_COMMAND = 240;

const LF = 10;
const CR = 13;

/** Of a longer line no more is kept: paths of 1024 bytes are long. */
const KEPT_BYTES = 2048;
const FIRST_KEPT_BYTES = 32;

/** TLS records of a handshake begin so; no FTP line does (RFC 8446 section 5.1). */
const TLS_HANDSHAKE = 22;
const TLS_MAJOR_VERSION = 3;

/** A line of a control connection, without its end and without Telnet's own bytes. */
export interface ControlLine {
  /** Only there during the call. */
  readonly bytes: Uint8Array;
  /** Bytes that followed and were not kept; null: an unknown number was missed. */
  readonly moreBytes: number | null;
  /** What was missed before it may belong to it. */
  readonly isHeadless: boolean;
  /** Instant of the packet that completed it. */
  readonly s: number;
  readonly nanos: number;
}

export interface ControlLineTaker {
  line(line: ControlLine): void;
  /** What comes is TLS from here on. */
  encrypted(): void;
}

/** Cuts one direction of an FTP control connection into lines (RFC 959 section 5.3, RFC 1123 section 4.1.2.12). */
export class ControlLines implements Pick<StreamReader, "bytes" | "gap"> {
  readonly #taker: ControlLineTaker;
  /** Grows for a line that needs it: there may be many connections. */
  #kept = new Uint8Array(FIRST_KEPT_BYTES);
  /** Bytes of the line so far, those not kept included. */
  #length = 0;
  /** Its last byte so far. */
  #last = 0;
  #isHeadless = false;
  /** Between an IAC and what it announces. */
  #isCommand = false;
  /** The next byte is the option of a Telnet command. */
  #isOption = false;
  #isEncrypted = false;
  /** Last instant of bytes. */
  #s = 0;
  #nanos = 0;

  constructor(taker: ControlLineTaker) {
    this.#taker = taker;
  }

  bytes(data: Uint8Array, seconds: number, nanos: number): void {
    this.#s = seconds;
    this.#nanos = nanos;
    for (let at = 0; at < data.length && !this.#isEncrypted; at++) this.#byte(data[at]!);
  }

  /** A line with a gap in it is given as it begins; the rest of it may be given as one that has no head. */
  gap(_lengthBytes: number | null, _seconds: number, _nanos: number): void {
    if (this.#length > 0) this.#give(true);
    this.#isHeadless = true;
    this.#isCommand = this.#isOption = false;
  }

  #byte(byte: number): void {
    if (this.#isOption) {
      this.#isOption = false;
    } else if (this.#isCommand) {
      this.#isCommand = false;
      if (byte >= LEAST_OPTION_COMMAND && byte < IAC) this.#isOption = true;
      else if (byte < LEAST_COMMAND) {
        // Not Telnet after all: a character of a name in some 8-bit code.
        this.#put(IAC);
        this.#character(byte);
      } else if (byte === IAC) this.#put(IAC);
    } else if (byte === IAC) {
      this.#isCommand = true;
    } else {
      this.#character(byte);
    }
  }

  #character(byte: number): void {
    if (byte === LF) this.#give(false);
    else if (byte === TLS_MAJOR_VERSION && this.#length === 1 && this.#kept[0] === TLS_HANDSHAKE) {
      this.#isEncrypted = true;
      this.#taker.encrypted();
    } else this.#put(byte);
  }

  #put(byte: number): void {
    if (this.#length < KEPT_BYTES) {
      if (this.#length === this.#kept.length) this.#grow();
      this.#kept[this.#length] = byte;
    }
    this.#length++;
    this.#last = byte;
  }

  #grow(): void {
    const larger = new Uint8Array(Math.min(KEPT_BYTES, 4 * this.#kept.length));
    larger.set(this.#kept);
    this.#kept = larger;
  }

  #give(isCut: boolean): void {
    const length = this.#length > 0 && this.#last === CR && !isCut ? this.#length - 1 : this.#length;
    const keptBytes = Math.min(length, KEPT_BYTES);
    this.#length = 0;
    const isHeadless = this.#isHeadless;
    this.#isHeadless = false;
    this.#taker.line({
      bytes: this.#kept.subarray(0, keptBytes),
      moreBytes: isCut ? null : length - keptBytes,
      isHeadless,
      s: this.#s,
      nanos: this.#nanos,
    });
  }
}
