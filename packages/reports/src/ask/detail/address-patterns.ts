import { isIP } from "node:net";
import { addressText, parseAddress } from "@trafmon/observation";
import { reportsError } from "../../errors.ts";

/** Addresses that a pattern means. Shape: one entry per byte, 4 or 16; `null` any value of it. */
type Octets = readonly (number | null)[];

/** All of one version: between two addresses, both included, or with some bytes free. */
export type AddressSet =
  | { readonly kind: "range"; readonly first: Uint8Array; readonly last: Uint8Array }
  | { readonly kind: "octets"; readonly octets: Octets };

/** A side, or both sides of a flow, in either order. */
export interface AddressPattern {
  /** As the file has it. */
  readonly text: string;
  readonly one: AddressSet;
  readonly other: AddressSet | null;
}

/**
 * Reads a pattern file: one pattern a line, comments begin with #.
 *
 * @throws {CodedError} REPORTS_BAD_PATTERNS with every fault of the file, by line
 */
export function parsePatterns(text: string, file: string): AddressPattern[] {
  const patterns: AddressPattern[] = [];
  const faults: string[] = [];
  for (const [at, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/#.*/, "").trim();
    if (line === "") continue;
    const parsed = patternOf(line);
    if (typeof parsed === "string") faults.push(`${file}:${at + 1}, ${parsed}`);
    else patterns.push(parsed);
  }
  if (patterns.length === 0 && faults.length === 0) faults.push(`${file}, there is no pattern in it`);
  if (faults.length > 0)
    throw reportsError("REPORTS_BAD_PATTERNS", `cannot use the patterns\n  ${faults.join("\n  ")}`);
  return patterns;
}

/** The pattern, or what is wrong with it. */
function patternOf(line: string): AddressPattern | string {
  const sides = line.split(",").map((side) => side.trim());
  if (sides.length > 2) return `${line}: a pair has two sides`;
  const sets = sides.map(setOf);
  const fault = sets.find((set) => typeof set === "string");
  if (typeof fault === "string") return fault;
  const [one, other] = sets as AddressSet[];
  return { text: sides.join(" , "), one: one!, other: other ?? null };
}

function setOf(side: string): AddressSet | string {
  if (side === "") return "a side of the pair is missing";
  if (side.includes("*")) return wildcardOf(side);
  if (side.includes("/")) return prefixOf(side);
  const range = /^(\S+?)\s*-\s*(\S+)$/.exec(side);
  if (range !== null) return rangeOf(side, range[1]!, range[2]!);
  const address = parseAddress(side);
  return address === null ? `${side} is no IP address` : { kind: "range", first: address, last: address };
}

function prefixOf(side: string): AddressSet | string {
  const [text, length, ...more] = side.split("/");
  const address = parseAddress(text!.trim());
  if (address === null || more.length > 0) return `${side}: what stands before / is no IP address`;
  const bits = Number(length);
  if (!/^\d{1,3}$/.test(length!.trim()) || bits > address.length * 8)
    return `${side}: the prefix length is 0 to ${address.length * 8}`;
  const [first, last] = [Uint8Array.from(address), Uint8Array.from(address)];
  for (let bit = bits; bit < address.length * 8; bit++) {
    first[bit >> 3]! &= ~(0x80 >> (bit & 7));
    last[bit >> 3]! |= 0x80 >> (bit & 7);
  }
  return { kind: "range", first, last };
}

function rangeOf(side: string, from: string, until: string): AddressSet | string {
  const [first, last] = [parseAddress(from), parseAddress(until)];
  if (first === null || last === null) return `${side}: both ends of a range are IP addresses`;
  if (first.length !== last.length) return `${side}: a range has two addresses of one version`;
  if (Buffer.compare(first, last) > 0) return `${side}: the range ends before it begins`;
  return { kind: "range", first, last };
}

/** `192.0.*.17`, or `2001:db8:*::17`: a star stands for one number. */
function wildcardOf(side: string): AddressSet | string {
  const isV6 = side.includes(":");
  const numbers = side.split(isV6 ? ":" : ".");
  if (numbers.some((number) => number.includes("*") && number !== "*"))
    return `${side}: a * stands for a whole number, not for a part of one`;
  // Read twice, with two different numbers for the stars: the bytes that differ are theirs.
  const readings = [0, 255].map((value) => {
    const text = side.replaceAll("*", isV6 ? (value === 0 ? "0" : "ffff") : String(value));
    return isIP(text) === 0 ? null : parseAddress(text);
  });
  const [low, high] = readings;
  if (low === null || high === null || low === undefined || high === undefined)
    return `${side} is no IP address with *`;
  const octets = [...low].map((byte, at) => (byte === high[at] ? byte : null));
  return { kind: "octets", octets };
}

/** Whether an address is in a set. */
export function isIn(set: AddressSet, address: Uint8Array): boolean {
  if (set.kind === "octets")
    return (
      address.length === set.octets.length && set.octets.every((byte, at) => byte === null || byte === address[at])
    );
  return (
    address.length === set.first.length &&
    Buffer.compare(address, set.first) >= 0 &&
    Buffer.compare(address, set.last) <= 0
  );
}

interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** SQL that is true for flows `f` which a pattern means. */
export function patternSql(patterns: readonly AddressPattern[]): Sql {
  const parts = patterns.map(({ one, other }): Sql => {
    if (other === null) return either(setSql(one, "f.fwd_address"), setSql(one, "f.rev_address"));
    return either(
      both(setSql(one, "f.fwd_address"), setSql(other, "f.rev_address")),
      both(setSql(other, "f.fwd_address"), setSql(one, "f.rev_address")),
    );
  });
  return joined(parts, " OR ");
}

function either(one: Sql, other: Sql): Sql {
  return joined([one, other], " OR ");
}

function both(one: Sql, other: Sql): Sql {
  return joined([one, other], " AND ");
}

function joined(parts: readonly Sql[], word: string): Sql {
  return { text: `(${parts.map((part) => part.text).join(word)})`, values: parts.flatMap((part) => part.values) };
}

/** Bytes compare as numbers only where they are as many. */
function setSql(set: AddressSet, column: string): Sql {
  if (set.kind === "range") {
    return {
      text: `(LENGTH(${column}) = ${set.first.length} AND ${column} BETWEEN ? AND ?)`,
      values: [Buffer.from(set.first), Buffer.from(set.last)],
    };
  }
  const fixed = set.octets.flatMap((byte, at) => (byte === null ? [] : [{ byte, place: at + 1 }]));
  const text = fixed.map(({ place }) => `ORD(SUBSTRING(${column}, ${place}, 1)) = ?`).join(" AND ") || "TRUE";
  return { text: `(LENGTH(${column}) = ${set.octets.length} AND ${text})`, values: fixed.map(({ byte }) => byte) };
}

/** For people: what a set means. */
export function setText(set: AddressSet): string {
  if (set.kind === "octets") return set.octets.map((byte) => byte ?? "*").join(".");
  const [first, last] = [addressText(set.first), addressText(set.last)];
  return first === last ? first : `${first} - ${last}`;
}
