import { datagrams } from "./datagrams.ts";
import type { LabelledPacket } from "./labelled-packet.ts";
import { type LabelledFrame, mirrored, PATTERNS } from "./mirror.ts";
import { Random } from "./random.ts";
import { type Identification, Transfer } from "./transfer.ts";

const IDENTIFICATIONS: readonly Identification[] = ["counter", "repeat", "zero", "v6"];

/** Packets of a stretch of traffic that one mirror pattern is applied to, unless told otherwise. */
const STRETCH = 20_000;
/** Packets a second, about; 64 of them pass in less than half a millisecond. */
const RATE = 180_000;
/** How many more packets are made than are used: half as many again, and what is under way at one time. */
const SURPLUS = 1.5;
const UNDER_WAY = 150_000;
const PACKETS_OF_A_CONVERSATION = 260;

/**
 * Traffic past a mirror port, each frame with what it truly is: connections of all round trips from below a millisecond
 * on, with and without SACK, timestamps and IP identification, with losses repaired at once and late; datagrams; and all
 * patterns of copies in turn.
 */
export function* labelledTraffic(packets: number, seed: number, stretch = STRETCH): Generator<LabelledFrame> {
  const random = new Random(seed);
  const all = originals(packets, random);
  let copied = 0;
  for (let from = 0; from < all.length; from += stretch) {
    yield* mirrored(all.slice(from, from + stretch), PATTERNS[copied++ % PATTERNS.length]!, random);
  }
}

/** What passes the tap, in order. */
function originals(packets: number, random: Random): LabelledPacket[] {
  const spanNs = (packets / RATE) * 1e9;
  const all: LabelledPacket[] = [];
  // Conversations last for up to a second: until as many are under way as later, the tap is less busy.
  for (let number = 0; all.length < packets * SURPLUS + UNDER_WAY; number++) {
    const identification = random.oneOf(IDENTIFICATIONS);
    const startNs = random.between(0, spanNs);
    if (random.chance(0.2)) {
      for (const each of datagrams(identification, random, number, startNs, 40)) all.push(each);
      continue;
    }
    const roundTripNs = 10 ** random.between(5.9, 7.9);
    const share = random.between(0.02, 0.98);
    const traits = {
      identification,
      hasTimestamps: random.chance(0.5),
      hasSack: random.chance(0.8),
      senderNs: roundTripNs * share,
      receiverNs: roundTripNs * (1 - share),
      loss: random.oneOf([0, 0.01, 0.05]),
      rounds: 1 + random.below(PACKETS_OF_A_CONVERSATION / 10),
      window: random.oneOf([2, 10, 20]),
    };
    for (const each of new Transfer(traits, random, number, startNs).packets) all.push(each);
  }
  all.sort((a, b) => a.atNs - b.atNs);
  return busiest(all, packets);
}

/** So many packets in a row of those in the least time; conversations that began before are seen from their midst. */
function busiest(all: readonly LabelledPacket[], packets: number): LabelledPacket[] {
  let best = 0;
  const spanNs = (from: number) => all[from + packets - 1]!.atNs - all[from]!.atNs;
  for (let from = 0; from + packets <= all.length; from += 100) if (spanNs(from) < spanNs(best)) best = from;
  return all.slice(best, best + packets);
}
