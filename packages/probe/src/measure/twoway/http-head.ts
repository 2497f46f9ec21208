import { textOfBytes } from "@trafmon/observation";

/** Longest first line, and longest header field, that are looked at whole. */
export const LONGEST_LINE = 8192;
/** Characters kept of a path and of a host. */
const LONGEST_OBJECT = 1024;
const LONGEST_NAME = 255;

/** Bytes of a method, and what may follow it: enough to tell a request from anything else. */
const METHOD = /^[A-Z][A-Z0-9_-]{0,31} $/;
const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) (\S+)(?: HTTP\/(1\.\d))?$/;
const STATUS_LINE = /^HTTP\/(1\.\d) (\d{3})(?: |$)/;

/** First line of a request, RFC 9112 section 3. */
export interface RequestLine {
  readonly method: string;
  /** Host the target names; null: it names none. */
  readonly host: string | null;
  /** Path without query; null: the target has none. */
  readonly path: string | null;
  /** With its question mark, or empty. */
  readonly query: string;
  readonly version: string | null;
}

/** `line`: without its end. With `isCut` the end of the line is missing. null: it is none. */
export function readRequestLine(line: Uint8Array, isCut: boolean): RequestLine | null {
  const parts = REQUEST_LINE.exec(latin1(line));
  if (parts === null) return null;
  const [, method = "", target = "", version] = parts;
  if (version === undefined && !isCut) return null;
  return { method, ...partsOf(method, target), version: version ?? null };
}

/** The four forms of a target (RFC 9112 section 3.2): /path?query, http://host/path?query, host:port, and *. */
function partsOf(method: string, target: string): Pick<RequestLine, "host" | "path" | "query"> {
  if (method === "CONNECT") return { host: textOf(target, LONGEST_NAME), path: null, query: "" };
  const absolute = /^[A-Za-z][A-Za-z0-9+.-]{0,31}:\/\/([^/?]*)(.*)$/.exec(target);
  const local = absolute === null ? target : absolute[2]!;
  const mark = local.indexOf("?");
  const path = mark < 0 ? local : local.slice(0, mark);
  return {
    // Who is behind a name and a password is nobody's business.
    host: absolute === null ? null : textOf(absolute[1]!.replace(/^.*@/, ""), LONGEST_NAME),
    path: textOf(path === "" ? "/" : path, LONGEST_OBJECT),
    query: mark < 0 ? "" : textOf(local.slice(mark), LONGEST_OBJECT),
  };
}

export interface StatusLine {
  readonly version: string;
  readonly status: number;
}

/** null: it is none. */
export function readStatusLine(line: Uint8Array): StatusLine | null {
  const parts = STATUS_LINE.exec(latin1(line.subarray(0, 64)));
  return parts === null ? null : { version: parts[1]!, status: Number(parts[2]) };
}

/** Empty lines before a message are passed over. */
function mayBeginLine(byte: number): boolean {
  return byte === 0x0d || byte === 0x0a;
}

/** Whether a request may begin with this byte: methods are words. */
export function mayBeginRequest(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || mayBeginLine(byte);
}

/** Whether a response may begin with this byte. */
export function mayBeginResponse(byte: number): boolean {
  return byte === 0x48 || mayBeginLine(byte);
}

/** Whether a segment may begin with a request line. */
export function looksLikeRequest(data: Uint8Array): boolean {
  const space = data.subarray(0, 33).indexOf(0x20);
  return space > 0 && METHOD.test(latin1(data.subarray(0, space + 1))) && data.length > space + 1;
}

/** Whether a segment begins as a response does. */
export function looksLikeResponse(data: Uint8Array): boolean {
  return data.length >= 8 && latin1(data.subarray(0, 7)) === "HTTP/1.";
}

/** What of a header decides where the body ends, and the host. */
export class HeaderFields {
  /** -1: not said. */
  contentLength = -1;
  isChunked = false;
  host: string | null = null;
  /** A field that contradicts itself: where the body ends is not known. */
  isContradictory = false;

  clear(): void {
    this.contentLength = -1;
    this.isChunked = this.isContradictory = false;
    this.host = null;
  }

  /** Takes one field, a line without its end. */
  take(line: Uint8Array): void {
    const colon = line.indexOf(0x3a);
    if (colon !== 4 && colon !== 14 && colon !== 17) return;
    const name = latin1(line.subarray(0, colon)).toLowerCase();
    const value = line.subarray(colon + 1);
    if (name === "host") this.host ??= textOf(latin1(value).trim(), LONGEST_NAME);
    else if (name === "content-length") this.#takeLength(latin1(value).trim());
    // The last coding is what frames the body.
    else if (name === "transfer-encoding") this.isChunked = /(^|[,\s])chunked\s*$/i.test(latin1(value));
  }

  #takeLength(text: string): void {
    const length = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(length) || (this.contentLength >= 0 && this.contentLength !== length)) this.isContradictory = true;
    else this.contentLength = length;
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** Latin-1 text of bytes as text of these bytes, shortened. */
function textOf(latin1Text: string, most: number): string {
  return textOfBytes(Buffer.from(latin1Text.slice(0, most), "latin1"));
}
