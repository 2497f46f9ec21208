import { escapeText } from "../line/escape-text.ts";
import type { ByteReader } from "./byte-reader.ts";
import { MalformedError } from "./refused.ts";
import { putCount } from "./varint.ts";

/**
 * Texts of one PDU. A text comes as 0, its length in bytes and UTF-8; when it is short, both sides number it from 1 in
 * order of appearance, and the next time only its number comes. Class names and interfaces thus cost a byte.
 */

/** Longest text in bytes of UTF-8. A longer one is cut between characters: records must fit a datagram. */
export const MAX_TEXT_BYTES = 4096;
/** Longer texts are hardly said twice within a PDU. */
const MAX_NUMBERED_BYTES = 64;
const MAX_NUMBERED = 256;

export class TextTableWriter {
  readonly #numbers = new Map<string, number>();

  clear(): void {
    if (this.#numbers.size > 0) this.#numbers.clear();
  }

  put(into: Uint8Array, at: number, text: string): number {
    const number = this.#numbers.get(text);
    if (number !== undefined) return putCount(into, at, number);
    into[at++] = 0;
    const start = at;
    at = putAscii(into, at, text);
    if (at < 0) at = putUtf8(into, start, text);
    if (at - start <= MAX_NUMBERED_BYTES && this.#numbers.size < MAX_NUMBERED) {
      this.#numbers.set(text, this.#numbers.size + 1);
    }
    return at;
  }
}

/** Writes a short text of 7-bit characters, or returns -1: a loop beats the encoder's call for names. */
function putAscii(into: Uint8Array, at: number, text: string): number {
  const length = text.length;
  if (length > MAX_NUMBERED_BYTES - 1) return -1;
  into[at++] = length;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return -1;
    into[at++] = unit;
  }
  return at;
}

function putUtf8(into: Uint8Array, at: number, text: string): number {
  const bytes = cutUtf8(text);
  at = putCount(into, at, bytes.length);
  if (at + bytes.length <= into.length) into.set(bytes, at);
  return at + bytes.length;
}

/** UTF-8 of a text, cut between characters at MAX_TEXT_BYTES. A lone surrogate becomes U+FFFD. */
export function cutUtf8(text: string): Uint8Array {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= MAX_TEXT_BYTES) return bytes;
  let end = MAX_TEXT_BYTES;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

/** A text as it came, and what was made of it so far. */
class ReadText {
  readonly #bytes: Uint8Array;
  #text: string | null = null;
  #escaped: Uint8Array | null = null;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get text(): string {
    const { buffer, byteOffset, length } = this.#bytes;
    this.#text ??= Buffer.from(buffer, byteOffset, length).toString("utf8");
    return this.#text;
  }

  get escaped(): Uint8Array {
    this.#escaped ??= isPlain(this.#bytes) ? this.#bytes : Buffer.from(escapeText(this.text), "utf8");
    return this.#escaped;
  }
}

/** Reads texts, as they are or as they stand in a log line; a name is decoded and escaped once in a PDU. */
export class TextTableReader {
  readonly #texts: ReadText[] = [];

  clear(): void {
    this.#texts.length = 0;
  }

  read(reader: ByteReader): string {
    return this.#read(reader).text;
  }

  /** UTF-8 of the escaped text; good as long as the body is. */
  readEscaped(reader: ByteReader): Uint8Array {
    return this.#read(reader).escaped;
  }

  #read(reader: ByteReader): ReadText {
    const number = reader.count();
    if (number > 0) {
      const known = this.#texts[number - 1];
      if (known === undefined) throw new MalformedError("cannot find a text that was not said before");
      return known;
    }
    const length = reader.length();
    if (length > MAX_TEXT_BYTES) throw new MalformedError("cannot hold a text this long");
    const text = new ReadText(reader.take(length));
    // As the writer counts: the length's own byte or two as well.
    const counted = length + (length < 128 ? 1 : 2);
    if (counted <= MAX_NUMBERED_BYTES && this.#texts.length < MAX_NUMBERED) this.#texts.push(text);
    return text;
  }
}

/** Printable 7-bit characters without the backslash: their bytes are those of the line. */
function isPlain(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte < 0x20 || byte > 0x7e || byte === 0x5c) return false;
  return true;
}
