import type { NetworkInterfaceInfo } from "node:os";
import { addressText, parseAddress } from "@trafmon/observation";
import { trafgenError } from "../errors.ts";
import { type AddressRange, type AddressSet, addTo, distanceBetween } from "../scenario/address-set.ts";
import type { Scenario, Traffic } from "../scenario/scenario.ts";

/** Where packets of a piece of traffic go: to its `to`, and unless all go one way, to its `from` too. */
export function destinationsOf(traffic: Traffic): readonly AddressSet[] {
  return traffic.kind === "stream" ? [traffic.to] : [traffic.to, traffic.from];
}

/** Addresses of a set as text, at most three ranges of them. */
export function addressesText({ ranges, count }: AddressSet): string {
  const texts = ranges.slice(0, 3).map(rangeText);
  const rest = ranges.length > texts.length ? ` and ${ranges.length - texts.length} more ranges` : "";
  return `${texts.join(" ")}${rest}${count === 1 ? "" : ` (${count} addresses)`}`;
}

function rangeText({ first, count }: AddressRange): string {
  return count === 1 ? addressText(first) : `${addressText(first)}-${addressText(lastOf({ first, count }))}`;
}

function lastOf({ first, count }: AddressRange): Uint8Array {
  const last = Uint8Array.from(first);
  addTo(last, count - 1);
  return last;
}

interface SpecialRange {
  readonly first: Uint8Array;
  readonly last: Uint8Array;
  readonly kind: "unspecified" | "multicast" | "broadcast";
}

/** RFC 1122 section 3.2.1.3, RFC 5771; RFC 4291 sections 2.5.2 and 2.7. */
const SPECIAL: readonly SpecialRange[] = [
  special("0.0.0.0", "0.0.0.0", "unspecified"),
  special("224.0.0.0", "239.255.255.255", "multicast"),
  special("255.255.255.255", "255.255.255.255", "broadcast"),
  special("::", "::", "unspecified"),
  special("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "multicast"),
];

function special(first: string, last: string, kind: SpecialRange["kind"]): SpecialRange {
  return { first: parseAddress(first)!, last: parseAddress(last)!, kind };
}

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** The broadcast addresses of the networks that this machine is in. */
function localBroadcasts(interfaces: Interfaces): SpecialRange[] {
  return Object.values(interfaces)
    .flatMap((each) => each ?? [])
    .filter(({ family, cidr }) => family === "IPv4" && Number(cidr?.split("/")[1] ?? 32) <= 30)
    .map(({ address, netmask }) => {
      const mask = parseAddress(netmask)!;
      const bytes = parseAddress(address)!.map((byte, i) => byte | (~mask[i]! & 0xff));
      return { first: bytes, last: bytes, kind: "broadcast" };
    });
}

/**
 * Refuses addresses that many hosts answer to, or none.
 * @param bySockets replies are sent by others then
 * @throws {CodedError} TRAFGEN_DESTINATION_REFUSED naming all of them
 */
export function checkDestinations(scenario: Scenario, interfaces: Interfaces, bySockets = false): void {
  const refused: string[] = [];
  const specials = [...SPECIAL, ...localBroadcasts(interfaces)];
  for (const traffic of scenario.traffic) {
    for (const range of (bySockets ? [traffic.to] : destinationsOf(traffic)).flatMap(({ ranges }) => ranges)) {
      const found = specials.find((each) => doMeet(range, each));
      if (found === undefined) continue;
      refused.push(
        `${traffic.name} would send to ${rangeText(range)}, which has the ${found.kind} address ${shared(range, found)}`,
      );
    }
  }
  if (refused.length > 0) throw trafgenError("TRAFGEN_DESTINATION_REFUSED", `cannot send: ${refused.join("; ")}`);
}

/**
 * Refuses an address that many hosts answer to, or none.
 * @throws {CodedError} TRAFGEN_DESTINATION_REFUSED
 */
export function checkAddress(address: string, interfaces: Interfaces): void {
  const range = { first: parseAddress(address)!, count: 1 };
  const found = [...SPECIAL, ...localBroadcasts(interfaces)].find((each) => doMeet(range, each));
  if (found !== undefined)
    throw trafgenError("TRAFGEN_DESTINATION_REFUSED", `cannot send to the ${found.kind} address ${address}`);
}

function doMeet(range: AddressRange, { first, last }: SpecialRange): boolean {
  if (range.first.length !== first.length) return false;
  return distanceBetween(range.first, last) >= 0 && distanceBetween(first, lastOf(range)) >= 0;
}

/** The lowest address in both. */
function shared(range: AddressRange, { first }: SpecialRange): string {
  return addressText(distanceBetween(range.first, first) >= 0 ? first : range.first);
}
