import { PcapWriter } from "@trafmon/packet";
import { type Conversation, conversation } from "./conversation.ts";
import { Random } from "./random.ts";

export interface BenchCapture {
  readonly packets: number;
  /** Conversations, each of a host pair, protocol and port pair of its own. All occur when `packets` is not fewer. */
  readonly flows: number;
  readonly seed: number;
  /** Time from the first packet to the last. Default: 600. */
  readonly durationS?: number;
}

/** 2026-01-05T00:00:00Z. */
const START_S = 1_767_571_200;

/** Share of the packets that go to the busiest hundredth of the conversations. */
const BUSY_SHARE = 0.3;

/**
 * Writes a pcap file of mixed traffic: TCP with handshakes, loss and retransmissions, UDP requests and answers, ping,
 * IPv4 and IPv6. The same arguments give the same bytes.
 *
 * Conversations begin evenly over the whole capture. Every other packet goes to one that has begun: to the busiest, or
 * more likely to a young one than to an old one.
 */
export function writeBenchCapture(path: string, { packets, flows, seed, durationS = 600 }: BenchCapture): void {
  const random = new Random(seed);
  const writer = new PcapWriter(path);
  const begun: Conversation[] = [];
  const gapS = durationS / packets;
  let atS = 0;
  for (let packet = 0; packet < packets; packet++) {
    const due = Math.floor((packet / packets) * flows) + 1;
    if (begun.length < due) begun.push(conversation(begun.length));
    const isNew = packet === 0 || begun.length > Math.floor(((packet - 1) / packets) * flows) + 1;
    const frame = begun[isNew ? begun.length - 1 : choose(begun.length, random)]!.next(random);
    atS = packet * gapS + random.fraction() * gapS;
    const seconds = Math.floor(atS);
    writer.write(START_S + seconds, Math.floor((atS - seconds) * 1e9), frame);
  }
  writer.close();
}

/** Number of one of so many conversations. */
function choose(count: number, random: Random): number {
  if (random.isLikely(BUSY_SHARE)) return random.below(Math.ceil(count / 100));
  const age = random.fraction();
  return count - 1 - Math.floor(age * age * count);
}
