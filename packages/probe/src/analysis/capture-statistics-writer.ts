import { type ObservationSink, observationTypes, type RecordWriter } from "@trafmon/observation";
import { INTERFACE } from "@trafmon/packet";
import { type CaptureStatisticsRecord, readStatistics } from "../capture/capture-statistics.ts";
import type { WatchedInterface } from "../classify/flow-announcer.ts";
import { DATAGRAM_LIFE_S } from "../reassemble/ip-fragments.ts";

/** Statistics that wait for fragments; beyond, the oldest are written. */
const MOST_WAITING = 64;

/**
 * Writes the capture statistics that come between the packets, corrected by what only the analysis knows: fragments the
 * capture stage passed on because a class might take them, and none did once their ports were known. So the statistics
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
  readonly #holdsFragments: () => boolean;

  constructor(sink: ObservationSink, interfaces: readonly WatchedInterface[], holdsFragments: () => boolean) {
    this.#writer = sink.writerOf(observationTypes.capst);
    this.#events = sink.writerOf(observationTypes.event);
    this.#interfaces = interfaces;
    this.#holdsFragments = holdsFragments;
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
