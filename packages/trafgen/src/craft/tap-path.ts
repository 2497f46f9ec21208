import { FATE, KIND, type PacketKind } from "../ledger/packet-kind.ts";
import type { Hop, Place } from "../scenario/scenario.ts";
import type { FrameBatch } from "../send/frame-batch.ts";
import type { Account } from "./account.ts";
import { agedFrame } from "./aged-frame.ts";
import type { CraftedPacket } from "./crafted-packet.ts";
import { HopVerdicts } from "./hop-verdicts.ts";
import type { Lane } from "./lane.ts";
import type { Due, Timeline } from "./timeline.ts";

/** How far behind a packet the copy comes that a network makes of it, and the one a mirror port makes. */
const COPY_NS = 50_000;
const DOUBLE_NS = 10_000;

/** A place without taps of its own: what is sent is what is seen. */
const NEUTRAL_HOP: Hop = {
  name: "",
  delayNs: 0,
  jitterNs: 0,
  loss: 0,
  duplicates: 0,
  reordered: 0,
  reorderedByNs: 0,
  missed: 0,
  doubled: 0,
  clockOffsetNs: 0,
  routers: 0,
};

const NO_FRAME = new Uint8Array(0);

/**
 * The way of packets between both sides, past one or more taps:
 *
 *     client ---- hop 1 ---- hop 2 ... hop n ---- server
 *       link 0      link 1                link n
 *
 * Each tap has a batch of frames. Without hops there is one tap, where packets are sent; the batch then also has what
 * the ledger is to say of them once they have gone, and those withheld. With hops the account is told here.
 */
export class TapPath {
  readonly links: number;
  readonly hasHops: boolean;
  readonly #hops: readonly Hop[];
  /** What is filled now: one for each hop; one for no hops. */
  batches: readonly FrameBatch[] = [];
  readonly #timeline: Timeline;
  readonly #account: Account;

  constructor(hops: readonly Hop[], timeline: Timeline, account: Account) {
    this.hasHops = hops.length > 0;
    this.#hops = this.hasHops ? hops : [NEUTRAL_HOP];
    this.links = this.#hops.length + 1;
    this.#timeline = timeline;
    this.#account = account;
  }

  /**
   * Sends a frame that is at the tap this instant, where there are no hops: no object is made.
   * @param frame used again by the caller
   */
  pass(
    atNs: number,
    frame: Uint8Array,
    flow: number,
    lane: Lane,
    number: number,
    ipBytes: number,
    payloadBytes: number,
    kind: PacketKind,
  ): void {
    this.batches[0]!.add(atNs, frame, flow, lane.stream, number, ipBytes, payloadBytes, kind);
  }

  /** Sends a packet on its way. */
  send(packet: CraftedPacket, atNs: number): void {
    const voyage: Voyage = { packet, underway: 1, verdicts: null };
    this.#cross(voyage, 0, atNs, false, 0);
  }

  /**
   * Moves a packet, or a copy of it, over one link.
   * @param leg number of the link in the packet's direction of travel, from 0
   * @param routers behind it
   */
  #cross(voyage: Voyage, leg: number, fromNs: number, isCopy: boolean, routers: number): void {
    const { packet } = voyage;
    const { lane, isForward, trouble } = packet;
    const last = this.#hops.length;
    const link = isForward ? leg : last - leg;
    // The way to a hop is the same in both directions; behind the last hop there is none.
    const hop = link < last ? this.#hops[link]! : NEUTRAL_HOP;
    let atNs = fromNs + hop.delayNs;
    if (leg === 0) atNs += packet.sendDelayNs;
    if (leg === last) atNs += packet.receiveDelayNs;
    if (hop.jitterNs > 0) atNs += lane.random.below(hop.jitterNs + 1);
    let isLost = hop.loss > 0 && lane.random.isLikely(hop.loss);
    let copyNs = hop.duplicates > 0 && lane.random.isLikely(hop.duplicates) ? atNs + COPY_NS : null;
    let isHeldUp = false;
    if (hop.reordered > 0 && lane.random.isLikely(hop.reordered)) {
      atNs += hop.reorderedByNs;
      isHeldUp = true;
    }
    if (trouble !== null && !isCopy && isAt(trouble.at, leg, last, isForward)) {
      if (trouble.kind === "lose" || trouble.kind === "loseAck") isLost = true;
      if (trouble.kind === "duplicate") copyNs = atNs + trouble.byNs;
      if (trouble.kind === "delay") {
        atNs += trouble.byNs;
        isHeldUp = true;
      }
    }
    if (!isHeldUp && !isCopy) {
      // Jitter alone never lets packets overtake each other: what comes out of one queue leaves it in order.
      const queue = isForward ? link : this.links + link;
      atNs = Math.max(atNs, lane.lastNs[queue]!);
      lane.lastNs[queue] = atNs;
    }
    if (isLost) {
      if (leg === 0 && !isCopy) this.#timeline.call(atNs, () => this.#withhold(voyage, atNs));
      else this.#end(voyage);
      return;
    }
    const behind = routers + hop.routers;
    this.#timeline.schedule(atNs, new Passage(this, voyage, leg, isCopy, behind));
    if (copyNs === null) return;
    voyage.underway++;
    this.#timeline.schedule(Math.max(copyNs, atNs), new Passage(this, voyage, leg, true, behind));
  }

  /** A packet is at the end of a link: at a tap, or where it was sent to. */
  arrive(voyage: Voyage, leg: number, atNs: number, isCopy: boolean, routers: number): void {
    const { packet } = voyage;
    const last = this.#hops.length;
    if (leg === last) {
      packet.onArrival?.(atNs, isCopy);
      this.#end(voyage);
      return;
    }
    const index = packet.isForward ? leg : last - 1 - leg;
    const hop = this.#hops[index]!;
    if (leg === 0 && !isCopy && this.hasHops) this.#writeDown(voyage, atNs, FATE.SENT);
    if (hop.missed === 0 || !packet.lane.random.isLikely(hop.missed)) {
      this.#see(voyage, index, atNs, isCopy, routers);
      if (hop.doubled > 0 && packet.lane.random.isLikely(hop.doubled)) {
        voyage.underway++;
        this.#timeline.call(atNs + DOUBLE_NS, (laterNs) => {
          this.#see(voyage, index, laterNs, true, routers);
          this.#end(voyage);
        });
      }
    }
    this.#cross(voyage, leg + 1, atNs, isCopy, routers);
  }

  /** The tap of a hop takes a frame. */
  #see(voyage: Voyage, index: number, atNs: number, isCopy: boolean, routers: number): void {
    const { packet } = voyage;
    const { flow, lane, number, ipBytes, payloadBytes } = packet;
    const seenNs = atNs + this.#hops[index]!.clockOffsetNs;
    const frame = agedFrame(packet.frame, packet.linkHeaderBytes, routers);
    const kind = isCopy ? KIND.DUPLICATE : packet.kind;
    this.batches[index]!.add(seenNs, frame, flow, lane.stream, number, ipBytes, payloadBytes, kind);
    if (this.hasHops) {
      this.#account.seen(index + 1, flow, seenNs, ipBytes, payloadBytes);
      voyage.verdicts?.see(index + 1, seenNs);
    }
    packet.onSeen?.(index + 1, seenNs, isCopy);
  }

  /** A packet that never came to a tap, at the instant it would have. */
  #withhold(voyage: Voyage, atNs: number): void {
    const { flow, lane, number, ipBytes, payloadBytes, kind } = voyage.packet;
    if (this.hasHops) this.#writeDown(voyage, atNs, FATE.WITHHELD);
    else this.batches[0]!.add(atNs, NO_FRAME, flow, lane.stream, number, ipBytes, payloadBytes, kind, FATE.WITHHELD);
    this.#end(voyage);
  }

  #writeDown(voyage: Voyage, atNs: number, fate: typeof FATE.SENT | typeof FATE.WITHHELD): void {
    const { flow, lane, number, ipBytes, payloadBytes, kind, isForward } = voyage.packet;
    const packet = this.#account.packet(atNs, flow, lane.stream, number, ipBytes, payloadBytes, kind, fate);
    voyage.verdicts = new HopVerdicts(packet, this.#hops.length, isForward);
  }

  /** A copy is no more on its way. */
  #end(voyage: Voyage): void {
    if (--voyage.underway > 0) return;
    voyage.verdicts?.write(this.#account);
    voyage.packet.onSettled?.();
  }
}

/** One packet on the path, with the copies that were made of it. */
interface Voyage {
  readonly packet: CraftedPacket;
  /** Copies that are on their way, the packet itself included. */
  underway: number;
  verdicts: HopVerdicts | null;
}

/** A packet that is about to come to the end of a link. */
class Passage implements Due {
  readonly #path: TapPath;
  readonly #voyage: Voyage;
  readonly #leg: number;
  readonly #isCopy: boolean;
  readonly #routers: number;

  constructor(path: TapPath, voyage: Voyage, leg: number, isCopy: boolean, routers: number) {
    this.#path = path;
    this.#voyage = voyage;
    this.#leg = leg;
    this.#isCopy = isCopy;
    this.#routers = routers;
  }

  run(atNs: number): void {
    this.#path.arrive(this.#voyage, this.#leg, atNs, this.#isCopy, this.#routers);
  }
}

/** Whether a place is on the link that a packet travels as its leg of that number, 0 .. last. */
function isAt(place: Place, leg: number, last: number, isForward: boolean): boolean {
  if (place === "sender") return leg === 0;
  if (place === "receiver") return leg === last;
  return leg === (isForward ? place.hop - 1 : last - place.hop);
}
