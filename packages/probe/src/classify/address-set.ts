import type { Prefix } from "@trafmon/settings";

/** A prefix as words, network byte order read big-endian; IPv4 uses the first word only. */
export interface PrefixWords {
  readonly isV6: boolean;
  /** Bits above the prefix length are 0. Shape: [4]. */
  readonly network: Int32Array;
  readonly mask: Int32Array;
}

/** The mask of the first `bits` bits, as words. Shape: [4]. */
export function maskWords(bits: number): Int32Array {
  const mask = new Int32Array(4);
  for (let word = 0; word < 4; word++) {
    const kept = Math.min(32, Math.max(0, bits - 32 * word));
    mask[word] = kept === 0 ? 0 : -1 << (32 - kept);
  }
  return mask;
}

export function prefixWords(prefix: Prefix): PrefixWords {
  const mask = maskWords(prefix.bits);
  const network = new Int32Array(4);
  const view = new DataView(prefix.bytes.buffer, prefix.bytes.byteOffset, prefix.bytes.byteLength);
  for (let word = 0; word < prefix.bytes.byteLength / 4; word++) {
    network[word] = view.getInt32(4 * word) & mask[word]!;
  }
  return { isV6: prefix.bytes.byteLength === 16, network, mask };
}

/** Addresses covered by a list of prefixes: sorted, nested ones left out, searched by halves. */
export class AddressSet {
  readonly #v4: readonly PrefixWords[];
  readonly #v6: readonly PrefixWords[];

  constructor(prefixes: readonly Prefix[]) {
    const all = prefixes.map(prefixWords);
    this.#v4 = withoutNested(all.filter((prefix) => !prefix.isV6));
    this.#v6 = withoutNested(all.filter((prefix) => prefix.isV6));
  }

  get isEmpty(): boolean {
    return this.#v4.length + this.#v6.length === 0;
  }

  /** Whether the address in the four words from `at` on is covered. */
  has(words: Int32Array, at: number, isV6: boolean): boolean {
    const prefixes = isV6 ? this.#v6 : this.#v4;
    let low = 0;
    let high = prefixes.length;
    // The last prefix that begins at or below the address is the only one that can cover it, as none are nested.
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareWords(prefixes[middle]!.network, 0, words, at) <= 0) low = middle + 1;
      else high = middle;
    }
    return low > 0 && covers(prefixes[low - 1]!, words, at);
  }
}

/** Orders two addresses of four words each as unsigned numbers: below 0, 0 or above 0. */
export function compareWords(left: Int32Array, leftAt: number, right: Int32Array, rightAt: number): number {
  for (let word = 0; word < 4; word++) {
    const a = left[leftAt + word]! >>> 0;
    const b = right[rightAt + word]! >>> 0;
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

function covers(prefix: PrefixWords, words: Int32Array, at: number): boolean {
  for (let word = 0; word < 4; word++) {
    if ((words[at + word]! & prefix.mask[word]!) !== prefix.network[word]) return false;
  }
  return true;
}

function withoutNested(prefixes: PrefixWords[]): PrefixWords[] {
  const sorted = prefixes.sort(
    (a, b) => compareWords(a.network, 0, b.network, 0) || compareWords(a.mask, 0, b.mask, 0),
  );
  const kept: PrefixWords[] = [];
  for (const prefix of sorted) {
    const last = kept.at(-1);
    if (last === undefined || !covers(last, prefix.network, 0)) kept.push(prefix);
  }
  return kept;
}
