import { textOfBytes } from "@trafmon/observation";
import type { Message } from "./message.ts";

/** Handshake messages (RFC 8446 section 4). */
export const CLIENT_HELLO = 1;
export const SERVER_HELLO = 2;

const EXTENSION_SERVER_NAME = 0;
const EXTENSION_ALPN = 16;
const EXTENSION_SUPPORTED_VERSIONS = 43;

const VERSIONS: Readonly<Record<number, string>> = {
  768: "SSL 3",
  769: "1.0",
  770: "1.1",
  771: "1.2",
  772: "1.3",
};

/** A ServerHello with this random asks for another ClientHello (RFC 8446 section 4.1.3). */
const RETRY_RANDOM = Uint8Array.from(
  Buffer.from("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", "hex"),
);

const LONGEST_NAME = 255;
/** Bytes of the random that name a handshake in records: as long as nobody has two million at a time, one alone. */
const IDENTIFIER_BYTES = 8;

const ALERTS: Readonly<Record<number, string>> = {
  0: "close_notify",
  10: "unexpected_message",
  20: "bad_record_mac",
  22: "record_overflow",
  40: "handshake_failure",
  42: "bad_certificate",
  43: "unsupported_certificate",
  44: "certificate_revoked",
  45: "certificate_expired",
  46: "certificate_unknown",
  47: "illegal_parameter",
  48: "unknown_ca",
  49: "access_denied",
  50: "decode_error",
  51: "decrypt_error",
  70: "protocol_version",
  71: "insufficient_security",
  80: "internal_error",
  86: "inappropriate_fallback",
  90: "user_canceled",
  109: "missing_extension",
  110: "unsupported_extension",
  112: "unrecognized_name",
  113: "bad_certificate_status_response",
  115: "unknown_psk_identity",
  116: "certificate_required",
  120: "no_application_protocol",
};

export function alertName(description: number): string {
  return ALERTS[description] ?? `alert ${description}`;
}

/** Whether the body of a ServerHello asks for another ClientHello. */
export function isRetry(body: Uint8Array): boolean {
  return body.length >= 34 && RETRY_RANDOM.every((byte, index) => body[2 + index] === byte);
}

/**
 * Reads the body of a ClientHello or ServerHello (RFC 8446 sections 4.1.2 and 4.1.3), as far as it was captured: version,
 * random (32), session id, then of a client its cipher suites and compressions, of a server the ones it chose, and
 * extensions.
 */
export function readHello(type: typeof CLIENT_HELLO | typeof SERVER_HELLO, body: Uint8Array, message: Message): void {
  const hello = new Fields(body);
  const version = hello.number(2);
  const random = hello.bytes(32);
  hello.bytes(hello.number(1));
  hello.bytes(type === CLIENT_HELLO ? hello.number(2) : 2);
  hello.bytes(type === CLIENT_HELLO ? hello.number(1) : 1);
  if (type === CLIENT_HELLO) {
    message.identifier = Buffer.from(random.subarray(0, IDENTIFIER_BYTES)).toString("hex");
    message.operation = "ClientHello";
  } else {
    message.status = "ServerHello";
    message.version = versionName(version);
  }
  hello.number(2);
  while (hello.isOk) {
    message.steps++;
    const extension = hello.number(2);
    const content = new Fields(hello.bytes(hello.number(2)));
    if (!hello.isOk) return;
    if (extension === EXTENSION_SERVER_NAME && type === CLIENT_HELLO) message.name ??= serverName(content);
    else if (extension === EXTENSION_ALPN) {
      if (type === CLIENT_HELLO) message.object ??= protocolNames(content);
      else message.answers ??= protocolNames(content);
    } else if (extension === EXTENSION_SUPPORTED_VERSIONS && type === SERVER_HELLO) {
      message.version = versionName(content.number(2));
    }
  }
}

function versionName(version: number): string {
  return VERSIONS[version] ?? `0x${version.toString(16).padStart(4, "0")}`;
}

/** RFC 6066 section 3: a list of one name of type 0. */
function serverName(content: Fields): string | null {
  content.number(2);
  const type = content.number(1);
  const name = content.bytes(content.number(2));
  return content.isOk && type === 0 ? textOfBytes(name.subarray(0, LONGEST_NAME)) : null;
}

/** RFC 7301 section 3.1: names of protocols, with commas between them. */
function protocolNames(content: Fields): string | null {
  content.number(2);
  let names = "";
  while (names.length < LONGEST_NAME) {
    const name = content.bytes(content.number(1));
    if (!content.isOk || name.length === 0) break;
    names += `${names === "" ? "" : ","}${textOfBytes(name)}`;
  }
  return names === "" ? null : names.slice(0, LONGEST_NAME);
}

/** Reads one field after the other. `isOk` falls at the end; what is read from then on is 0 or empty. */
class Fields {
  isOk = true;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  number(width: 1 | 2): number {
    const [high = 0, low = 0] = this.bytes(width);
    return width === 1 ? high : (high << 8) | low;
  }

  bytes(count: number): Uint8Array {
    if (!this.isOk || count > this.#bytes.length - this.#at) {
      this.isOk = false;
      return new Uint8Array(0);
    }
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}
