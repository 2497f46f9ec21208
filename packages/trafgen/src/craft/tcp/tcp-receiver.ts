import type { Stall, TcpManners } from "../../scenario/scenario.ts";
import type { Timeline } from "../timeline.ts";
import { Timer } from "../timer.ts";
import { RangeSet } from "./range-set.ts";
import { mostBlocks } from "./tcp-options.ts";
import type { Stretch } from "./tcp-segment.ts";

/** RFC 9293 section 3.8.6.3 allows up to 500 ms; Linux begins with 40. */
const DELAYED_ACK_NS = 40e6;

/** Largest value of the window field. */
const LARGEST_FIELD = 65_535;

/** A window: the field as it is sent, and what it means. */
export interface PromisedWindow {
  readonly field: number;
  readonly bytes: number;
}

/**
 * The receiving half of one end: puts segments in order, acknowledges, and promises the room there is. Places are those
 * of `TcpSegment`.
 */
export class TcpReceiver {
  /** What is waited for. */
  next = 0;
  /** Everything below has been read by the program. */
  read = 0;
  finAt: number | null = null;
  isFinReceived = false;
  readonly #manners: TcpManners;
  readonly #timeline: Timeline;
  readonly #acknowledge: () => void;
  readonly #onRead: () => void;
  readonly #delayed: Timer;
  #limitBytes: number;
  /** First place beyond what was promised. Never moves back. */
  #promised = 0;
  #unacknowledged = 0;
  readonly #early = new RangeSet();
  /** Places that came early, the latest first: blocks are told in that order (RFC 2018 section 4). */
  #latest: number[] = [];
  #duplicate: Stretch | null = null;
  #stalls: Stall[] = [];
  #stallBase = 0;
  readonly #stalled: Timer;

  /**
   * @param acknowledge sends an ACK at once
   * @param onRead the program has read on
   */
  constructor(manners: TcpManners, timeline: Timeline, acknowledge: () => void, onRead: () => void) {
    this.#manners = manners;
    this.#timeline = timeline;
    this.#acknowledge = acknowledge;
    this.#onRead = onRead;
    this.#limitBytes = manners.windowBytes;
    this.#delayed = new Timer(timeline, () => this.#acknowledge());
    this.#stalled = new Timer(timeline, () => this.#wake());
  }

  get isAckDelayed(): boolean {
    return this.#delayed.isSet;
  }

  /** The program stops reading at these places, counted from `base`. */
  stallAt(base: number, stalls: readonly Stall[]): void {
    this.#stallBase = base;
    this.#stalls = [...stalls].sort((a, b) => a.afterBytes - b.afterBytes);
    this.#readOn();
  }

  set limitBytes(bytes: number) {
    this.#limitBytes = bytes;
  }

  /** A segment with payload or FIN has come. `until` is behind its payload, the FIN not counted. */
  take(from: number, until: number, hasFin: boolean): void {
    if (hasFin) this.finAt = until;
    const last = until + (hasFin ? 1 : 0);
    if (last <= this.next) {
      // All of it is known: RFC 2883 section 4.
      if (until > from) this.#duplicate = { from, until };
      this.#acknowledge();
      return;
    }
    if (from > this.next) {
      if (until > from && this.#early.add(from, until) === 0) this.#duplicate = { from, until };
      this.#latest = [from, ...this.#latest.filter((each) => each !== from)];
      this.#acknowledge();
      return;
    }
    const hadHole = this.#early.ranges.length > 0;
    this.next = until;
    for (const range of this.#early.ranges) if (range.from <= this.next) this.next = Math.max(this.next, range.until);
    this.#early.dropBelow(this.next);
    this.#latest = this.#latest.filter((each) => each >= this.next);
    if (this.finAt === this.next) {
      this.isFinReceived = true;
      this.next++;
    }
    this.#unacknowledged++;
    const isDue = this.#unacknowledged >= 2 || hadHole || this.isFinReceived || !this.#manners.delayedAcks;
    // What the program does once it has read may carry the ACK with it.
    if (!isDue && !this.#delayed.isSet) this.#delayed.set(this.#timeline.nowNs + DELAYED_ACK_NS);
    if (isDue) this.#acknowledge();
    this.#readOn();
  }

  /** An ACK has gone, by itself or with data. */
  acknowledged(): void {
    this.#unacknowledged = 0;
    this.#delayed.clear();
    this.#duplicate = null;
  }

  /** SACK blocks for an ACK that is about to go. */
  blocks(): { readonly blocks: readonly Stretch[]; readonly isDsack: boolean } {
    if (!this.#manners.sack) return { blocks: [], isDsack: false };
    const ranges = this.#early.ranges;
    const inOrder = this.#latest.flatMap(
      (place) => ranges.find(({ from, until }) => from <= place && place < until) ?? [],
    );
    const all = [...(this.#duplicate === null ? [] : [this.#duplicate]), ...new Set(inOrder)];
    return { blocks: all.slice(0, mostBlocks(this.#manners)), isDsack: this.#duplicate !== null };
  }

  /** The window for a segment that is about to go; `scale` is 0 in a SYN. */
  promise(scale: number): PromisedWindow {
    const unit = 2 ** scale;
    const room = this.#limitBytes - (this.next - this.read);
    const reach = this.next + Math.max(0, room);
    // A little more is not worth telling (RFC 9293 section 3.8.6.2.2).
    if (reach - this.#promised >= Math.min(this.#manners.mssBytes, this.#limitBytes / 2)) this.#promised = reach;
    // Rounded up: what was promised once stays promised.
    const field = Math.min(LARGEST_FIELD, Math.ceil(Math.max(0, this.#promised - this.next) / unit));
    this.#promised = Math.max(this.#promised, this.next + field * unit);
    return { field, bytes: field * unit };
  }

  stop(): void {
    this.#delayed.clear();
    this.#stalled.clear();
    this.#stalls = [];
  }

  #readOn(): void {
    if (this.#stalled.isSet) return;
    const [stall] = this.#stalls;
    const stop = stall === undefined ? Number.POSITIVE_INFINITY : this.#stallBase + stall.afterBytes;
    const until = this.isFinReceived ? this.next - 1 : this.next;
    const before = this.read;
    this.read = Math.max(before, Math.min(until, stop));
    if (stall !== undefined && this.read >= stop) {
      this.#stalls.shift();
      this.#stalled.set(this.#timeline.nowNs + stall.forNs);
    }
    if (this.read > before || this.isFinReceived) this.#onRead();
  }

  #wake(): void {
    const wasLittle = this.#promised - this.next < this.#manners.mssBytes;
    this.#readOn();
    // The window was as good as closed: the sender must hear that it is open.
    if (wasLittle && this.#limitBytes - (this.next - this.read) >= this.#manners.mssBytes) this.#acknowledge();
  }
}
