import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { mulberry32 } from "../transport/lossy-path.ts";

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
/** As far into a frame as its headers reach. */
const HEADERS_BYTES = 90;
/** Bytes that mean something in many places. */
const TELLING = [0, 1, 4, 5, 6, 17, 0x08, 0x45, 0x60, 0x81, 0xdd, 0xff];

/**
 * Writes a capture like another one (pcap, little-endian, perhaps gzipped) with wrong bytes in the headers of some
 * frames, others cut short as by a snap length, timestamps that go back, leap and cannot be, and the file's end missing;
 * the same for the same seed.
 */
export function spoilCapture(from: string, to: string, seed: number): void {
  const random = mulberry32(seed);
  const below = (bound: number) => Math.floor(random() * bound);
  const raw = readFileSync(from);
  const bytes = raw[0] === 0x1f ? gunzipSync(raw) : raw;
  const parts: Uint8Array[] = [bytes.subarray(0, FILE_HEADER_BYTES)];
  for (let at = FILE_HEADER_BYTES; at < bytes.length; ) {
    const capturedBytes = bytes.readUInt32LE(at + 8);
    const header = Buffer.from(bytes.subarray(at, at + RECORD_HEADER_BYTES));
    let frame = Buffer.from(bytes.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + capturedBytes));
    if (random() < 0.3) {
      for (let changes = 1 + below(3); changes > 0; changes--) {
        frame[below(Math.min(frame.length, HEADERS_BYTES))] =
          random() < 0.5 ? below(256) : TELLING[below(TELLING.length)]!;
      }
    }
    if (random() < 0.1) {
      frame = frame.subarray(0, below(frame.length + 1));
      header.writeUInt32LE(frame.length, 8);
    }
    if (random() < 0.2) header.writeUInt32LE(header.readUInt32LE(0) + below(8) - 4, 0);
    else if (random() < 0.02) header.writeUInt32LE(below(2 ** 32), below(2) * 4);
    parts.push(header, frame);
    at += RECORD_HEADER_BYTES + capturedBytes;
  }
  const whole = Buffer.concat(parts);
  writeFileSync(to, whole.subarray(0, whole.length - 5));
}
