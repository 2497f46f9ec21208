import { type Address, parseAddress } from "./address.ts";

/** Consecutive addresses of one family, both ends included. */
export interface AddressRange {
  readonly bits: 32 | 128;
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * Reads an address, a CIDR prefix (`192.0.2.0/24`) or a range (`192.0.2.10 - 192.0.2.20`).
 * @returns the range, or what is wrong with the text
 */
export function parseRange(text: string): AddressRange | string {
  if (text.includes("/")) return parsePrefix(text);
  const [first, last, more] = text.split("-").map((part) => part.trim());
  if (more !== undefined) return `${text} is no range: two addresses with one - between them are needed`;
  const from = parseAddress(first!);
  if (from === null) return `${first} is no IPv4 or IPv6 address`;
  if (last === undefined) return { bits: from.bits, from: from.value, to: from.value };
  const to = parseAddress(last);
  if (to === null) return `${last} is no IPv4 or IPv6 address`;
  if (from.bits !== to.bits) return `${text} begins in one family and ends in the other`;
  if (from.value > to.value) return `${text} ends before it begins`;
  return { bits: from.bits, from: from.value, to: to.value };
}

function parsePrefix(text: string): AddressRange | string {
  const [base, length, more] = text.split("/").map((part) => part.trim());
  const address = parseAddress(base!);
  if (address === null || more !== undefined) return `${text} is no prefix of an IPv4 or IPv6 address`;
  if (!/^\d{1,3}$/.test(length!) || Number(length) > address.bits) {
    return `${text} has no prefix length from 0 to ${address.bits}`;
  }
  const size = 1n << BigInt(address.bits - Number(length));
  // Most likely a typing error, and one cannot tell in which half.
  if (address.value % size !== 0n) return `${text} has bits set beyond its prefix`;
  return { bits: address.bits, from: address.value, to: address.value + size - 1n };
}

export function contains(range: AddressRange, address: Address): boolean {
  return range.bits === address.bits && range.from <= address.value && address.value <= range.to;
}
