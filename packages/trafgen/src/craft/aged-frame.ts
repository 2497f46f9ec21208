import { internetChecksum, sumWords } from "@trafmon/packet";

/** A frame as it is behind routers: TTL or hop limit less, and the IPv4 header checksum that follows from it. */
export function agedFrame(frame: Uint8Array, linkHeaderBytes: number, routers: number): Uint8Array {
  if (routers === 0) return frame;
  const aged = Uint8Array.from(frame);
  const at = linkHeaderBytes;
  if (aged[at]! >> 4 === 6) {
    aged[at + 7] = Math.max(1, aged[at + 7]! - routers);
    return aged;
  }
  aged[at + 8] = Math.max(1, aged[at + 8]! - routers);
  const view = new DataView(aged.buffer);
  view.setUint16(at + 10, 0);
  view.setUint16(at + 10, internetChecksum(sumWords(aged, at, at + 20)));
  return aged;
}
