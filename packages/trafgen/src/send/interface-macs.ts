import { readFileSync } from "node:fs";
import type { Macs } from "../craft/link-header.ts";
import { trafgenError } from "../errors.ts";
import type { Target } from "../scenario/scenario.ts";

const NO_MAC = new Uint8Array(6);

/** ARPHRD_LOOPBACK of if_arp.h. */
const LOOPBACK = "772";

/**
 * Ethernet addresses of both sides on an interface. On the loopback interface they mean nothing.
 * @throws {CodedError} TRAFGEN_DESTINATION_MAC_MISSING, TRAFGEN_DESTINATION_REFUSED
 */
export function interfaceMacs(target: Extract<Target, { kind: "interface" }>, allowsBroadcast: boolean): Macs {
  const { name, sourceMac, destinationMac } = target;
  const client = sourceMac ?? ownMac(name);
  if (destinationMac === null) {
    if (readAttribute(name, "type") === LOOPBACK) return { client, server: NO_MAC };
    const message = `cannot send on ${name}: nothing says to which Ethernet address`;
    throw trafgenError("TRAFGEN_DESTINATION_MAC_MISSING", message);
  }
  // The lowest bit of the first byte: all stations, or a group of them (IEEE 802-2014, 8.2).
  if ((destinationMac[0]! & 1) !== 0 && !allowsBroadcast)
    throw trafgenError("TRAFGEN_DESTINATION_REFUSED", `cannot send on ${name}: the Ethernet address is one of a group`);
  return { client, server: destinationMac };
}

function ownMac(name: string): Uint8Array {
  const text = readAttribute(name, "address");
  // Whether there is such an interface, and one with addresses, is told when it is opened.
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(text)) return NO_MAC;
  return Uint8Array.from(text.split(":"), (byte) => Number.parseInt(byte, 16));
}

function readAttribute(name: string, attribute: string): string {
  try {
    return readFileSync(`/sys/class/net/${name}/${attribute}`, "latin1").trim();
  } catch {
    return "";
  }
}
