import type { RecordPool } from "../tables/record-pool.ts";

/**
 * The record of a flow instance, a line of memory. Word 0 holds the hash of the key while the instance lives, and is the
 * pool's when the slot is free.
 */
export const INSTANCE_STRIDE = 16;
export const INSTANCE_HASH = 0;
/** Low 32 bits of the flow id; 0 when the slot is free. Tells a slot's present instance from an earlier one. */
export const INSTANCE_ID = 1;
/** Last packet, no later than the source clock. */
export const INSTANCE_LAST_S = 2;
export const INSTANCE_LAST_NANOS = 3;
export const INSTANCE_CLASS = 4;
/** TCP connections that will still write to this instance: it does not end before them. */
export const INSTANCE_PINS = 5;
/** ORIENTATION_* bits, and above them the upper half of the flow id. */
export const INSTANCE_ORIENTATION = 6;
/** Second of the source clock at the last packet, unsigned: a packet may be far behind the clock. */
export const INSTANCE_SEEN_S = 7;
/** Open cell of each of the class's measurements, 0: none. Shape: [INSTANCE_MEASUREMENTS]. */
export const INSTANCE_CELLS = 8;
/** Measurements a class can have. */
export const INSTANCE_MEASUREMENTS = 8;

/** Packets of endpoint A of the key are forward. */
export const ORIENTATION_FORWARD_IS_A = 1;
/** Each packet's own addresses say which way it goes. */
export const ORIENTATION_PER_PACKET = 2;
/** The instance takes what found no slot. */
export const ORIENTATION_OVERFLOW = 4;
/** Every packet is forward. */
export const ORIENTATION_ONE_WAY = 8;
const ID_SHIFT = 8;

/** The flow id of the instance in a slot. */
export function instanceId(instances: RecordPool, slot: number): number {
  const { words } = instances;
  const base = slot * INSTANCE_STRIDE;
  return (words[base + INSTANCE_ORIENTATION]! >>> ID_SHIFT) * 2 ** 32 + (words[base + INSTANCE_ID]! >>> 0);
}

/** `id`: its low 32 bits must not be 0. The instance has no orientation yet. */
export function setInstanceId(instances: RecordPool, slot: number, id: number): void {
  const base = slot * INSTANCE_STRIDE;
  instances.words[base + INSTANCE_ID] = id | 0;
  instances.words[base + INSTANCE_ORIENTATION] = Math.floor(id / 2 ** 32) << ID_SHIFT;
}

/** Sets ORIENTATION_* bits of an instance that has none. */
export function orient(instances: RecordPool, slot: number, bits: number): void {
  instances.words[slot * INSTANCE_STRIDE + INSTANCE_ORIENTATION]! |= bits;
}
