import type { ByteSource } from "./byte-source.ts";
import { MAX_CAPTURED_BYTES } from "./capture-fault.ts";

/** Room for what is left of one chunk before the next: the longest packet and as much again for its header and options. */
const HEADROOM_BYTES = 2 * MAX_CAPTURED_BYTES;

/** Small enough to stay in the processor's cache between the read and the dissection. */
const CHUNK_BYTES = 1024 * 1024;

interface Chunk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/**
 * A stretch of a file in memory. While it is worked on, the next chunk is already being read into a second buffer; what is
 * left of the first is then copied in front of it, so that no record is ever in two pieces.
 */
export class ReadWindow {
  bytes: Uint8Array;
  view: DataView;
  /** Unread bytes are [position, end) of `bytes`. */
  position = HEADROOM_BYTES;
  end = HEADROOM_BYTES;
  readonly source: ByteSource;
  #spare: Chunk;
  #ahead: Promise<number> | null = null;
  #ended = false;
  /** Bytes of the file before `end`. */
  #readBytes = 0;

  constructor(source: ByteSource) {
    this.source = source;
    const first = newChunk();
    this.bytes = first.bytes;
    this.view = first.view;
    this.#spare = newChunk();
  }

  /** Place in the (decompressed) file of the next unread byte. */
  get fileOffset(): number {
    return this.#readBytes - (this.end - this.position);
  }

  /**
   * Brings more bytes in behind the unread ones. Offsets into `bytes` are void after it. Returns false at the end of
   * the file; what was unread stays.
   *
   * @throws {RangeError} when more than the headroom is unread, which is a fault of the caller.
   */
  async fill(): Promise<boolean> {
    if (this.#ended) return false;
    const left = this.end - this.position;
    if (left > HEADROOM_BYTES) throw new RangeError(`${left} unread bytes are more than the headroom`);
    this.#ahead ??= this.#readAhead();
    const count = await this.#ahead;
    this.#ahead = null;
    if (count === 0) {
      this.#ended = true;
      return false;
    }
    const next = this.#spare;
    next.bytes.set(this.bytes.subarray(this.position, this.end), HEADROOM_BYTES - left);
    this.#spare = { bytes: this.bytes, view: this.view };
    this.bytes = next.bytes;
    this.view = next.view;
    this.position = HEADROOM_BYTES - left;
    this.end = HEADROOM_BYTES + count;
    this.#readBytes += count;
    this.#ahead = this.#readAhead();
    return true;
  }

  async close(): Promise<void> {
    await this.#ahead;
    await this.source.close();
  }

  #readAhead(): Promise<number> {
    return this.source.read(this.#spare.bytes, HEADROOM_BYTES, CHUNK_BYTES);
  }
}

function newChunk(): Chunk {
  const bytes = new Uint8Array(HEADROOM_BYTES + CHUNK_BYTES);
  return { bytes, view: new DataView(bytes.buffer) };
}
