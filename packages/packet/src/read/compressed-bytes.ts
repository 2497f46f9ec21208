import type { Transform } from "node:stream";
import zlib from "node:zlib";
import type { ByteSource } from "./byte-source.ts";
import type { CaptureFault } from "./capture-fault.ts";

/** Compressed bytes handed over at once. Deflate grows them 1032-fold at most, which bounds what waits here: 32 MiB. */
const INPUT_BYTES = 32 * 1024;

/** A decompressor for data that begins so; null when they are not compressed or this Node cannot undo it. */
export function decompressorFor(head: Uint8Array): (() => Transform) | "unsupported" | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return () => zlib.createGunzip({ chunkSize: 256 * 1024 });
  const isZstd = head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;
  if (!isZstd) return null;
  // In Node from 22.15 on; the types of Node 20 do not know it.
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };
  return createZstdDecompress ?? "unsupported";
}

/**
 * Bytes out of a decompressor. Input goes in piece by piece and each piece is waited for, so that what came out before
 * damage is kept: a stream that fails throws away what it still holds.
 */
export class DecompressedBytes implements ByteSource {
  fault: CaptureFault | null = null;
  readonly readNow = null;
  readonly #compressed: ByteSource;
  readonly #stream: Transform;
  readonly #input = new Uint8Array(INPUT_BYTES);
  readonly #output: Uint8Array[] = [];
  /** Nothing more will come out. */
  #ended = false;
  /** The compressed data said where they end; what follows is not ours. */
  #isOver = false;
  /** Ends the wait for the piece that is being decompressed. */
  #settle: (error: Error | null | undefined) => void = () => {};

  constructor(compressed: ByteSource, stream: Transform) {
    this.#compressed = compressed;
    this.#stream = stream;
    stream.on("data", (chunk: Uint8Array) => this.#output.push(chunk));
    stream.on("error", (error) => this.#settle(error));
    stream.on("end", () => {
      this.#isOver = true;
      this.#settle(null);
    });
  }

  async read(target: Uint8Array, offset: number, length: number): Promise<number> {
    while (this.#output.length === 0 && !this.#ended) await this.#step();
    const chunk = this.#output[0];
    if (chunk === undefined) return 0;
    const count = Math.min(length, chunk.length);
    target.set(chunk.subarray(0, count), offset);
    if (count === chunk.length) this.#output.shift();
    else this.#output[0] = chunk.subarray(count);
    return count;
  }

  async close(): Promise<void> {
    this.#stream.destroy();
    await this.#compressed.close();
  }

  async #step(): Promise<void> {
    const count = await this.#compressed.read(this.#input, 0, INPUT_BYTES);
    const isLast = count === 0;
    const error = await new Promise<Error | null | undefined>((resolve) => {
      // A failing stream calls back for its error event only, a finishing one says "end" after the last bytes.
      this.#settle = resolve;
      if (isLast) this.#stream.end();
      else this.#stream.write(this.#input.subarray(0, count), resolve);
    });
    if (!isLast && !error && !this.#isOver) return;
    this.#ended = true;
    this.fault = this.#compressed.fault;
    if (error && !this.#isOver) this.fault = isCut(error) ? "compressed_cut" : "compressed_damaged";
  }
}

function isCut(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === "Z_BUF_ERROR" || /unexpected end/.test(error.message);
}
