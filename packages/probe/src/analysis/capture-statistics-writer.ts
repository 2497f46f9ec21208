import { type ObservationSink, observationTypes, type RecordWriter } from "@trafmon/observation";
import { INTERFACE } from "@trafmon/packet";
import { type CaptureStatisticsRecord, readStatistics } from "../capture/capture-statistics.ts";
import type { WatchedInterface } from "../classify/flow-announcer.ts";
import { DATAGRAM_LIFE_S } from "../reassemble/ip-fragments.ts";
import type { DuplicateShares } from "./duplicate-shares.ts";

/** Statistics that wait for fragments; beyond, the oldest are written. */
const MOST_WAITING = 64;

export interface CaptureStatisticsParts {
  readonly sink: ObservationSink;
  readonly interfaces: readonly WatchedInterface[];
  readonly shares: DuplicateShares;
  readonly holdsFragments: () => boolean;
}

/**
 * Writes the capture statistics that come between the packets, with what only the analysis knows: directions, copies of
 * frames, and fragments the capture stage passed on because a class might take them, and none did once their ports were known. So the statistics
 * wait while the analysis holds fragments that came before them.
 */
export class CaptureStatisticsWriter {
  readonly #writer: RecordWriter<typeof observationTypes.capst>;
  readonly #events: RecordWriter<typeof observationTypes.event>;
  /** Packets of an interface that no class took after all, not yet taken off its `matched`. */
  readonly #unmatched = new Map<string, number>();
  /** Oldest first; `dueS`: second of the source clock at which no fragment from before is held any more. */
  readonly #waiting: { readonly record: CaptureStatisticsRecord; readonly dueS: number }[] = [];
  readonly #interfaces: readonly WatchedInterface[];
  readonly #shares: DuplicateShares;
  readonly #holdsFragments: () => boolean;

  constructor(parts: CaptureStatisticsParts) {
    this.#writer = parts.sink.writerOf(observationTypes.capst);
    this.#events = parts.sink.writerOf(observationTypes.event);
    this.#interfaces = parts.interfaces;
    this.#shares = parts.shares;
    this.#holdsFragments = parts.holdsFragments;
  }

  /** The packet at `at` was passed on, and no class takes it. */
  countUnmatched(words: Int32Array, at: number): void {
    const name = this.#interfaces[words[at + INTERFACE]!]?.name ?? "";
    this.#unmatched.set(name, (this.#unmatched.get(name) ?? 0) + 1);
  }

  /** Takes the statistics in the record at `at`. */
  take(words: Int32Array, at: number, clockS: number): void {
    this.#waiting.push({ record: readStatistics(words, at), dueS: clockS + DATAGRAM_LIFE_S + 1 });
    if (this.#waiting.length > MOST_WAITING) this.#writeFirst();
    this.writeSettled(clockS);
  }

  /** Writes what need not wait any longer. */
  writeSettled(clockS: number): void {
    while (this.#waiting.length > 0 && (this.#waiting[0]!.dueS <= clockS || !this.#holdsFragments())) {
      this.#writeFirst();
    }
  }

  writeAll(): void {
    while (this.#waiting.length > 0) this.#writeFirst();
  }

  #writeFirst(): void {
    this.#write(this.#waiting.shift()!.record);
  }

  #write(record: CaptureStatisticsRecord): void {
    const waiting = this.#unmatched.get(record.interface) ?? 0;
    // The packets may be of an earlier interval than this one; what is more than it has waits for the next.
    const moved = Math.min(waiting, record.matched);
    record.matched -= moved;
    record.unmatched += moved;
    if (waiting > 0) this.#unmatched.set(record.interface, waiting - moved);
    const directed = this.#shares.take(record.interface, record.interval_start_s);
    if (directed !== null) {
      [record.fwd_packets, record.rev_packets] = directed.packets;
      [record.fwd_duplicate_packets, record.rev_duplicate_packets] = directed.duplicatePackets;
      [record.fwd_duplicate_bytes, record.rev_duplicate_bytes] = directed.duplicateBytes;
    }
    this.#writer.write(record);
    if (record.kernel_dropped + record.card_dropped + record.queue_dropped > 0) this.#tellDrops(record);
  }

  /** What was dropped is in no count of traffic: whoever reads the counts is to know. */
  #tellDrops({ interface: origin, interval_start_s, interval_s, packets, ...record }: CaptureStatisticsRecord): void {
    this.#events.write({
      at_s: interval_start_s + interval_s,
      at_nanos: 0,
      origin,
      severity: "warning",
      code: "packets_dropped",
      text: "packets were dropped before they could be measured",
      parameters: JSON.stringify({
        kernel: record.kernel_dropped,
        card: record.card_dropped,
        queue: record.queue_dropped,
        captured: packets,
      }),
    });
  }
}
