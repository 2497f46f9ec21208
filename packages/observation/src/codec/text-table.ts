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

/** Reads texts, as they are or escaped for a log line; a name is decoded and escaped once in a PDU. */
export class TextTableReader {
  readonly #texts: string[] = [];
  readonly #escaped: string[] = [];

  clear(): void {
    this.#texts.length = 0;
    this.#escaped.length = 0;
  }

  read(reader: ByteReader, isEscaped: boolean): string {
    const number = reader.count();
    if (number > 0) {
      const text = (isEscaped ? this.#escaped : this.#texts)[number - 1];
      if (text === undefined) throw new MalformedError("cannot find a text that was not said before");
      return text;
    }
    const length = reader.length();
    if (length > MAX_TEXT_BYTES) throw new MalformedError("cannot hold a text this long");
    const bytes = reader.take(length);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, length).toString("utf8");
    const escaped = escapeText(text);
    // As the writer counts: the length's own byte or two as well.
    const counted = length + (length < 128 ? 1 : 2);
    if (counted <= MAX_NUMBERED_BYTES && this.#texts.length < MAX_NUMBERED) {
      this.#texts.push(text);
      this.#escaped.push(escaped);
    }
    return isEscaped ? escaped : text;
  }
}
