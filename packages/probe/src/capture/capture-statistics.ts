import type { observationTypes, RecordOf } from "@trafmon/observation";
import {
  CAPTURED_PAYLOAD,
  CLASSES,
  FLAG_INNER,
  FLAGS,
  FRAME_BYTES,
  INTERFACE,
  IP_BYTES,
  PAYLOAD,
  SECONDS,
} from "@trafmon/packet";
import type { InterfaceDrops } from "./capture-source.ts";
import { IntervalTally } from "./interval-tally.ts";

export type CaptureStatisticsRecord = RecordOf<typeof observationTypes.capst>;

/** Counts that only the analysis knows. */
type Directed = Extract<keyof CaptureStatisticsRecord, `fwd_${string}` | `rev_${string}`>;

/**
 * The payload of a KIND_STATISTICS record: a `capst` record as JSON, with its tallies as objects from name to count. What
 * it says is a delta: any number may come for one interface and interval.
 */
type Payload = Omit<CaptureStatisticsRecord, "ethertypes" | "undecodable_reasons" | "malformed_reasons" | Directed> & {
  readonly ethertypes: Record<string, number>;
  readonly undecodable_reasons: Record<string, number>;
  readonly malformed_reasons: Record<string, number>;
};

/** The system clock against its reference; null when nothing disciplines it, or in replay. */
export interface ClockState {
  readonly offsetNs: number;
  readonly errorNs: number;
}

/** Frames of an interface since the start, and how many never reached the analysis. */
export interface InterfaceTotals {
  packets: number;
  bytes: number;
  kernelDropped: number;
  cardDropped: number;
  queueDropped: number;
}

/** Length of the intervals of capture statistics. */
export const STATISTICS_INTERVAL_S = 60;

/** Intervals of an interface kept open at once: frames of parallel queues come a little out of order. */
const OPEN_INTERVALS = 3;

/**
 * Counts per interface and interval what was captured and where it went. A tally is closed, and handed to `close`, when
 * a newer one needs its place, or when the clock says that its time is over.
 */
export class CaptureStatistics {
  /** Names of the probe's interfaces, by number. */
  readonly #interfaces: readonly string[];
  readonly #intervalS: number;
  readonly #close: (payload: string, startS: number) => void;
  /** Open tallies of each interface, the last used first. */
  readonly #open: IntervalTally[][];
  /** Of the tallies closed so far, by interface. */
  readonly #closed: InterfaceTotals[];
  #clock: ClockState | null = null;

  constructor(interfaces: readonly string[], intervalS: number, close: (payload: string, startS: number) => void) {
    this.#interfaces = interfaces;
    this.#intervalS = intervalS;
    this.#close = close;
    this.#open = interfaces.map(() => []);
    this.#closed = interfaces.map(() => noTotals());
  }

  /** The tally of an interface for the interval that holds this second. */
  tallyOf(interfaceNumber: number, seconds: number): IntervalTally {
    const open = this.#open[interfaceNumber]!;
    const first = open[0];
    if (first !== undefined && seconds >= first.startS && seconds < first.startS + this.#intervalS) return first;
    const startS = seconds - (seconds % this.#intervalS);
    const at = open.findIndex((tally) => tally.startS === startS);
    const tally = at < 0 ? new IntervalTally(startS) : open.splice(at, 1)[0]!;
    open.unshift(tally);
    if (open.length > OPEN_INTERVALS) this.#write(interfaceNumber, open.pop()!);
    return tally;
  }

  /** What was lost before the source could give it, up to this second of the system clock. */
  addDrops(drops: readonly InterfaceDrops[], nowS: number): void {
    for (const { interfaceNumber, kernel, card, queue } of drops) {
      if (kernel === 0 && card === 0 && queue === 0) continue;
      const tally = this.tallyOf(interfaceNumber, nowS);
      tally.kernelDropped += kernel;
      tally.cardDropped += card;
      tally.queueDropped += queue;
    }
  }

  /**
   * A packet that found no room in the queue: it counts as dropped, and no longer as captured. If its interval
   * has been written meanwhile it stays in both, for counts are never negative.
   */
  moveToQueueDropped(words: Int32Array, at: number): void {
    const tally = this.tallyOf(words[at + INTERFACE]!, words[at + SECONDS]! >>> 0);
    tally.queueDropped++;
    // Of a packet in a tunnel the frame stays captured, whatever became of the packet around it.
    if ((words[at + FLAGS]! & FLAG_INNER) !== 0) return;
    const isMatched = words[at + CLASSES] !== 0;
    if ((isMatched ? tally.matched : tally.unmatched) === 0) return;
    tally.packets--;
    tally.bytes -= words[at + FRAME_BYTES]! >>> 0;
    tally.ipPackets--;
    tally.ipBytes -= words[at + IP_BYTES]! >>> 0;
    if (isMatched) tally.matched--;
    else tally.unmatched--;
  }

  setClock(clock: ClockState | null): void {
    this.#clock = clock;
  }

  /** What each interface has given and lost so far. */
  totals(): InterfaceTotals[] {
    return this.#closed.map((closed, interfaceNumber) => {
      const totals = { ...closed };
      for (const tally of this.#open[interfaceNumber]!) addTally(totals, tally);
      return totals;
    });
  }

  /** Closes the intervals that ended before this second. */
  closeBefore(seconds: number): void {
    this.#open.forEach((open, interfaceNumber) => {
      for (const tally of open.filter(({ startS }) => startS + this.#intervalS < seconds)) {
        open.splice(open.indexOf(tally), 1);
        this.#write(interfaceNumber, tally);
      }
    });
  }

  /** Closes all, the oldest first. */
  closeAll(): void {
    this.#open.forEach((open, interfaceNumber) => {
      for (const tally of open.splice(0).sort((a, b) => a.startS - b.startS)) this.#write(interfaceNumber, tally);
    });
  }

  #write(interfaceNumber: number, tally: IntervalTally): void {
    addTally(this.#closed[interfaceNumber]!, tally);
    const payload: Payload = {
      interface: this.#interfaces[interfaceNumber]!,
      interval_start_s: tally.startS,
      interval_s: this.#intervalS,
      packets: tally.packets,
      bytes: tally.bytes,
      ip_packets: tally.ipPackets,
      ip_bytes: tally.ipBytes,
      matched: tally.matched,
      unmatched: tally.unmatched,
      non_ip: tally.nonIp,
      ethertypes: tally.ethertypes(),
      undecodable: tally.undecodable,
      undecodable_reasons: tally.undecodableReasons(),
      malformed_reasons: tally.malformedReasons(),
      kernel_dropped: tally.kernelDropped,
      card_dropped: tally.cardDropped,
      queue_dropped: tally.queueDropped,
      bad_time: tally.badTime,
      forgotten_frames: tally.forgottenFrames,
      clock_offset_ns: this.#clock?.offsetNs ?? null,
      clock_error_ns: this.#clock?.errorNs ?? null,
    };
    this.#close(JSON.stringify(payload), tally.startS);
  }
}

function noTotals(): InterfaceTotals {
  return { packets: 0, bytes: 0, kernelDropped: 0, cardDropped: 0, queueDropped: 0 };
}

function addTally(totals: InterfaceTotals, tally: IntervalTally): void {
  totals.packets += tally.packets;
  totals.bytes += tally.bytes;
  totals.kernelDropped += tally.kernelDropped;
  totals.cardDropped += tally.cardDropped;
  totals.queueDropped += tally.queueDropped;
}

/** The `capst` record in the KIND_STATISTICS record at `at`, without what the analysis adds to it. */
export function readStatistics(words: Int32Array, at: number): CaptureStatisticsRecord {
  const bytes = new Uint8Array(words.buffer, words.byteOffset + (at + PAYLOAD) * 4, words[at + CAPTURED_PAYLOAD]!);
  // A copy: text is not decoded out of shared memory.
  const payload = JSON.parse(Buffer.from(Uint8Array.from(bytes)).toString("utf8")) as Payload;
  return {
    ...payload,
    fwd_packets: 0,
    rev_packets: 0,
    fwd_duplicate_packets: 0,
    rev_duplicate_packets: 0,
    fwd_duplicate_bytes: 0,
    rev_duplicate_bytes: 0,
    ethertypes: new Map(Object.entries(payload.ethertypes)),
    undecodable_reasons: new Map(Object.entries(payload.undecodable_reasons)),
    malformed_reasons: new Map(Object.entries(payload.malformed_reasons)),
  };
}
