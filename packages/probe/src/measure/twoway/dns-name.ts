import { textOfBytes } from "@trafmon/observation";

/** Bytes of the longest name, its length bytes included (RFC 1035 section 2.3.4). */
const LONGEST_NAME = 255;
/** Bytes of the longest text of one: each behind a backslash, and a dot before each label. */
const LONGEST_TEXT = 3 * LONGEST_NAME;
const DOT = 0x2e;
const BACKSLASH = 0x5c;

/**
 * Walks over a domain name (RFC 1035 sections 3.1 and 4.1.4). A pointer must lead to before the labels it ends, so that
 * names cannot loop; a name has at most 255 bytes. One object is used again.
 */
export class DnsName {
  /** Where what follows the name begins; -1: it is no name, or is cut off. */
  end = -1;
  /** Of the name with its letters in lower case: names that differ in case are equal (RFC 4343). */
  hash1 = 0;
  hash2 = 0;
  text = "";
  /** Labels and pointers walked over. */
  steps = 0;
  /** The text so far. */
  readonly #text = Buffer.alloc(LONGEST_TEXT);
  #textBytes = 0;
  /** Whether it is of printable ASCII. */
  #isPlain = true;

  /** `message`: where the message begins that pointers count from. */
  walk(bytes: Uint8Array, message: number, from: number, until: number, wantsText: boolean): void {
    this.end = -1;
    this.hash1 = 0x811c9dc5;
    this.hash2 = 0x2545f491;
    this.text = "";
    this.#textBytes = 0;
    this.#isPlain = true;
    this.steps = 0;
    let end = -1;
    let at = from;
    let runStart = from;
    let length = 1;
    for (;;) {
      this.steps++;
      if (at >= until) return;
      const head = bytes[at]!;
      if (head === 0) break;
      if (head >= 0xc0) {
        if (at + 2 > until) return;
        if (end < 0) end = at + 2;
        const target = message + (((head & 0x3f) << 8) | bytes[at + 1]!);
        if (target >= runStart || target < message) return;
        at = runStart = target;
        continue;
      }
      // 0x40 and 0x80 are not in use.
      if (head > 63 || at + 1 + head > until) return;
      length += head + 1;
      if (length > LONGEST_NAME) return;
      this.#hash(bytes, at, at + 1 + head);
      if (wantsText) this.#write(bytes, at + 1, at + 1 + head);
      at += 1 + head;
    }
    if (wantsText) this.text = this.#finishText();
    this.end = end < 0 ? at + 1 : end;
  }

  /** Adds a label to the text; a dot or backslash within it stands behind a backslash (RFC 1035 section 5.1). */
  #write(bytes: Uint8Array, from: number, until: number): void {
    const text = this.#text;
    let end = this.#textBytes;
    if (end > 0) text[end++] = DOT;
    for (let at = from; at < until; at++) {
      const byte = bytes[at]!;
      if (byte <= 0x20 || byte >= 0x7f) this.#isPlain = false;
      if (byte === DOT || byte === BACKSLASH) text[end++] = BACKSLASH;
      text[end++] = byte;
    }
    this.#textBytes = end;
  }

  #finishText(): string {
    if (this.#textBytes === 0) return ".";
    // One call, and of one byte a character, for nearly all names: there are thousands a second.
    if (this.#isPlain) return this.#text.toString("latin1", 0, this.#textBytes);
    return textOfBytes(this.#text.subarray(0, this.#textBytes));
  }

  #hash(bytes: Uint8Array, from: number, until: number): void {
    let { hash1, hash2 } = this;
    for (let at = from; at < until; at++) {
      let byte = bytes[at]!;
      // A length byte is below 64, no letter.
      if (byte >= 0x41 && byte <= 0x5a) byte |= 0x20;
      hash1 = Math.imul(hash1 ^ byte, 0x01000193);
      hash2 = Math.imul((hash2 << 7) ^ (hash2 >>> 25) ^ byte, 0x9e3779b1);
    }
    this.hash1 = hash1;
    this.hash2 = hash2;
  }
}
