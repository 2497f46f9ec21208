import { textOfBytes } from "@trafmon/observation";
import { DnsName } from "../twoway/dns-name.ts";

/** What a DHCP or BOOTP message says, as far as leases go. */
export interface DhcpMessage {
  /** Message type of option 53; 0: BOOTP, which has none. */
  readonly type: number;
  readonly isReply: boolean;
  readonly transaction: number;
  /** `aa:bb:cc:dd:ee:ff`; with the hardware's type before it, if it is not Ethernet. */
  readonly hardware: string;
  /** "Your" address, as the server gives it; null: none. */
  readonly yours: Uint8Array | null;
  /** The client's own, in renewals and releases; null: none. */
  readonly clients: Uint8Array | null;
  /** Null: it says none. */
  readonly leaseS: number | null;
  /** Name of the client (option 81, else 12); null: none. */
  readonly name: string | null;
}

export const DHCP_DISCOVER = 1;
export const DHCP_REQUEST = 3;
export const DHCP_DECLINE = 4;
export const DHCP_ACK = 5;
export const DHCP_RELEASE = 7;

const FIXED_BYTES = 236;
const COOKIE = 0x63825363;
const ETHERNET = 1;
const SERVER_NAME = { from: 44, until: 108 };
const BOOT_FILE = { from: 108, until: 236 };

const OPTION_PAD = 0;
const OPTION_HOST_NAME = 12;
const OPTION_LEASE = 51;
const OPTION_OVERLOAD = 52;
const OPTION_TYPE = 53;
const OPTION_CLIENT_FQDN = 81;
const OPTION_END = 255;
/** Flag of option 81: the name is encoded as in DNS (RFC 4702 section 2.1). */
const FQDN_ENCODED = 4;

const name = new DnsName();

/**
 * DHCP message, RFC 2131 section 2:
 *
 *     0               1               2               3
 *    +---------------+---------------+---------------+---------------+
 *    | op, 2: reply  | hardware type | its length    | hops          |
 *    | transaction                                                   |
 *    | seconds                       | flags                         |
 *    | client's, your, server's and relay's address, 4 each          |
 *    | client's hardware address, 16                                 |
 *    | server name, 64; boot file, 128; both may hold options        |
 *    | magic cookie 0x63825363, then options                         |
 *    +---------------------------------------------------------------+
 *
 * Null for what is no such message. An option that comes in several pieces is put together (RFC 3396); what is cut off is
 * left out.
 */
export function readDhcp(bytes: Uint8Array): DhcpMessage | null {
  if (bytes.length < FIXED_BYTES) return null;
  const op = bytes[0]!;
  const hardwareBytes = bytes[2]!;
  if ((op !== 1 && op !== 2) || hardwareBytes > 16) return null;
  const options = new Map<number, number[]>();
  const hasOptions = bytes.length >= FIXED_BYTES + 4 && u32(bytes, FIXED_BYTES) === COOKIE;
  if (hasOptions) {
    takeOptions(bytes, FIXED_BYTES + 4, bytes.length, options);
    const [overload = 0] = options.get(OPTION_OVERLOAD) ?? [];
    if (overload & 1) takeOptions(bytes, BOOT_FILE.from, BOOT_FILE.until, options);
    if (overload & 2) takeOptions(bytes, SERVER_NAME.from, SERVER_NAME.until, options);
  }
  const [type = 0] = options.get(OPTION_TYPE) ?? [];
  const lease = options.get(OPTION_LEASE);
  const hardware = hex(bytes.subarray(28, 28 + hardwareBytes));
  return {
    type,
    isReply: op === 2,
    transaction: u32(bytes, 4),
    hardware: bytes[1] === ETHERNET || hardware === "" ? hardware : `${bytes[1]}/${hardware}`,
    yours: addressAt(bytes, 16),
    clients: addressAt(bytes, 12),
    leaseS: lease?.length === 4 ? u32(Uint8Array.from(lease), 0) : null,
    name: clientName(options.get(OPTION_CLIENT_FQDN)) ?? hostName(options.get(OPTION_HOST_NAME)),
  };
}

function takeOptions(bytes: Uint8Array, from: number, until: number, options: Map<number, number[]>): void {
  for (let at = from; at < until; ) {
    const code = bytes[at]!;
    if (code === OPTION_END) return;
    if (code === OPTION_PAD) {
      at++;
      continue;
    }
    const end = at + 2 + (bytes[at + 1] ?? 0);
    if (at + 1 >= until || end > until) return;
    const content = options.get(code) ?? [];
    content.push(...bytes.subarray(at + 2, end));
    options.set(code, content);
    at = end;
  }
}

/** RFC 4702 section 2: flags, two response codes that mean nothing any more, the name. */
function clientName(content: readonly number[] | undefined): string | null {
  if (content === undefined || content.length < 4) return null;
  if ((content[0]! & FQDN_ENCODED) === 0) return hostName(content.slice(3));
  return dnsText(Uint8Array.from(content.slice(3)));
}

function hostName(content: readonly number[] | undefined): string | null {
  if (content === undefined) return null;
  // Some clients end it with a NUL.
  const end = content.indexOf(0);
  return cleanName(textOfBytes(Uint8Array.from(end < 0 ? content : content.slice(0, end))));
}

/** A name as in DNS, whose last label of length 0 may be missing (RFC 4702 section 2.3.1: a partial name). */
export function dnsText(bytes: Uint8Array): string | null {
  const whole = Uint8Array.from([...bytes, 0]);
  name.walk(whole, 0, 0, whole.length, true);
  return name.end < 0 ? null : cleanName(name.text);
}

/** In lower case, as names are equal that differ in case, and without the last dot. */
function cleanName(text: string): string | null {
  const clean = text.replace(/\.$/, "").toLowerCase();
  return clean === "" ? null : clean;
}

function addressAt(bytes: Uint8Array, at: number): Uint8Array | null {
  return u32(bytes, at) === 0 ? null : bytes.subarray(at, at + 4);
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}

function u32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
