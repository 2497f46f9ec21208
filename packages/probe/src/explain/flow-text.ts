import { addressText, parseAddress } from "@trafmon/observation";
import {
  DESTINATION,
  FLAG_IPV6,
  FLAG_PORTS,
  FLAGS,
  FRAGMENT_OFFSET,
  PORTS,
  PROTOCOL_TOS_TTL,
  SOURCE,
} from "@trafmon/packet";
import { badOption } from "@trafmon/runtime";

const TCP = 6;

/** One end of a TCP connection. */
export interface Endpoint {
  /** 4 or 16 bytes. */
  readonly address: Uint8Array;
  readonly port: number;
}

/** A TCP connection as an operator names it: by its two ends, in either order. */
export interface FlowName {
  readonly left: Endpoint;
  readonly right: Endpoint;
}

/**
 * Reads `192.0.2.1:40000-198.51.100.2:80`, IPv6 addresses in brackets; between the ends may stand `-`, `->`, `<->` or
 * blanks. Also as addresses and ports stand in a log line, with blanks, commas or tabs between: `192.0.2.1 40000
 * 198.51.100.2 80`.
 * @throws {CodedError} BAD_OPTION
 */
export function parseFlow(text: string): FlowName {
  const words = text.trim().split(/[\s,]+/);
  const columns = words.length === 4 ? [`[${words[0]}]:${words[1]}`, `[${words[2]}]:${words[3]}`] : null;
  const ends = columns ?? /^(.+?:\d+)(?:\s*<?->?\s*|\s+)(.+:\d+)$/.exec(text.trim())?.slice(1);
  const [left, right] = (ends ?? []).map(parseEndpoint);
  if (!left || !right || left.address.length !== right.address.length) {
    throw badOption(
      `cannot read the connection ${JSON.stringify(text)}: give it as ADDRESS:PORT-ADDRESS:PORT, IPv6 addresses in brackets`,
    );
  }
  return { left, right };
}

function parseEndpoint(text: string): Endpoint | null {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  if (match === null) return null;
  const address = parseAddress(match[1] ?? match[2]!);
  const port = Number(match[3]);
  return address === null || port > 65_535 ? null : { address, port };
}

export function endpointText({ address, port }: Endpoint): string {
  return address.length === 16 ? `[${addressText(address)}]:${port}` : `${addressText(address)}:${port}`;
}

/** Finds the packets of one TCP connection. */
export class FlowFilter {
  readonly #isV6: boolean;
  readonly #left: Int32Array;
  readonly #right: Int32Array;
  readonly #ports: number;

  constructor({ left, right }: FlowName) {
    this.#isV6 = left.address.length === 16;
    this.#left = wordsOf(left.address);
    this.#right = wordsOf(right.address);
    this.#ports = (left.port << 16) | right.port;
  }

  /** Which end sent the packet; null when it is none of the connection's. Later fragments tell no ports and are none. */
  senderOf(words: Int32Array, at: number): "left" | "right" | null {
    const flags = words[at + FLAGS]!;
    if ((words[at + PROTOCOL_TOS_TTL]! & 0xff) !== TCP || (flags & FLAG_PORTS) === 0) return null;
    if (words[at + FRAGMENT_OFFSET] !== 0 || ((flags & FLAG_IPV6) !== 0) !== this.#isV6) return null;
    const ports = words[at + PORTS]!;
    const isFromLeft = ports === this.#ports && isAt(words, at + SOURCE, this.#left);
    if (isFromLeft && isAt(words, at + DESTINATION, this.#right)) return "left";
    const swapped = (this.#ports << 16) | (this.#ports >>> 16);
    const isFromRight = ports === swapped && isAt(words, at + SOURCE, this.#right);
    return isFromRight && isAt(words, at + DESTINATION, this.#left) ? "right" : null;
  }
}

function wordsOf(address: Uint8Array): Int32Array {
  const view = new DataView(address.buffer, address.byteOffset, address.byteLength);
  return Int32Array.from({ length: address.length / 4 }, (_, word) => view.getInt32(4 * word));
}

function isAt(words: Int32Array, at: number, address: Int32Array): boolean {
  for (let word = 0; word < address.length; word++) if (words[at + word] !== address[word]) return false;
  return true;
}
