/**
 * Text in a log line, as MySQL's LOAD DATA reads it by default (FIELDS TERMINATED BY '\t' ESCAPED BY '\\' LINES
 * TERMINATED BY '\n'): tab, newline and backslash after a backslash, and so the two characters that spoil a file for
 * other readers, carriage return and NUL. `\N` alone is null, which an escaped text can never be.
 */

const SPECIAL = /[\\\t\n\r\0]/;
const EACH_SPECIAL = /[\\\t\n\r\0]/g;

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  "\0": "\\0",
};

export function escapeText(text: string): string {
  return SPECIAL.test(text) ? text.replace(EACH_SPECIAL, (special) => ESCAPES[special]!) : text;
}

const MEANINGS: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", "0": "\0", b: "\b", Z: "\x1a" };

/** Text of an escaped field. A backslash before any other character is left out, as the server does. */
export function unescapeText(field: string): string {
  return field.includes("\\") ? field.replace(/\\([\s\S])/g, (_, c: string) => MEANINGS[c] ?? c) : field;
}

/**
 * Text of bytes found in a packet. What is not UTF-8 stands as `\x` and two hexadecimal digits a byte, so that no byte
 * is lost and no replacement character invented.
 */
export function textOfBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = buffer.toString("utf8");
  if (!whole.includes("�")) return whole;
  let text = "";
  for (let at = 0; at < buffer.length; ) {
    const length = utf8Length(buffer, at);
    if (length === 0) {
      text += `\\x${buffer[at]!.toString(16).padStart(2, "0")}`;
      at++;
    } else {
      text += buffer.toString("utf8", at, at + length);
      at += length;
    }
  }
  return text;
}

/** Bytes of the well-formed UTF-8 sequence at this place (RFC 3629 section 4), or 0. */
function utf8Length(b: Uint8Array, at: number): number {
  const first = b[at]!;
  if (first < 0x80) return 1;
  const second = b[at + 1] ?? 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (first < 0xc2 || first > 0xf4 || second < low || second > high) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  for (let i = 2; i < length; i++) {
    if (((b[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}
