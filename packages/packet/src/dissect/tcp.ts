import * as record from "../packet-record.ts";
import type { FrameWalk } from "./frame-walk.ts";
import { readPorts } from "./transport.ts";
import { TCP_CUT, TCP_HEADER_LENGTH, TCP_SHORT } from "./verdict.ts";

const OPTION_END = 0;
const OPTION_NONE = 1;
const OPTION_MSS = 2;
const OPTION_WINDOW_SCALE = 3;
const OPTION_SACK_PERMITTED = 4;
const OPTION_SACK = 5;
const OPTION_TIMESTAMPS = 8;

/** What all data segments of a connection with timestamps carry: none, none, timestamps of 10 bytes. */
const ONLY_TIMESTAMPS = 0x0101080a;

/** Up to the window. */
const NEEDED_BYTES = 16;

/** No window scale option (it is at most 14), no MSS, no SACK blocks. */
const NO_OPTIONS = 255 << 16;

/**
 * TCP header, RFC 9293 section 3.1. 20 to 60 bytes, big-endian.
 *
 *     0               1               2               3
 *    +-------------------------------+-------------------------------+
 *    | source port                   | destination port              |
 *    | sequence number                                               |
 *    | acknowledgement number                                        |
 *    | offset| 3 | flags 9           | window                        |
 *    | checksum                      | urgent pointer                |
 *    | options, 0 to 40 bytes                                        |
 *    +---------------------------------------------------------------+
 *
 * A header length below 20 or beyond the segment is malformed; the ports still count, and so does what that length leaves
 * as payload, as in tshark. `payloadBytes` is the length of the
 * segment, or of what a first fragment holds of it. What is needed ends with the window; a checksum that was cut off by
 * the snap length is given as 0, options that were cut off as absent.
 */
export function dissectTcp(walk: FrameWalk, out: Int32Array, at: number, payloadBytes: number, flags: number): number {
  const bytes = walk.bytes;
  const header = walk.payloadAt;
  const available = walk.networkEnd - header;
  if (payloadBytes < 20 || available < NEEDED_BYTES) {
    walk.malformed = payloadBytes < 20 ? TCP_SHORT : TCP_CUT;
    if (available < 4) return flags;
    out[at + record.PAYLOAD_BYTES] = 0;
    return flags | readPorts(bytes, header, out, at);
  }
  readPorts(bytes, header, out, at);
  const offsetFlags = (bytes[header + 12]! << 8) | bytes[header + 13]!;
  const headerBytes = (offsetFlags >> 12) << 2;
  if (headerBytes < 20 || headerBytes > payloadBytes) {
    walk.malformed = TCP_HEADER_LENGTH;
    out[at + record.PAYLOAD_BYTES] = Math.max(0, payloadBytes - headerBytes);
    return flags | record.FLAG_PORTS;
  }
  out[at + record.TCP_SEQUENCE] = word(bytes, header + 4);
  out[at + record.TCP_ACKNOWLEDGEMENT] = word(bytes, header + 8);
  out[at + record.TCP_FLAGS_WINDOW] =
    (offsetFlags & 0x1ff) | (((bytes[header + 14]! << 8) | bytes[header + 15]!) << 16);
  out[at + record.CHECKSUM] = available < 18 ? 0 : (bytes[header + 16]! << 8) | bytes[header + 17]!;
  out[at + record.TCP_OPTIONS] = NO_OPTIONS;
  out[at + record.PAYLOAD_BYTES] = payloadBytes - headerBytes;
  walk.payloadAt = header + headerBytes;

  const withFlags = flags | record.FLAG_PORTS | record.FLAG_TRANSPORT;
  if (headerBytes === 20) return withFlags;
  const optionsEnd = headerBytes <= available ? header + headerBytes : walk.networkEnd;
  if (headerBytes === 32 && optionsEnd === header + 32 && word(bytes, header + 20) === ONLY_TIMESTAMPS) {
    out[at + record.TCP_TIMESTAMP] = word(bytes, header + 24);
    out[at + record.TCP_TIMESTAMP_ECHO] = word(bytes, header + 28);
    return withFlags | record.FLAG_TCP_TIMESTAMPS;
  }
  return withFlags | readOptions(bytes, header + 20, optionsEnd, out, at);
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/**
 * Reads MSS, window scale (RFC 7323), SACK permitted and blocks (RFC 2018) and timestamps. An option with an impossible
 * length ends the reading: nothing behind it can be trusted. Returns the flags of what was found.
 */
function readOptions(bytes: Uint8Array, from: number, end: number, out: Int32Array, at: number): number {
  let mss = 0;
  let scale = 255;
  let blocks = 0;
  let flags = 0;
  let position = from;
  while (position < end) {
    const kind = bytes[position]!;
    if (kind === OPTION_END) break;
    if (kind === OPTION_NONE) {
      position++;
      continue;
    }
    if (position + 2 > end) break;
    const length = bytes[position + 1]!;
    if (length < 2 || position + length > end) break;
    if (kind === OPTION_MSS && length === 4) {
      mss = (bytes[position + 2]! << 8) | bytes[position + 3]!;
    } else if (kind === OPTION_WINDOW_SCALE && length === 3) {
      scale = Math.min(bytes[position + 2]!, 254);
    } else if (kind === OPTION_SACK_PERMITTED && length === 2) {
      flags |= record.FLAG_SACK_PERMITTED;
    } else if (kind === OPTION_SACK && (length - 2) % 8 === 0) {
      blocks = Math.min((length - 2) >> 3, 4);
      for (let edge = 0; edge < blocks * 2; edge++) {
        out[at + record.TCP_SACK + edge] = word(bytes, position + 2 + edge * 4);
      }
    } else if (kind === OPTION_TIMESTAMPS && length === 10) {
      out[at + record.TCP_TIMESTAMP] = word(bytes, position + 2);
      out[at + record.TCP_TIMESTAMP_ECHO] = word(bytes, position + 6);
      flags |= record.FLAG_TCP_TIMESTAMPS;
    }
    position += length;
  }
  out[at + record.TCP_OPTIONS] = mss | (scale << 16) | (blocks << 24);
  return flags;
}
