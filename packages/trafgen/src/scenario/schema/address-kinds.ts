import { parseAddress } from "@trafmon/observation";
import { type AttributeKind, Refused } from "@trafmon/settings/schema";
import { type AddressRange, type AddressSet, addTo, distanceBetween, MOST_ADDRESSES } from "../address-set.ts";

/** Kinds whose value is an address of some layer. */

/**
 * Addresses of one family. Of a prefix these are the addresses a host may have: not the network's own and not the
 * broadcast address (IPv4, shorter than /31), not the routers' anycast address (IPv6, shorter than /127; RFC 4291
 * section 2.6.1).
 */
export const addressSet: AttributeKind<AddressSet> = {
  allowed:
    "addresses of one family, separated by blanks: each an address, a prefix or a range, e.g. 192.0.2.7, 10.0.0.0/24, 10.0.0.1-10.0.0.9, 2001:db8::/120; at most 4294967296 in all",
  read: (text) => {
    const ranges: AddressRange[] = [];
    for (const word of text.split(/\s+/)) {
      const range = readRange(word);
      if (range instanceof Refused) return range;
      ranges.push(range);
    }
    const bytes = ranges[0]?.first.length;
    if (bytes === undefined || ranges.length > 1024) return new Refused();
    if (ranges.some(({ first }) => first.length !== bytes)) return new Refused("it has addresses of both families");
    const count = ranges.reduce((sum, range) => sum + range.count, 0);
    if (count > MOST_ADDRESSES) return new Refused("it has too many addresses");
    return { family: bytes === 4 ? 4 : 6, ranges, count };
  },
};

function readRange(word: string): AddressRange | Refused {
  const [head = "", length, ...more] = word.split("/");
  if (more.length > 0) return new Refused(`${word} is wrong`);
  if (length !== undefined) return readPrefix(word, head, length);
  const [from = "", to, ...others] = word.split("-");
  const first = parseAddress(from);
  const last = to === undefined ? first : parseAddress(to);
  if (first === null || last === null || others.length > 0) return new Refused(`${word} is wrong`);
  const distance = distanceBetween(first, last);
  if (distance < 0) return new Refused(`${word} does not rise`);
  return { first, count: distance + 1 };
}

function readPrefix(word: string, head: string, length: string): AddressRange | Refused {
  const first = parseAddress(head);
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (first === null || !(bits <= first.length * 8)) return new Refused(`${word} is wrong`);
  const hostBits = first.length * 8 - bits;
  for (let bit = bits; bit < first.length * 8; bit++) {
    if ((first[bit >> 3]! & (0x80 >> (bit & 7))) !== 0) return new Refused(`${word} has bits set beyond its ${bits}`);
  }
  const count = 2 ** hostBits;
  if (hostBits < 2) return { first, count };
  addTo(first, 1);
  return { first, count: first.length === 4 ? count - 2 : count - 1 };
}

/** An Ethernet address. The value has 6 bytes. */
export const mac: AttributeKind<Uint8Array> = {
  allowed: "an Ethernet address, e.g. 02:00:00:00:00:01",
  read: (text) =>
    /^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$/.test(text)
      ? Uint8Array.from(text.split(/[:-]/), (byte) => Number.parseInt(byte, 16))
      : new Refused(),
};
