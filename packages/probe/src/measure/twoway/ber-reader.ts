/** Tags of ASN.1 that we meet (X.690 section 8.1.2). */
export const BER_INTEGER = 0x02;
export const BER_OCTETS = 0x04;
export const BER_SEQUENCE = 0x30;

/**
 * Reads the Basic Encoding Rules of ASN.1, as far as SNMP uses them (RFC 3417 section 8): one-byte tags and definite
 * lengths. `ok` falls at the first thing that is otherwise or leads beyond the end, and then everything reads as 0.
 *
 * An element that was cut off by the snap length can be entered and read as far as it goes.
 */
export class BerReader {
  at = 0;
  /** Where what was captured ends. */
  until = 0;
  ok = true;
  /** Elements read. */
  steps = 0;
  #bytes: Uint8Array = new Uint8Array(0);

  begin(bytes: Uint8Array, from: number, until: number): void {
    this.#bytes = bytes;
    this.at = from;
    this.until = until;
    this.ok = true;
    this.steps = 0;
  }

  /** Tag of the element at hand; -1 at the end. */
  get tag(): number {
    return this.ok && this.at < this.until ? this.#bytes[this.at]! : -1;
  }

  /** Enters the element at hand if it bears the tag: what it holds is next. Returns where it ends. */
  enter(tag: number): number {
    const length = this.#length(tag);
    return this.at + length;
  }

  /** Passes over the element at hand, whose tag must be this. */
  pass(tag: number): void {
    const length = this.#length(tag);
    if (length > this.until - this.at) this.ok = false;
    else this.at += length;
  }

  /** An integer of at most four bytes of value, which may stand behind needless zeros; sign kept. */
  integer(): number {
    const length = this.#length(BER_INTEGER);
    if (length < 1 || length > 8 || length > this.until - this.at) this.ok = false;
    if (!this.ok) return 0;
    const bytes = this.#bytes;
    let value = bytes[this.at]! & 0x80 ? -1 : 0;
    for (let byte = 0; byte < length; byte++) value = (value << 8) | bytes[this.at + byte]!;
    this.at += length;
    return value;
  }

  /** The first byte of a string of at least one byte, which is passed over. */
  firstOctet(): number {
    const length = this.#length(BER_OCTETS);
    if (length < 1 || length > this.until - this.at) this.ok = false;
    if (!this.ok) return 0;
    const octet = this.#bytes[this.at]!;
    this.at += length;
    return octet;
  }

  /** Passes over tag and length of the element at hand, and returns the length. */
  #length(tag: number): number {
    this.steps++;
    const bytes = this.#bytes;
    if (!this.ok || this.until - this.at < 2 || bytes[this.at] !== tag) {
      this.ok = false;
      return 0;
    }
    let length = bytes[this.at + 1]!;
    this.at += 2;
    if (length < 0x80) return length;
    const count = length & 0x7f;
    length = 0;
    // 0: indefinite, which SNMP does not use. Lengths beyond 2^31 are none.
    if (count === 0 || count > 4 || count > this.until - this.at) this.ok = false;
    else for (let byte = 0; byte < count; byte++) length = length * 256 + bytes[this.at++]!;
    if (length > 0x7fffffff) this.ok = false;
    return this.ok ? length : 0;
  }
}
