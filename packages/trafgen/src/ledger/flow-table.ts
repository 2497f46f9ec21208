import { addressText } from "@trafmon/observation";

/** One direction of a five-tuple. */
export interface FlowKey {
  /** `fwd`: sent by the side that begins. */
  readonly direction: "fwd" | "rev";
  /** IP protocol number. */
  readonly protocol: number;
  /** 4 or 16 bytes. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  /** null where the protocol has no ports. */
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
}

/** Columns that say which flow a line is about. */
export const FLOW_COLUMNS = [
  "direction",
  "protocol",
  "source",
  "source_port",
  "destination",
  "destination_port",
] as const;

const LEAST_SLOTS = 1024;
const PORTLESS = -1;

/**
 * Numbers flows from 0. Found by their bytes in an open-addressed table: a stream that picks its addresses by chance
 * asks once per packet.
 */
export class FlowTable {
  /** The columns of `FLOW_COLUMNS`, as they stand in a line. */
  readonly columns: Uint8Array[] = [];
  readonly #keys: FlowKey[] = [];
  readonly #hashes: number[] = [];
  #slots = new Int32Array(LEAST_SLOTS).fill(-1);

  get count(): number {
    return this.#keys.length;
  }

  /** Number of the flow; a new one when it has none yet. The key is copied. */
  number(key: FlowKey): number {
    const hash = hashOf(key);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (; this.#slots[slot] !== -1; slot = (slot + 1) & mask) {
      const found = this.#slots[slot]!;
      if (this.#hashes[found] === hash && isSame(this.#keys[found]!, key)) return found;
    }
    const number = this.#keys.length;
    this.#slots[slot] = number;
    const copy = { ...key, source: Uint8Array.from(key.source), destination: Uint8Array.from(key.destination) };
    this.#keys.push(copy);
    this.#hashes.push(hash);
    this.columns.push(Buffer.from(columnsOf(copy)));
    if (this.#keys.length * 2 > this.#slots.length) this.#grow();
    return number;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    this.#hashes.forEach((hash, number) => {
      let slot = hash & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = number;
    });
    this.#slots = slots;
  }
}

/** FNV-1a, with a last stir so that the low bits depend on all. */
function hashOf(key: FlowKey): number {
  let hash = 0x811c9dc5;
  const mix = (value: number) => {
    hash = Math.imul(hash ^ value, 0x01000193);
  };
  mix(key.protocol);
  mix(key.direction === "fwd" ? 1 : 2);
  mix(key.sourcePort ?? PORTLESS);
  mix(key.destinationPort ?? PORTLESS);
  for (let i = 0; i < key.source.length; i++) mix(key.source[i]!);
  for (let i = 0; i < key.destination.length; i++) mix(key.destination[i]!);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}

function isSame(a: FlowKey, b: FlowKey): boolean {
  if (a.protocol !== b.protocol || a.direction !== b.direction) return false;
  if (a.sourcePort !== b.sourcePort || a.destinationPort !== b.destinationPort) return false;
  return isEqual(a.source, b.source) && isEqual(a.destination, b.destination);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function columnsOf(key: FlowKey): string {
  const { direction, protocol, source, sourcePort, destination, destinationPort } = key;
  const ports = [sourcePort, destinationPort].map((port) => (port === null ? "\\N" : String(port)));
  return [direction, protocol, addressText(source), ports[0], addressText(destination), ports[1]].join("\t");
}
