import type { TcpManners } from "../../scenario/scenario.ts";
import type { TcpSegment } from "./tcp-segment.ts";

const NOP = 1;

/** Options of a SYN or SYN-ACK: MSS, SACK permitted, timestamps, window scale (RFC 9293, RFC 2018, RFC 7323). */
export function synOptions(manners: TcpManners, tsValue: number, tsEcho: number): Uint8Array {
  const { mssBytes, sack, timestamps, windowScale } = manners;
  // What is announced leaves out options (RFC 6691), of which a data segment has the timestamps.
  const announced = mssBytes + (timestamps ? 12 : 0);
  const bytes = [2, 4, announced >> 8, announced & 0xff];
  if (timestamps) {
    // SACK permitted takes the place of the padding, as Linux does.
    bytes.push(...(sack ? [4, 2] : [NOP, NOP]), 8, 10, ...u32(tsValue), ...u32(tsEcho));
  } else if (sack) bytes.push(NOP, NOP, 4, 2);
  if (windowScale > 0) bytes.push(NOP, 3, 3, windowScale);
  return Uint8Array.from(bytes);
}

/**
 * Options of any other segment: timestamps, and SACK blocks as far as there is room.
 * @param place sequence number of a place in the other side's byte stream
 */
export function segmentOptions(
  manners: TcpManners,
  { tsValue, tsEcho, blocks }: TcpSegment,
  place: (offset: number) => number,
): Uint8Array {
  const bytes: number[] = [];
  if (manners.timestamps) bytes.push(NOP, NOP, 8, 10, ...u32(tsValue), ...u32(tsEcho));
  if (blocks.length > 0) {
    bytes.push(NOP, NOP, 5, 2 + 8 * blocks.length);
    for (const { from, until } of blocks) bytes.push(...u32(place(from)), ...u32(place(until)));
  }
  return Uint8Array.from(bytes);
}

/** Most SACK blocks beside the other options: 40 bytes are all there is (RFC 2018 section 3). */
export function mostBlocks({ timestamps }: TcpManners): number {
  return timestamps ? 3 : 4;
}

function u32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}
