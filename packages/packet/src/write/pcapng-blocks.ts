/** Blocks of a pcapng file, for generators and tests. See pcapng-reader.ts for how they are laid out. */
export class PcapngBlocks {
  readonly #little: boolean;
  readonly #blocks: Uint8Array[] = [];

  constructor(bigEndian = false) {
    this.#little = !bigEndian;
    const body = new DataView(new ArrayBuffer(16));
    body.setUint32(0, 0x1a2b3c4d, this.#little);
    body.setUint16(4, 1, this.#little);
    // Length of the section: not given.
    body.setBigInt64(8, -1n, this.#little);
    this.block(0x0a0d0d0a, new Uint8Array(body.buffer));
  }

  /** Options as [code, value], such as if_tsresol [9, [9]] for nanoseconds. */
  interface(linkType: number, snapBytes = 0, options: readonly (readonly [number, Uint8Array])[] = []): this {
    const padded = options.map(([, value]) => (value.length + 3) & ~3);
    const optionBytes = padded.reduce((sum, length) => sum + 4 + length, options.length > 0 ? 4 : 0);
    const body = new Uint8Array(8 + optionBytes);
    const view = new DataView(body.buffer);
    view.setUint16(0, linkType, this.#little);
    view.setUint32(4, snapBytes, this.#little);
    let at = 8;
    options.forEach(([code, value], index) => {
      view.setUint16(at, code, this.#little);
      view.setUint16(at + 2, value.length, this.#little);
      body.set(value, at + 4);
      at += 4 + padded[index]!;
    });
    return this.block(1, body);
  }

  /** `units` since the epoch, in the resolution of the interface. */
  enhancedPacket(interfaceNumber: number, units: bigint, frame: Uint8Array, wireBytes = frame.length): this {
    return this.#packet(6, units, frame, wireBytes, (view) => view.setUint32(0, interfaceNumber, this.#little));
  }

  /** The obsolete form. */
  packet(interfaceNumber: number, units: bigint, frame: Uint8Array, wireBytes = frame.length): this {
    return this.#packet(2, units, frame, wireBytes, (view) => view.setUint16(0, interfaceNumber, this.#little));
  }

  simplePacket(frame: Uint8Array, wireBytes = frame.length): this {
    const body = new Uint8Array(4 + frame.length);
    new DataView(body.buffer).setUint32(0, wireBytes, this.#little);
    body.set(frame, 4);
    return this.block(3, body);
  }

  block(type: number, body: Uint8Array): this {
    const length = 12 + ((body.length + 3) & ~3);
    const bytes = new Uint8Array(length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, type, this.#little);
    view.setUint32(4, length, this.#little);
    bytes.set(body, 8);
    view.setUint32(length - 4, length, this.#little);
    this.#blocks.push(bytes);
    return this;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#blocks);
  }

  #packet(
    type: number,
    units: bigint,
    frame: Uint8Array,
    wireBytes: number,
    setInterface: (view: DataView) => void,
  ): this {
    const body = new Uint8Array(20 + frame.length);
    const view = new DataView(body.buffer);
    setInterface(view);
    view.setUint32(4, Number(units >> 32n), this.#little);
    view.setUint32(8, Number(units & 0xffffffffn), this.#little);
    view.setUint32(12, frame.length, this.#little);
    view.setUint32(16, wireBytes, this.#little);
    body.set(frame, 20);
    return this.block(type, body);
  }
}
