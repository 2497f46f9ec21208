import { MalformedError } from "./refused.ts";

/** Longer than the lines of any PDU of the usual size. */
const FIRST_BYTES = 64 << 10;
/**
 * Ten times the lines of the longest PDU that a probe makes. A long text that is as in the record before costs nothing in
 * a body, and stands in each line: whoever means harm could have a datagram take all memory.
 */
const MOST_BYTES = 32 << 20;

/** Bytes that lines are written into, grown when they are too few and kept for the next body. */
export class LineBuffer {
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #prefix = "";
  #prefixBytes: Buffer = Buffer.alloc(0);

  get bytes(): Buffer {
    return this.#bytes;
  }

  /**
   * The bytes with room for so many more behind the first `used`, which stay.
   * @throws {MalformedError} when that is more than lines can be
   */
  withRoom(used: number, more: number): Buffer {
    if (this.#bytes.length - used >= more) return this.#bytes;
    if (used + more > MOST_BYTES) throw new MalformedError("cannot hold lines of more than 32 MiB");
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, used + more));
    this.#bytes.copy(grown, 0, 0, used);
    this.#bytes = grown;
    return grown;
  }

  /** UTF-8 of a line's beginning, which is mostly that of the line before. */
  prefixBytes(prefix: string): Buffer {
    if (prefix !== this.#prefix) {
      this.#prefix = prefix;
      this.#prefixBytes = this.utf8(prefix);
    }
    return this.#prefixBytes;
  }

  utf8(text: string): Buffer {
    return Buffer.from(text, "utf8");
  }
}
