import {
  CAPTURED_PAYLOAD,
  CLASSES,
  Dissector,
  FLAG_BAD_TIME,
  FLAG_COUNTED,
  FLAG_FRAGMENT,
  FLAG_OUTER,
  FLAG_SWITCH,
  FLAG_TRANSPORT,
  FLAGS,
  type FrameWalk,
  INTERFACE,
  IP_BYTES,
  IP_PACKET,
  isRestOfTunnel,
  KIND_CLOCK,
  KIND_END,
  KIND_SHIFT,
  KIND_STATISTICS,
  LENGTH,
  NANOS,
  PAYLOAD,
  PAYLOAD_BYTES,
  PROTOCOL_TOS_TTL,
  SECONDS,
  TunnelDissector,
} from "@trafmon/packet";
import type { FlowClassSettings } from "@trafmon/settings";
import { compileMatcher, type PacketMatcher } from "../classify/match-packet.ts";
import type { CaptureSource } from "./capture-source.ts";
import { CaptureStatistics } from "./capture-statistics.ts";
import type { CopyPlan } from "./copy-plan.ts";
import type { IntervalTally } from "./interval-tally.ts";
import { CompiledPayloadPlan, MAX_PAYLOAD_BYTES, type PayloadPlan } from "./payload-plan.ts";
import { RecentFrames } from "./recent-frames.ts";

/** What the capture stage does with frames. Plain values, so that it can be sent to another thread. */
export interface CapturePlan {
  /** Name of the probe. */
  readonly probe: string;
  /** The probe's interfaces, by number. */
  readonly interfaces: readonly string[];
  /** The flow classes, by number. */
  readonly classes: readonly Pick<FlowClassSettings, "header" | "match">[];
  /** Captured payload that the analyses of each class want. Shape: [classes]. */
  readonly payload: PayloadPlan;
  /**
   * Whether TCP segments that no class takes pass on too, without payload and with no bit in CLASSES: an analysis looks
   * among them for connections that were agreed upon in others.
   */
  readonly followsTcp: boolean;
  /** Where copies of frames are looked for; null: nowhere. */
  readonly copies: CopyPlan | null;
  /** Length of the intervals of the capture statistics. */
  readonly statisticsIntervalS: number;
}

const TCP = 6;

/** Words of a batch: small enough to stay in the processor's cache until the analysis has read it. */
const BATCH_WORDS = 32 * 1024;

/** Words of the largest packet record. */
const PACKET_WORDS = PAYLOAD + Math.ceil(MAX_PAYLOAD_BYTES / 4);

/**
 * The first stage of the probe: dissects frames, matches them against the flow classes and collects compact records
 * (packet-record.ts) in a batch. What is no IP packet, cannot be decoded or matches no class is only counted.
 *
 * The counts go out as records of their own between the packets (KIND_STATISTICS), in places that depend on nothing but
 * the frames, so that a replay gives the same records every time.
 */
export class CaptureStage {
  /** Records collected: words [0, used). */
  batch = new Int32Array(BATCH_WORDS + PACKET_WORDS);
  used = 0;
  #batchBytes = new Uint8Array(this.batch.buffer);
  readonly statistics: CaptureStatistics;
  #match!: PacketMatcher;
  #recentFrames: RecentFrames | null = null;
  /** That of the last frame: what waits in `#recentFrames` is all of it. */
  #tally: IntervalTally | null = null;
  #payload!: CompiledPayloadPlan;
  #followsTcp = false;
  readonly #dissector = new Dissector();
  /** Whether some class takes the packets in tunnels. */
  #looksInside = false;
  readonly #tunnels = new TunnelDissector();
  /** Record of the packet found inside the last one. */
  readonly #inner = new Int32Array(PAYLOAD);
  /** Highest instant of all frames so far. */
  #seconds = 0;
  #nanos = 0;
  #viewed: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#viewed.buffer);

  constructor(plan: CapturePlan) {
    this.#adopt(plan);
    this.statistics = new CaptureStatistics(plan.interfaces, plan.statisticsIntervalS, (payload) =>
      this.#putStatistics(payload),
    );
  }

  /** Takes frames until the batch is full (true) or the source has none in memory (false). */
  collect(source: CaptureSource): boolean {
    const match = this.#match;
    const recentFrames = this.#recentFrames;
    const payload = this.#payload;
    const followsTcp = this.#followsTcp;
    const looksInside = this.#looksInside;
    const dissector = this.#dissector;
    const walk = dissector.walk;
    const statistics = this.statistics;
    while (this.used < BATCH_WORDS) {
      if (!source.next()) {
        this.#settleCopies();
        return false;
      }
      const { bytes, capturedBytes, wireBytes, interfaceNumber, seconds } = source;
      // First of all, for it may write the statistics of an earlier interval into the batch.
      const tally = statistics.tallyOf(interfaceNumber, seconds);
      if (tally !== this.#tally) {
        this.#settleCopies();
        this.#tally = tally;
      }
      const at = this.used;
      const batch = this.batch;
      const verdict = dissector.dissect(bytes, source.offset, capturedBytes, wireBytes, source.linkType, batch, at);
      tally.packets++;
      tally.bytes += Math.max(capturedBytes, wireBytes);
      if (source.isBadTime) tally.badTime++;
      if (seconds > this.#seconds || (seconds === this.#seconds && source.nanos > this.#nanos)) {
        this.#seconds = seconds;
        this.#nanos = source.nanos;
      }
      if (verdict !== IP_PACKET) {
        tally.addOther(verdict);
        continue;
      }
      batch[at + INTERFACE] = interfaceNumber;
      batch[at + SECONDS] = seconds;
      batch[at + NANOS] = source.nanos;
      if (source.isBadTime) batch[at + FLAGS]! |= FLAG_BAD_TIME;
      tally.ipPackets++;
      tally.ipBytes += batch[at + IP_BYTES]! >>> 0;
      if (walk.malformed !== 0) tally.addMalformed(walk.malformed);
      const innerClasses = looksInside ? this.#lookInside(batch, at) : 0;
      const classes = match(batch, at);
      if ((classes | innerClasses) !== 0) tally.matched++;
      else tally.unmatched++;
      if (classes === 0 && (!followsTcp || !isWholeTcp(batch, at))) {
        if (innerClasses !== 0) this.#putInner(bytes, innerClasses, 0);
        continue;
      }
      batch[at + CLASSES] = classes;
      batch[at + CAPTURED_PAYLOAD] = 0;
      if (recentFrames?.take(batch, at, walk, this.#viewOf(bytes))) this.#settleCopies();
      if ((classes & payload.classes) !== 0) {
        const wanted = payload.bytesOf(batch, at, classes);
        if (wanted > 0) this.#copyPayload(walk, wanted, at);
      }
      this.used = at + batch[at + LENGTH]!;
      if (innerClasses !== 0) this.#putInner(bytes, innerClasses, FLAG_COUNTED);
    }
    this.#settleCopies();
    return true;
  }

  /** Has the frames that wait compared with earlier ones. None waits when `collect` returns, nor of an earlier tally. */
  #settleCopies(): void {
    if (this.#recentFrames !== null && this.#tally !== null) {
      this.#tally.forgottenFrames += this.#recentFrames.settle(this.batch);
    }
  }

  /**
   * Looks for a packet inside the one at `at` that some class takes, and keeps its record. Marks the one at `at` as the
   * outer one of two. Returns the classes.
   */
  #lookInside(batch: Int32Array, at: number): number {
    const inner = this.#inner;
    if (!this.#tunnels.dissect(this.#dissector.walk, batch, at, inner, 0)) {
      if (isRestOfTunnel(batch, at)) batch[at + FLAGS]! |= FLAG_OUTER;
      return 0;
    }
    batch[at + FLAGS]! |= FLAG_OUTER;
    inner[INTERFACE] = batch[at + INTERFACE]!;
    inner[SECONDS] = batch[at + SECONDS]!;
    inner[NANOS] = batch[at + NANOS]!;
    inner[FLAGS]! |= batch[at + FLAGS]! & FLAG_BAD_TIME;
    return this.#match(inner, 0);
  }

  /** Puts the record of the packet that was found inside behind the others. `mark`: FLAG_COUNTED or 0. */
  #putInner(bytes: Uint8Array, classes: number, mark: number): void {
    const at = this.used;
    // The usual room behind the last record is for one packet only.
    if (at + PACKET_WORDS > this.batch.length) this.#grow(at + PACKET_WORDS);
    const batch = this.batch;
    const { walk } = this.#tunnels;
    batch.set(this.#inner, at);
    batch[at + FLAGS]! |= mark;
    batch[at + CLASSES] = classes;
    batch[at + CAPTURED_PAYLOAD] = 0;
    if (this.#recentFrames?.take(batch, at, walk, this.#viewOf(bytes))) this.#settleCopies();
    const wanted = (classes & this.#payload.classes) !== 0 ? this.#payload.bytesOf(batch, at, classes) : 0;
    if (wanted > 0) this.#copyPayload(walk, wanted, at);
    this.used = at + batch[at + LENGTH]!;
  }

  /** Goes over to other flow classes; the records that follow are marked off from those before. */
  usePlan(plan: CapturePlan): void {
    const at = this.#putHeader(KIND_CLOCK, this.#seconds, this.#nanos, 0);
    this.batch[at + FLAGS]! |= FLAG_SWITCH;
    this.#adopt(plan);
  }

  /** Says that everything captured before this instant has been collected. */
  putClock(seconds: number, nanos: number): void {
    this.#putHeader(KIND_CLOCK, seconds, nanos, 0);
  }

  /** Writes all statistics and the last record. The batch needs a last look. */
  putEnd(): void {
    this.statistics.closeAll();
    this.#putHeader(KIND_END, this.#seconds, this.#nanos, 0);
  }

  /** A view of the same bytes; sources change their buffer rarely. */
  #viewOf(bytes: Uint8Array): DataView {
    if (bytes !== this.#viewed) {
      this.#viewed = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#view;
  }

  #adopt(plan: CapturePlan): void {
    this.#match = compileMatcher(plan.classes, plan, "maybe");
    this.#followsTcp = plan.followsTcp;
    this.#payload = new CompiledPayloadPlan(plan.payload);
    this.#looksInside = plan.classes.some(({ header }) => header === "inner");
    this.#recentFrames = plan.copies === null ? null : new RecentFrames(plan.copies);
  }

  /** Copies so much of the captured payload behind the record at `at`, and lengthens it. */
  #copyPayload({ bytes, payloadAt, networkEnd }: FrameWalk, wanted: number, at: number): void {
    const count = Math.min(wanted, this.batch[at + PAYLOAD_BYTES]! >>> 0, networkEnd - payloadAt, MAX_PAYLOAD_BYTES);
    if (count <= 0) return;
    this.#batchBytes.set(bytes.subarray(payloadAt, payloadAt + count), (at + PAYLOAD) * 4);
    this.batch[at + CAPTURED_PAYLOAD] = count;
    this.batch[at + LENGTH] = lengthWith(count);
  }

  #putStatistics(payload: string): void {
    const text = Buffer.from(payload);
    const at = this.#putHeader(KIND_STATISTICS, this.#seconds, this.#nanos, text.length);
    this.#batchBytes.set(text, (at + PAYLOAD) * 4);
  }

  /** Begins a record that is no packet, with room for so many bytes of payload. Returns where. */
  #putHeader(kind: number, seconds: number, nanos: number, payloadBytes: number): number {
    const at = this.used;
    const length = lengthWith(payloadBytes);
    // A packet is always to find room behind it: statistics of an earlier interval come just before one.
    if (at + length + PACKET_WORDS > this.batch.length) this.#grow(at + length + PACKET_WORDS);
    const batch = this.batch;
    batch[at + LENGTH] = length;
    batch[at + FLAGS] = kind << KIND_SHIFT;
    batch[at + INTERFACE] = 0;
    batch[at + SECONDS] = seconds;
    batch[at + NANOS] = nanos;
    batch[at + CAPTURED_PAYLOAD] = payloadBytes;
    this.used = at + length;
    return at;
  }

  /** Many interfaces closing many intervals at once can be more than the usual room. */
  #grow(words: number): void {
    const larger = new Int32Array(words * 2);
    larger.set(this.batch.subarray(0, this.used));
    this.batch = larger;
    this.#batchBytes = new Uint8Array(larger.buffer);
  }
}

/** Words of a record with so many bytes of payload; even (packet-record.ts). */
function lengthWith(payloadBytes: number): number {
  return PAYLOAD + (((payloadBytes + 7) >> 3) << 1);
}

/** Whether the record at `at` is of a TCP segment with its header, and no fragment. */
function isWholeTcp(words: Int32Array, at: number): boolean {
  return (
    (words[at + PROTOCOL_TOS_TTL]! & 0xff) === TCP &&
    (words[at + FLAGS]! & (FLAG_TRANSPORT | FLAG_FRAGMENT)) === FLAG_TRANSPORT
  );
}
