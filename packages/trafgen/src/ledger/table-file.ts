import { closeSync, openSync, writeSync } from "node:fs";
import { escapeText } from "@trafmon/observation";
import { trafgenError } from "../errors.ts";

const BUFFER_BYTES = 1024 * 1024;
/** No field is longer than this many bytes; what is longer is cut. */
const MOST_FIELD_BYTES = 16 * 1024;

const TAB = 9;
const NEWLINE = 10;
const ZERO = 48;
const NULL = Uint8Array.of(92, 78);

/**
 * A tab-separated file with a header line, written in large pieces. Fields are put one after the other straight into
 * bytes, so that a line costs no object. Text is escaped as in our log files; `\N` is null.
 */
export class TableFile {
  readonly path: string;
  /** Lines written, without the header. */
  lines = 0;
  readonly #file: number;
  readonly #bytes = Buffer.allocUnsafe(BUFFER_BYTES);
  #used = 0;
  #isLineBegun = false;

  /** @throws {NodeJS.ErrnoException} when the file exists or cannot be made */
  constructor(path: string, columns: readonly string[]) {
    this.path = path;
    this.#file = openSync(path, "wx");
    this.#used = this.#bytes.write(`${columns.join("\t")}\n`, 0);
  }

  text(value: string | null): this {
    if (value === null) return this.raw(NULL);
    this.#separate(MOST_FIELD_BYTES);
    this.#used += this.#bytes.write(escapeText(value), this.#used, MOST_FIELD_BYTES);
    return this;
  }

  /** Bytes that need no escaping: a field, or several with tabs between them. */
  raw(value: Uint8Array): this {
    this.#separate(value.length);
    this.#bytes.set(value, this.#used);
    this.#used += value.length;
    return this;
  }

  /** A whole number, negative or not, that is exact in a double; null is null. */
  integer(value: number | null): this {
    if (value === null) return this.raw(NULL);
    this.#separate(20);
    if (value < 0) this.#bytes[this.#used++] = 45;
    this.#digits(value < 0 ? -value : value, 1);
    return this;
  }

  /** Nanoseconds since the epoch, which are too many for a double. */
  instant(seconds: number, nanos: number): this {
    this.#separate(30);
    this.#digits(seconds, 1);
    this.#digits(nanos, 9);
    return this;
  }

  endLine(): void {
    this.#bytes[this.#used++] = NEWLINE;
    this.#isLineBegun = false;
    this.lines++;
  }

  /**
   * Writes what is buffered. Harmless when called again.
   * @throws {CodedError} TRAFGEN_LEDGER_UNWRITABLE
   */
  flush(): void {
    const used = this.#used;
    // What could not be written once is given up, so that closing does not fail at it again.
    this.#used = 0;
    try {
      for (let from = 0; from < used; ) from += writeSync(this.#file, this.#bytes, from, used - from);
    } catch (cause) {
      const message = `cannot write ${this.path}: ${(cause as Error).message}`;
      throw trafgenError("TRAFGEN_LEDGER_UNWRITABLE", message, cause);
    }
  }

  close(): void {
    try {
      this.flush();
    } finally {
      closeSync(this.#file);
    }
  }

  /** Makes room for a field, and for the tab before it and the end of the line. */
  #separate(mostBytes: number): void {
    if (this.#used + mostBytes + 2 > BUFFER_BYTES) this.flush();
    if (this.#isLineBegun) this.#bytes[this.#used++] = TAB;
    this.#isLineBegun = true;
  }

  #digits(value: number, least: number): void {
    let length = 1;
    for (let limit = 10; value >= limit; limit *= 10) length++;
    if (length < least) length = least;
    let rest = value;
    for (let at = this.#used + length - 1; at >= this.#used; at--) {
      const next = Math.floor(rest / 10);
      this.#bytes[at] = ZERO + (rest - next * 10);
      rest = next;
    }
    this.#used += length;
  }
}
