/** Addresses of one family, numbered from 0, without holding each. */
export interface AddressSet {
  readonly family: 4 | 6;
  readonly ranges: readonly AddressRange[];
  /** Addresses in all ranges. */
  readonly count: number;
}

export interface AddressRange {
  readonly first: Uint8Array;
  readonly count: number;
}

/** No set is larger, so that numbers stay exact. */
export const MOST_ADDRESSES = 2 ** 32;

/** Writes the address of that number, 0 .. count - 1, into `target` (4 or 16 bytes). */
export function writeAddress(set: AddressSet, number: number, target: Uint8Array): void {
  let rest = number;
  for (const { first, count } of set.ranges) {
    if (rest < count) {
      target.set(first);
      addTo(target, rest);
      return;
    }
    rest -= count;
  }
  throw new RangeError(`there is no address ${number} in a set of ${set.count}`);
}

/** Adds to an address in place. */
export function addTo(address: Uint8Array, amount: number): void {
  let carry = amount;
  for (let at = address.length - 1; at >= 0 && carry > 0; at--) {
    const sum = address[at]! + carry;
    address[at] = sum & 0xff;
    carry = Math.floor(sum / 256);
  }
}

/** Whether an address is in the set. */
export function hasAddress(set: AddressSet, address: Uint8Array): boolean {
  return set.ranges.some(({ first, count }) => {
    const distance = distanceBetween(first, address);
    return distance >= 0 && distance < count;
  });
}

/** `to` - `from` where that is 0 .. 2^53; -1 for addresses below, Infinity for those too far above. */
export function distanceBetween(from: Uint8Array, to: Uint8Array): number {
  if (from.length !== to.length) return -1;
  let distance = 0;
  for (let at = 0; at < from.length; at++) {
    distance = distance * 256 + to[at]! - from[at]!;
    if (distance > Number.MAX_SAFE_INTEGER) return Number.POSITIVE_INFINITY;
    if (distance < -Number.MAX_SAFE_INTEGER) return -1;
  }
  return distance < 0 ? -1 : distance;
}
