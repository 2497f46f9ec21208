import { isIPv6 } from "node:net";
import { addressBytes } from "@trafmon/packet";

/** Where one side listens for the data connection. */
export interface DataAddress {
  /** Shape: [4] or [16]; null: the control connection's own (EPSV). */
  readonly address: Uint8Array | null;
  readonly port: number;
}

/** `h1,h2,h3,h4,p1,p2`: the argument of PORT, and what the reply to PASV holds (RFC 959 section 4.1.2). */
const HOST_PORT = /(?<![\d,])(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})(?![\d,])/;

export function readPort(argument: string): DataAddress | null {
  const found = HOST_PORT.exec(argument);
  return found !== null && found[0].length === argument.trim().length ? hostPort(found) : null;
}

/** Of a 227 reply. The parentheses of the example in RFC 959 are not required (RFC 1123 section 4.1.2.6). */
export function readPassiveReply(text: string): DataAddress | null {
  return hostPort(HOST_PORT.exec(text));
}

/** The argument of EPRT: `|1|address|port|`, with any delimiter (RFC 2428 section 2). */
export function readExtendedPort(argument: string): DataAddress | null {
  const trimmed = argument.trim();
  const delimiter = trimmed[0];
  if (delimiter === undefined) return null;
  const [before, family, address, port, after, ...more] = trimmed.split(delimiter);
  if (before !== "" || after !== "" || more.length > 0 || address === undefined) return null;
  const number = portNumber(port);
  if (number === null) return null;
  if (family === "1" && isDottedQuad(address))
    return { address: Uint8Array.from(address.split("."), Number), port: number };
  return family === "2" && isIPv6(address) && !address.includes("%")
    ? { address: addressBytes(address), port: number }
    : null;
}

/** Of a 229 reply: `(|||port|)`, with any delimiter (RFC 2428 section 3). */
export function readExtendedPassiveReply(text: string): DataAddress | null {
  const found = /\(([^\d\s])\1\1(\d{1,5})\1\)/.exec(text);
  const port = portNumber(found?.[2]);
  return port === null ? null : { address: null, port };
}

function hostPort(found: RegExpExecArray | null): DataAddress | null {
  if (found === null) return null;
  const numbers = found.slice(1).map(Number);
  if (numbers.some((number) => number > 255)) return null;
  const port = (numbers[4]! << 8) | numbers[5]!;
  return port === 0 ? null : { address: Uint8Array.from(numbers.slice(0, 4)), port };
}

function portNumber(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return null;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : null;
}

function isDottedQuad(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split(".").every((part) => Number(part) <= 255);
}
