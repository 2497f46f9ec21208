/**
 * The outermost fields of an SNMP message, in BER (X.690).
 *
 *     1 and 2c (RFC 1157, RFC 1901)   SEQUENCE { version, community, PDU { request-id, error-status, ... } }
 *     3 (RFC 3412 section 6)          SEQUENCE { version, SEQUENCE { msgID, max size, flags, model }, security,
 *                                                scoped PDU: SEQUENCE { engine, context, PDU } or OCTET STRING }
 *
 * Requests and replies of version 3 are tied by msgID, the others by request-id.
 */
export interface SnmpHeading {
  readonly identifier: number;
  readonly version: "1" | "2c" | "3";
  /** GetRequest, ...; `encrypted` where only the flags can be read. null for a reply. */
  readonly operation: string | null;
  /** Of a reply that can be read: noError, ... or `report`. */
  readonly status: string | null;
  readonly isReply: boolean;
}

const VERSIONS: Readonly<Record<number, SnmpHeading["version"]>> = { 0: "1", 1: "2c", 3: "3" };

const INTEGER = 0x02;
const OCTETS = 0x04;
const SEQUENCE = 0x30;

const REQUESTS: Readonly<Record<number, string>> = {
  160: "GetRequest",
  161: "GetNextRequest",
  163: "SetRequest",
  165: "GetBulkRequest",
  166: "InformRequest",
};
const RESPONSE = 0xa2;
const REPORT = 0xa8;

const FLAG_ENCRYPTED = 2;
const FLAG_REPORTABLE = 4;

/** RFC 3416 section 3. */
const STATUSES =
  "noError tooBig noSuchName badValue readOnly genErr noAccess wrongType wrongLength wrongEncoding wrongValue noCreation inconsistentValue resourceUnavailable commitFailed undoFailed authorizationError notWritable inconsistentName".split(
    " ",
  );

/** null when the bytes are no such message, or end too early. */
export function readSnmpHeading(bytes: Uint8Array): SnmpHeading | null {
  const reader = new BerReader(bytes);
  reader.enter(SEQUENCE);
  const version = VERSIONS[reader.integer()];
  if (version === undefined) return null;
  if (version !== "3") {
    reader.skip(OCTETS);
    const pdu = readPdu(reader);
    return reader.isSound && pdu !== null ? { ...pdu, version } : null;
  }
  reader.enter(SEQUENCE);
  const identifier = reader.integer();
  reader.integer();
  const flags = reader.skip(OCTETS)[0] ?? 0;
  reader.integer();
  reader.skip(OCTETS);
  if (!reader.isSound) return null;
  if ((flags & FLAG_ENCRYPTED) !== 0) {
    const isReply = (flags & FLAG_REPORTABLE) === 0;
    return { identifier, version, operation: isReply ? null : "encrypted", status: null, isReply };
  }
  reader.enter(SEQUENCE);
  reader.skip(OCTETS);
  reader.skip(OCTETS);
  const pdu = readPdu(reader);
  return reader.isSound && pdu !== null ? { ...pdu, version, identifier } : null;
}

function readPdu(reader: BerReader): Omit<SnmpHeading, "version"> | null {
  const tag = reader.tag;
  const isReply = tag === RESPONSE || tag === REPORT;
  if (!isReply && REQUESTS[tag] === undefined) return null;
  reader.enter(tag);
  const identifier = reader.integer();
  if (!isReply) return { identifier, operation: REQUESTS[tag]!, status: null, isReply };
  const error = reader.integer();
  return {
    identifier,
    operation: null,
    status: tag === REPORT ? "report" : (STATUSES[error] ?? `error ${error}`),
    isReply,
  };
}

/** Walks type-length-value fields. After the first that does not fit, nothing is sound any more. */
class BerReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  isSound = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The type that comes next; 0 at the end. */
  get tag(): number {
    return this.#bytes[this.#at] ?? 0;
  }

  /** Goes into a field that has fields in it. */
  enter(tag: number): void {
    this.#header(tag);
  }

  skip(tag: number): Uint8Array {
    const length = this.#header(tag);
    const value = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return value;
  }

  /** A signed number of up to 32 bits. */
  integer(): number {
    const value = this.skip(INTEGER);
    if (value.length < 1 || value.length > 4) this.isSound = false;
    if (!this.isSound) return Number.NaN;
    let number = value[0]! > 0x7f ? -1 : 0;
    for (const byte of value) number = (number << 8) | byte;
    return number;
  }

  /** Length of the value, which begins here then. */
  #header(tag: number): number {
    if (this.tag !== tag || this.#at + 1 >= this.#bytes.length) return this.#fail();
    let length = this.#bytes[this.#at + 1]!;
    this.#at += 2;
    if (length > 0x7f) {
      const octets = length & 0x7f;
      if (octets < 1 || octets > 3 || this.#at + octets > this.#bytes.length) return this.#fail();
      length = 0;
      for (let i = 0; i < octets; i++) length = length * 256 + this.#bytes[this.#at++]!;
    }
    return this.#at + length > this.#bytes.length ? this.#fail() : length;
  }

  #fail(): 0 {
    this.isSound = false;
    return 0;
  }
}
