import { readSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { CaptureFault } from "./capture-fault.ts";

/** Bytes in order, from a file, a pipe or a decompressor. */
export interface ByteSource {
  /** Why the bytes ended before their end; null while nothing is wrong. */
  readonly fault: CaptureFault | null;
  /** Writes up to `length` bytes into `target` from `offset` on. Returns how many, 0 at the end or after a fault. */
  read(target: Uint8Array, offset: number, length: number): Promise<number>;
  /**
   * The same at once, where there is nobody to wait for: of a regular file. It costs less than a read in another thread,
   * which brings the bytes into the cache of another core, and the system reads ahead by itself. null: use `read`.
   */
  readonly readNow: ((target: Uint8Array, offset: number, length: number) => number) | null;
  close(): Promise<void>;
}

/** Bytes of an open file. */
export class FileBytes implements ByteSource {
  fault: CaptureFault | null = null;
  readonly readNow: ByteSource["readNow"];
  readonly #file: FileHandle;
  /** Where the next byte stands; null: the file knows no places. */
  #position: number | null;

  /** `isRegular`: it is no pipe or device, whose bytes may be long in coming. */
  constructor(file: FileHandle, isRegular: boolean) {
    this.#file = file;
    this.readNow = isRegular ? (...where) => this.#readNow(...where) : null;
    this.#position = isRegular ? 0 : null;
  }

  /** Has a regular file read from its beginning again. */
  rewind(): void {
    this.#position = 0;
  }

  async read(target: Uint8Array, offset: number, length: number): Promise<number> {
    try {
      return this.#advance((await this.#file.read(target, offset, length, this.#position)).bytesRead);
    } catch {
      this.fault = "read_failed";
      return 0;
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #readNow(target: Uint8Array, offset: number, length: number): number {
    try {
      return this.#advance(readSync(this.#file.fd, target, offset, length, this.#position));
    } catch {
      this.fault = "read_failed";
      return 0;
    }
  }

  #advance(count: number): number {
    if (this.#position !== null) this.#position += count;
    return count;
  }
}

/** Bytes of a pipe, as standard input is. */
export class PipeBytes implements ByteSource {
  fault: CaptureFault | null = null;
  readonly readNow = null;
  readonly #pipe: Readable;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);

  constructor(pipe: Readable) {
    this.#pipe = pipe;
    this.#chunks = pipe[Symbol.asyncIterator]();
  }

  async read(target: Uint8Array, offset: number, length: number): Promise<number> {
    while (this.#chunk.length === 0) {
      try {
        const next = await this.#chunks.next();
        if (next.done === true) return 0;
        this.#chunk = next.value;
      } catch {
        this.fault = "read_failed";
        return 0;
      }
    }
    const count = Math.min(length, this.#chunk.length);
    target.set(this.#chunk.subarray(0, count), offset);
    this.#chunk = this.#chunk.subarray(count);
    return count;
  }

  async close(): Promise<void> {
    this.#pipe.destroy();
  }
}

/** A few bytes already read, then the rest. */
export class RewoundBytes implements ByteSource {
  readonly readNow = null;
  #head: Uint8Array;
  readonly #rest: ByteSource;

  constructor(head: Uint8Array, rest: ByteSource) {
    this.#head = head;
    this.#rest = rest;
  }

  get fault(): CaptureFault | null {
    return this.#rest.fault;
  }

  async read(target: Uint8Array, offset: number, length: number): Promise<number> {
    if (this.#head.length === 0) return this.#rest.read(target, offset, length);
    const count = Math.min(length, this.#head.length);
    target.set(this.#head.subarray(0, count), offset);
    this.#head = this.#head.subarray(count);
    return count;
  }

  close(): Promise<void> {
    return this.#rest.close();
  }
}
