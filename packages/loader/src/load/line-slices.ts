import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";

const SLICE_BYTES = 4 * 1024 * 1024;
const NEWLINE = 10;

/** Whole lines of a file, a few MiB at a time. */
export interface LineSlice {
  /** Valid until the next slice is asked for. The last line's newline is included, unless the file ends without. */
  readonly bytes: Buffer;
  /** Number of the first line in the file, from 1. */
  readonly firstLineNo: number;
}

/** Reads a file in slices of whole lines, and hashes it on the way. */
export class LineSlices {
  readonly #file: FileHandle;
  readonly #hash: Hash = createHash("sha256");
  #buffer = Buffer.allocUnsafe(SLICE_BYTES);
  /** Bytes at the buffer's start that the slice before has, and those of an unfinished line behind them. */
  #taken = 0;
  #left = 0;
  #lineNo = 1;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(path: string): Promise<LineSlices> {
    return new LineSlices(await open(path, "r"));
  }

  /** The next slice, or null at the end. */
  async next(): Promise<LineSlice | null> {
    this.#buffer.copyWithin(0, this.#taken, this.#taken + this.#left);
    this.#taken = 0;
    for (;;) {
      const { bytesRead } = await this.#file.read(this.#buffer, this.#left, this.#buffer.length - this.#left, null);
      this.#hash.update(this.#buffer.subarray(this.#left, this.#left + bytesRead));
      const filled = this.#left + bytesRead;
      if (bytesRead === 0) {
        if (filled === 0) return null;
        this.#left = 0;
        return this.#slice(this.#buffer.subarray(0, filled));
      }
      const end = this.#buffer.lastIndexOf(NEWLINE, filled - 1) + 1;
      if (end === 0) {
        // A line longer than the buffer.
        if (filled === this.#buffer.length) this.#buffer = Buffer.concat([this.#buffer, Buffer.alloc(filled)]);
        this.#left = filled;
        continue;
      }
      this.#taken = end;
      this.#left = filled - end;
      return this.#slice(this.#buffer.subarray(0, end));
    }
  }

  /** SHA-256 of the file; only after the last slice. */
  digest(): Buffer {
    return this.#hash.digest();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  #slice(bytes: Buffer): LineSlice {
    const firstLineNo = this.#lineNo;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) this.#lineNo++;
    return { bytes, firstLineNo };
  }
}
