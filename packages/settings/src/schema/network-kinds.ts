import { isIP } from "node:net";
import { parseAddress } from "@trafmon/address";
import type { Prefix, Range } from "../model/flow-class-settings.ts";
import { type AttributeKind, type ReadingContext, Refused } from "./attribute.ts";
import { dscpByName } from "./dscp-names.ts";
import { protocolByName } from "./protocol-names.ts";
import { listOf } from "./text-kinds.ts";

/** Kinds whose value is an address, a port or another field of a packet. */

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** `address:port`, with an IPv6 address in brackets. */
function readEndpoint(text: string, leastPort: number, isAddress: (address: string) => boolean): Endpoint | Refused {
  const parts = /^(?:\[([^[\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const [bracketed, bare, port] = [parts?.[1], parts?.[2], Number(parts?.[3])];
  if (parts === null || port < leastPort || port > 65535) return new Refused();
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? { address: bracketed, port } : new Refused();
  return bare !== undefined && isAddress(bare) ? { address: bare, port } : new Refused();
}

/** Where a socket is bound. Port 0 takes any free one. */
export const listenEndpoint: AttributeKind<Endpoint> = {
  allowed: "address:port, e.g. 192.0.2.1:7601, 0.0.0.0:7601 or [::]:7601",
  read: (text) => readEndpoint(text, 0, (address) => isIP(address) === 4),
};

/** Where datagrams go: an address or a host name. */
export const targetEndpoint: AttributeKind<Endpoint> = {
  allowed: "address:port or host:port, e.g. 192.0.2.1:7601, [2001:db8::1]:7601 or collector.example.org:7601",
  read: (text) =>
    readEndpoint(text, 1, (address) => isIP(address) === 4 || (/[A-Za-z]/.test(address) && isHostName(address))),
};

function isHostName(text: string): boolean {
  return (
    text.length <= 253 && text.split(".").every((label) => /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label))
  );
}

/** An address or a prefix. Bits beyond the length must be 0: a slip there would match something else. */
export const prefix: AttributeKind<Prefix> = {
  allowed: "an IPv4 or IPv6 address or prefix, e.g. 192.0.2.7, 10.0.0.0/8, 2001:db8::/32",
  read: (text) => {
    const [address = "", length, ...more] = text.split("/");
    const bytes = parseAddress(address);
    if (bytes === null || more.length > 0) return new Refused();
    const bits = length === undefined ? bytes.length * 8 : /^\d{1,3}$/.test(length) ? Number(length) : -1;
    if (bits < 0 || bits > bytes.length * 8) return new Refused();
    for (let bit = bits; bit < bytes.length * 8; bit++) {
      if (((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0) {
        return new Refused(`${text} has bits set beyond its ${bits}`);
      }
    }
    return { bytes, bits };
  },
};

/** `from-to` or one number, in decimal or 0x hexadecimal. */
function readRange(text: string, max: number): Range | null {
  const parts = /^(0x[0-9a-fA-F]{1,4}|\d{1,5})(?:-(0x[0-9a-fA-F]{1,4}|\d{1,5}))?$/.exec(text);
  if (parts === null) return null;
  const from = Number(parts[1]);
  const to = parts[2] === undefined ? from : Number(parts[2]);
  return from <= to && to <= max ? { from, to } : null;
}

function numberRange(what: string, max: number): AttributeKind<Range> {
  return {
    allowed: `${what} from 0 to ${max} or a range of them, e.g. 3 or 0-${max}`,
    read: (text) => readRange(text, max) ?? new Refused(),
  };
}

export const tos: AttributeKind<Range> = numberRange("a ToS octet", 255);

export const vlan: AttributeKind<Range> = numberRange("a VLAN id (0: untagged)", 4095);

/** A service's ports may differ between protocols, so one name can mean several. */
export const port: AttributeKind<readonly Range[]> = {
  allowed: "a port from 0 to 65535, a range such as 8000-8100, or a service name of services.tsv",
  read: (text, context: ReadingContext) => {
    const range = readRange(text, 65535);
    if (range !== null) return [range];
    const ports = context.services.portsOf(text);
    if (ports.length === 0) return new Refused(/^[a-z]/i.test(text) ? `${text} is no service of services.tsv` : null);
    return ports.map((from) => ({ from, to: from }));
  },
};

/** Ports, or the word `none`. */
export const portsOrNone: AttributeKind<readonly (readonly Range[])[]> = {
  allowed: `none, or ${listOf(port).allowed}`,
  read: (text, context) => (text === "none" ? [] : listOf(port).read(text, context)),
};

export const protocol: AttributeKind<number> = {
  allowed: "an IP protocol from 0 to 255 or its name, e.g. tcp, udp, icmp, ipv6-icmp, 47",
  read: (text) => {
    const value = /^\d{1,3}$/.test(text) ? Number(text) : protocolByName(text);
    return value !== undefined && value <= 255 ? value : new Refused();
  },
};

/** The value is the four ToS octets that carry the DSCP, whatever the ECN bits say (RFC 2474, RFC 3168). */
export const dscp: AttributeKind<Range> = {
  allowed: "a DSCP from 0 to 63 or its name, e.g. ef, af41, cs6",
  read: (text) => {
    const value = /^\d{1,2}$/.test(text) ? Number(text) : dscpByName(text);
    return value !== undefined && value <= 63 ? { from: value << 2, to: (value << 2) | 3 } : new Refused();
  },
};
