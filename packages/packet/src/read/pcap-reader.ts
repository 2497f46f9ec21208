import { MAX_CAPTURED_BYTES } from "./capture-fault.ts";
import { FrameReader } from "./frame-reader.ts";
import { FIRST_GOOD_S, LAST_GOOD_S } from "./frame-time.ts";
import type { ReadWindow } from "./read-window.ts";

/** What a magic number says of the records. */
interface Variant {
  readonly perSecond: number;
  /** Bytes before each frame. */
  readonly recordBytes: number;
  /** Bytes before the first record. */
  readonly headerBytes: number;
}

const MICROSECONDS: Variant = { perSecond: 1_000_000, recordBytes: 16, headerBytes: 24 };
const NANOSECONDS: Variant = { perSecond: 1_000_000_000, recordBytes: 16, headerBytes: 24 };

const variants = new Map<number, Variant>([
  [0xa1b2c3d4, MICROSECONDS],
  [0xa1b23c4d, NANOSECONDS],
  // Navtel: as usual.
  [0xa12b3c4d, MICROSECONDS],
  // Kuznetzov's patched libpcap: interface index, protocol and packet type follow each record header.
  [0xa1b2cd34, { perSecond: 1_000_000, recordBytes: 24, headerBytes: 24 }],
  // Ixia, hardware and software capture: the file header ends with the length of all records.
  [0x1c0001ac, { perSecond: 1_000_000_000, recordBytes: 16, headerBytes: 28 }],
  [0x1c0001ab, { perSecond: 1_000_000, recordBytes: 16, headerBytes: 28 }],
]);

/** Whether a file that begins with these four bytes is pcap: true for little-endian, false for big, null for neither. */
export function pcapByteOrder(view: DataView, at: number): boolean | null {
  if (variants.has(view.getUint32(at, true))) return true;
  return variants.has(view.getUint32(at, false)) ? false : null;
}

/** The file header's length; the caller has it in memory before it makes a reader. */
export function pcapHeaderBytes(view: DataView, at: number, littleEndian: boolean): number {
  return variants.get(view.getUint32(at, littleEndian))!.headerBytes;
}

/**
 * pcap, as tcpdump writes it (draft-ietf-opsawg-pcap). All fields in the byte order of the writer.
 *
 *     file header                                      record
 *    +-----------------------------------------+      +----------------------------------+
 *    | magic: byte order and unit of time      |      | seconds since the epoch, 32 bits |
 *    | version 2          | 4                  |      | micro- or nanoseconds            |
 *    | time zone, accuracy (always 0)          |      | captured length                  |
 *    | snap length                             |      | length on the wire               |
 *    | FCS length 4 bits | 0 | link type 28    |      | captured bytes ...               |
 *    +-----------------------------------------+      +----------------------------------+
 */
export class PcapReader extends FrameReader {
  readonly #littleEndian: boolean;
  readonly #perSecond: number;
  readonly #nanosPerUnit: number;
  readonly #recordBytes: number;
  /** Version 543.0 has the two lengths the other way round; before 2.3 they always were, and 2.3 has both. */
  readonly #lengths: "right" | "swapped" | "maybe swapped";

  constructor(window: ReadWindow, littleEndian: boolean) {
    super(window);
    const { view, position } = window;
    const variant = variants.get(view.getUint32(position, littleEndian))!;
    this.#littleEndian = littleEndian;
    this.#perSecond = variant.perSecond;
    this.#nanosPerUnit = 1_000_000_000 / variant.perSecond;
    this.#recordBytes = variant.recordBytes;
    const major = view.getUint16(position + 4, littleEndian);
    const minor = view.getUint16(position + 6, littleEndian);
    this.#lengths = "right";
    if (major === 543 || (major === 2 && minor < 3)) this.#lengths = "swapped";
    else if (major === 2 && minor === 3) this.#lengths = "maybe swapped";
    // The six bits above it hold the length of the frame check sequence.
    this.linkType = view.getUint32(position + 20, littleEndian) & 0x03ffffff;
    if (major !== 2 && major !== 543) this.fail("version_unknown");
    window.position += variant.headerBytes;
  }

  next(): boolean {
    const window = this.window;
    const header = window.position;
    const frame = header + this.#recordBytes;
    if (frame > window.end || this.fault !== null) return false;
    const view = window.view;
    const littleEndian = this.#littleEndian;
    let captured = view.getUint32(header + 8, littleEndian);
    let wire = view.getUint32(header + 12, littleEndian);
    if (this.#lengths !== "right" && (this.#lengths === "swapped" || captured > wire)) {
      const swapped = captured;
      captured = wire;
      wire = swapped;
    }
    if (captured > MAX_CAPTURED_BYTES) return this.fail("record_too_long");
    const end = frame + captured;
    if (end > window.end) return false;

    const seconds = view.getUint32(header, littleEndian);
    const sub = view.getUint32(header + 4, littleEndian);
    const time = this.time;
    if (sub < this.#perSecond && seconds >= FIRST_GOOD_S && seconds <= LAST_GOOD_S) {
      time.seconds = seconds;
      time.nanos = sub * this.#nanosPerUnit;
      time.isBad = false;
    } else {
      // Subtractions gone wrong leave a small negative number.
      time.set(seconds, sub | 0, this.#perSecond);
    }
    this.bytes = window.bytes;
    this.offset = frame;
    this.capturedBytes = captured;
    this.wireBytes = wire;
    window.position = end;
    return true;
  }
}
