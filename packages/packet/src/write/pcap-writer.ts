import { closeSync, openSync, writeSync } from "node:fs";
import { LINK_ETHERNET } from "../link-type.ts";

/** How a pcap file is written; the defaults are what tcpdump writes on a little-endian machine. */
export interface PcapOptions {
  /** Default: Ethernet. */
  readonly linkType?: number;
  /** Nanoseconds rather than microseconds, which cut what is below. */
  readonly nanoseconds?: boolean;
  readonly bigEndian?: boolean;
  /** Longest part of a frame that is written. Default: 262144. */
  readonly snapBytes?: number;
}

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const BUFFER_BYTES = 1024 * 1024;

/** The header of a pcap file. Shape: [24]. */
export function pcapFileHeader(options: PcapOptions = {}): Uint8Array {
  const header = new Uint8Array(FILE_HEADER_BYTES);
  const view = new DataView(header.buffer);
  const little = options.bigEndian !== true;
  view.setUint32(0, options.nanoseconds === true ? 0xa1b23c4d : 0xa1b2c3d4, little);
  view.setUint16(4, 2, little);
  view.setUint16(6, 4, little);
  view.setUint32(16, options.snapBytes ?? 262_144, little);
  view.setUint32(20, options.linkType ?? LINK_ETHERNET, little);
  return header;
}

/** Writes a pcap file, in large pieces. */
export class PcapWriter {
  /** Frames written. */
  frames = 0;
  readonly #file: number;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #view = new DataView(this.#buffer.buffer);
  readonly #little: boolean;
  readonly #nanosPerUnit: number;
  readonly #snapBytes: number;
  #used: number;

  /** @throws {NodeJS.ErrnoException} when the file cannot be made */
  constructor(path: string, options: PcapOptions = {}) {
    this.#little = options.bigEndian !== true;
    this.#nanosPerUnit = options.nanoseconds === true ? 1 : 1000;
    this.#snapBytes = Math.min(options.snapBytes ?? 262_144, BUFFER_BYTES - RECORD_HEADER_BYTES);
    this.#file = openSync(path, "w");
    this.#buffer.set(pcapFileHeader(options));
    this.#used = FILE_HEADER_BYTES;
  }

  /** Writes the first `length` bytes of `frame`, or what the snap length leaves of them. `wireBytes` defaults to them. */
  write(seconds: number, nanos: number, frame: Uint8Array, length = frame.length, wireBytes = length): void {
    const captured = Math.min(length, this.#snapBytes);
    if (this.#used + RECORD_HEADER_BYTES + captured > BUFFER_BYTES) this.#flush();
    const at = this.#used;
    this.#view.setUint32(at, seconds, this.#little);
    this.#view.setUint32(at + 4, Math.floor(nanos / this.#nanosPerUnit), this.#little);
    this.#view.setUint32(at + 8, captured, this.#little);
    this.#view.setUint32(at + 12, wireBytes, this.#little);
    this.#buffer.set(captured === frame.length ? frame : frame.subarray(0, captured), at + RECORD_HEADER_BYTES);
    this.#used = at + RECORD_HEADER_BYTES + captured;
    this.frames++;
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    for (let from = 0; from < this.#used; ) {
      from += writeSync(this.#file, this.#buffer, from, this.#used - from);
    }
    this.#used = 0;
  }
}
