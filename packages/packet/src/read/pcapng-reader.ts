import { MAX_CAPTURED_BYTES } from "./capture-fault.ts";
import { FrameReader } from "./frame-reader.ts";
import { PcapngInterface } from "./pcapng-interface.ts";

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** Blocks of a known type are looked at whole and must fit in memory; others are skipped at any length. */
const MAX_BLOCK_BYTES = 2 * MAX_CAPTURED_BYTES - 64;

/** More than any machine has; bounds the memory a hostile file can take. */
const MAX_INTERFACES = 65_536;

/** Whether a file that begins with these four bytes is pcapng. */
export function isPcapng(view: DataView, at: number): boolean {
  return view.getUint32(at) === SECTION_HEADER;
}

/**
 * pcapng (draft-ietf-opsawg-pcapng). A file is a run of blocks, each framed by its length:
 *
 *    +--------------+--------------+----------------------------+--------------+
 *    | type, 32     | length, 32   | body, padded to 4 bytes    | length, 32   |
 *    +--------------+--------------+----------------------------+--------------+
 *
 * A Section Header Block begins a section, says its byte order, and voids the interfaces before it. Each Interface
 * Description Block adds one, numbered from 0. Frames come in Enhanced, Simple and (obsolete) Packet Blocks. All other
 * blocks are skipped, however long.
 */
export class PcapngReader extends FrameReader {
  #littleEndian = true;
  #interfaces: PcapngInterface[] = [];
  /** Interfaces of earlier sections. */
  #earlierInterfaces = 0;
  /** Bytes of a block still to be skipped. */
  #skip = 0;

  next(): boolean {
    const window = this.window;
    while (this.fault === null) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, window.end - window.position);
        window.position += skipped;
        this.#skip -= skipped;
      }
      const block = window.position;
      if (block + 12 > window.end) return false;
      const view = window.view;
      const type = view.getUint32(block, this.#littleEndian);
      if (type === SECTION_HEADER) {
        const magic = view.getUint32(block + 8);
        if (magic === BYTE_ORDER_MAGIC) this.#littleEndian = false;
        else if (view.getUint32(block + 8, true) === BYTE_ORDER_MAGIC) this.#littleEndian = true;
        else return this.fail("format_unknown");
      }
      const length = view.getUint32(block + 4, this.#littleEndian);
      if (length < 12 || (length & 3) !== 0) return this.fail("block_length");
      if (!isKnown(type)) {
        this.#skip = length;
        continue;
      }
      if (length > MAX_BLOCK_BYTES) return this.fail(isFrame(type) ? "record_too_long" : "block_length");
      if (block + length > window.end) return false;
      const end = block + length - 4;
      if (view.getUint32(end, this.#littleEndian) !== length) return this.fail("block_length");
      if (this.#readBlock(type, block + 8, end)) {
        window.position = block + length;
        return true;
      }
      if (this.fault === null) window.position = block + length;
    }
    return false;
  }

  override async fill(): Promise<boolean> {
    const more = await super.fill();
    // The bytes to be skipped were counted but never came.
    if (!more && this.#skip > 0) this.fail("record_cut");
    return more;
  }

  /** Reads the body of a block, [at, end). True when it held a frame. */
  #readBlock(type: number, at: number, end: number): boolean {
    const { view } = this.window;
    switch (type) {
      case SECTION_HEADER:
        if (end - at < 16) return this.fail("block_length");
        if (view.getUint16(at + 4, this.#littleEndian) !== 1) return this.fail("version_unknown");
        this.#earlierInterfaces += this.#interfaces.length;
        this.#interfaces = [];
        return false;
      case INTERFACE_DESCRIPTION:
        if (end - at < 8) return this.fail("block_length");
        if (this.#interfaces.length === MAX_INTERFACES) return this.fail("interfaces_too_many");
        this.#interfaces.push(new PcapngInterface(view, at, end, this.#littleEndian));
        return false;
      case ENHANCED_PACKET:
        return this.#readPacket(at, end, view.getUint32(at, this.#littleEndian));
      case PACKET:
        // Interface (2) and drops (2) where the enhanced block has the interface (4).
        return this.#readPacket(at, end, view.getUint16(at, this.#littleEndian));
      default:
        return this.#readSimplePacket(at, end);
    }
  }

  /** Interface (4), time high (4) and low (4), captured length (4), length on the wire (4), bytes. */
  #readPacket(at: number, end: number, interfaceNumber: number): boolean {
    if (end - at < 20) return this.fail("block_length");
    const { view } = this.window;
    const littleEndian = this.#littleEndian;
    const captured = view.getUint32(at + 12, littleEndian);
    if (captured > MAX_CAPTURED_BYTES) return this.fail("record_too_long");
    if (at + 20 + captured > end) return this.fail("block_length");
    const from = this.#interfaces[interfaceNumber];
    if (from === undefined) return this.fail("interface_unknown");
    from.setTime(this.time, view.getUint32(at + 4, littleEndian), view.getUint32(at + 8, littleEndian));
    this.#setFrame(from, interfaceNumber, at + 20, captured, view.getUint32(at + 16, littleEndian));
    return true;
  }

  /** Length on the wire (4), bytes; of the first interface, without an instant. */
  #readSimplePacket(at: number, end: number): boolean {
    if (end - at < 4) return this.fail("block_length");
    const from = this.#interfaces[0];
    if (from === undefined) return this.fail("interface_unknown");
    const wire = this.window.view.getUint32(at, this.#littleEndian);
    const limit = from.snapBytes === 0 ? wire : Math.min(wire, from.snapBytes);
    const captured = Math.min(limit, end - at - 4);
    if (captured < limit && end - at - 4 < limit) return this.fail("block_length");
    this.time.setUnknown();
    this.#setFrame(from, 0, at + 4, captured, wire);
    return true;
  }

  #setFrame(from: PcapngInterface, number: number, offset: number, captured: number, wire: number): void {
    this.bytes = this.window.bytes;
    this.linkType = from.linkType;
    this.interfaceNumber = this.#earlierInterfaces + number;
    this.offset = offset;
    this.capturedBytes = captured;
    this.wireBytes = wire;
  }
}

function isFrame(type: number): boolean {
  return type === ENHANCED_PACKET || type === SIMPLE_PACKET || type === PACKET;
}

function isKnown(type: number): boolean {
  return isFrame(type) || type === SECTION_HEADER || type === INTERFACE_DESCRIPTION;
}
