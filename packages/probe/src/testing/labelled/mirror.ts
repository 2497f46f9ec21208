import { ethernetIp, vlanTag } from "@trafmon/packet";
import type { LabelledPacket } from "./labelled-packet.ts";
import type { Random } from "./random.ts";

/** How a mirror port makes copies. */
export const PATTERNS = [
  "none",
  "each at once",
  "three by three",
  "64 packets apart",
  "tagged",
  "untagged",
  "routed",
  "one direction",
  "other direction",
] as const;
export type Pattern = (typeof PATTERNS)[number];

/** A frame as a probe captures it. */
export interface LabelledFrame {
  readonly atNs: number;
  readonly frame: Uint8Array;
  readonly label: LabelledPacket["label"];
  readonly pattern: Pattern;
  readonly direction: 0 | 1;
}

const NANOSECONDS_OF_A_COPY = 600;

/** Passes packets, in the order of their instants, through a mirror port that copies them after a pattern. */
export function* mirrored(
  packets: readonly LabelledPacket[],
  pattern: Pattern,
  random: Random,
): Generator<LabelledFrame> {
  const waiting: { readonly packet: LabelledPacket; readonly after: number }[] = [];
  const distance = pattern === "64 packets apart" ? 64 : 3;
  let lastNs = 0;
  const frameOf = (packet: LabelledPacket, isCopy: boolean): LabelledFrame => {
    // Never before what went out already.
    lastNs = Math.max(isCopy ? lastNs + 50 : packet.atNs, lastNs + 1);
    const hops = pattern === "routed" && isCopy ? 1 : 0;
    const isTagged = (pattern === "tagged" && isCopy) || (pattern === "untagged" && !isCopy);
    const frame = ethernetIp(packet.bytes(hops), isTagged ? [vlanTag(42)] : []);
    const { label, direction } = packet;
    return { atNs: lastNs, frame, label: isCopy ? "copy" : label, pattern, direction };
  };
  for (const [index, packet] of packets.entries()) {
    yield frameOf(packet, false);
    if (pattern === "none") continue;
    if (pattern === "one direction" && packet.direction === 1) continue;
    if (pattern === "other direction" && packet.direction === 0) continue;
    if (pattern === "three by three" || pattern === "64 packets apart") {
      // Three and then the same three; or a queue of 64 that the copies pass.
      waiting.push({ packet, after: pattern === "three by three" ? index - (index % 3) + 2 : index + distance });
    } else {
      lastNs += random.below(NANOSECONDS_OF_A_COPY);
      yield frameOf(packet, true);
    }
    while (waiting.length > 0 && waiting[0]!.after <= index) yield frameOf(waiting.shift()!.packet, true);
  }
  for (const { packet } of waiting) yield frameOf(packet, true);
}
