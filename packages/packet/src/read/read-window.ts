import type { ByteSource } from "./byte-source.ts";
import { MAX_CAPTURED_BYTES } from "./capture-fault.ts";

/** Room for what is left of one chunk before the next: the longest packet and as much again for its header and options. */
const HEADROOM_BYTES = 2 * MAX_CAPTURED_BYTES;

/** Read ahead at once, of what another thread may have to be waited for. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Read at once where there is nobody to wait for: small enough to stay in a core's own cache until it is dissected, and
 * whole pages, which cost the system less to copy to where a cache line begins.
 */
const CHUNK_NOW_BYTES = 256 * 1024;

/** Bytes of a cache line, and of the head that the C library puts before a large block, which begins on a page. */
const LINE_BYTES = 64;
const BLOCK_HEAD_BYTES = 16;

interface Chunk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/**
 * A stretch of a file in memory. What is left of one chunk is copied in front of the next, so that no record is ever in
 * two pieces. Of pipes and compressed files the next chunk is already being read into a second buffer while the first is
 * worked on.
 */
export class ReadWindow {
  bytes: Uint8Array;
  view: DataView;
  /** Unread bytes are [position, end) of `bytes`. */
  position = HEADROOM_BYTES;
  end = HEADROOM_BYTES;
  readonly source: ByteSource;
  /** The second buffer, when there is one. */
  #spare: Chunk | null = null;
  #ahead: Promise<number> | null = null;
  #ended = false;
  /** Bytes of the file before `end`. */
  #readBytes = 0;

  constructor(source: ByteSource) {
    this.source = source;
    const first = newChunk(source.readNow === null ? CHUNK_BYTES : CHUNK_NOW_BYTES);
    this.bytes = first.bytes;
    this.view = first.view;
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
    const count = this.source.readNow === null ? await this.#takeAhead(left) : this.#takeNow(left, this.source.readNow);
    this.position = HEADROOM_BYTES - left;
    this.end = HEADROOM_BYTES + count;
    this.#readBytes += count;
    this.#ended = count === 0;
    return !this.#ended;
  }

  async close(): Promise<void> {
    await this.#ahead;
    await this.source.close();
  }

  /** Reads a chunk behind the bytes left. */
  #takeNow(left: number, readNow: NonNullable<ByteSource["readNow"]>): number {
    this.bytes.copyWithin(HEADROOM_BYTES - left, this.position, this.end);
    return readNow(this.bytes, HEADROOM_BYTES, CHUNK_NOW_BYTES);
  }

  /** Takes the chunk that is being read, puts the bytes left in front of it, and has the next one read. */
  async #takeAhead(left: number): Promise<number> {
    this.#spare ??= newChunk(CHUNK_BYTES);
    const next = this.#spare;
    this.#ahead ??= this.#readAhead(next);
    const count = await this.#ahead;
    next.bytes.set(this.bytes.subarray(this.position, this.end), HEADROOM_BYTES - left);
    const worked = { bytes: this.bytes, view: this.view };
    this.#spare = worked;
    this.bytes = next.bytes;
    this.view = next.view;
    this.#ahead = count === 0 ? null : this.#readAhead(worked);
    return count;
  }

  #readAhead({ bytes }: Chunk): Promise<number> {
    return this.source.read(bytes, HEADROOM_BYTES, CHUNK_BYTES);
  }
}

/** A chunk that begins on a cache line. */
function newChunk(chunkBytes: number): Chunk {
  const length = HEADROOM_BYTES + chunkBytes;
  const bytes = new Uint8Array(new ArrayBuffer(length + LINE_BYTES), LINE_BYTES - BLOCK_HEAD_BYTES, length);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, length) };
}
