const MINUS = 0x2d;
const ZERO = 0x30;
const BACKSLASH = 0x5c;
const UPPER_N = 0x4e;

/**
 * The fields of one checked line where they lie in the bytes that were read. One object serves all lines of a file: what
 * it says holds until the next line.
 */
export class LineFields {
  /** Where each field ends; the next one begins after a tab. Shape: [fields]. */
  readonly ends: Int32Array;
  bytes: Buffer = Buffer.alloc(0);
  /** Where the line begins. */
  start = 0;

  constructor(fieldCount: number) {
    this.ends = new Int32Array(fieldCount);
  }

  from(field: number): number {
    return field === 0 ? this.start : this.ends[field - 1]! + 1;
  }

  until(field: number): number {
    return this.ends[field]!;
  }

  /** A field as latin1, which carries the file's bytes unchanged. */
  text(field: number): string {
    return this.bytes.toString("latin1", this.from(field), this.ends[field]!);
  }

  /** The whole line as latin1, without its newline. */
  line(): string {
    return this.bytes.toString("latin1", this.start, this.ends[this.ends.length - 1]!);
  }

  isEmpty(field: number): boolean {
    return this.from(field) === this.ends[field];
  }

  isNull(field: number): boolean {
    const from = this.from(field);
    return this.ends[field]! - from === 2 && this.bytes[from] === BACKSLASH && this.bytes[from + 1] === UPPER_N;
  }

  isZero(field: number): boolean {
    const from = this.from(field);
    return this.ends[field]! - from === 1 && this.bytes[from] === ZERO;
  }

  /**
   * A field of decimal digits without its last `dropped` ones. Exact up to 2^53, and above it never below 2^53.
   */
  number(field: number, dropped = 0): number {
    const bytes = this.bytes;
    const until = this.ends[field]! - dropped;
    let at = this.from(field);
    const isNegative = bytes[at] === MINUS;
    if (isNegative) at++;
    let value = 0;
    for (; at < until; at++) value = value * 10 + (bytes[at]! - ZERO);
    return isNegative ? -value : value;
  }
}
