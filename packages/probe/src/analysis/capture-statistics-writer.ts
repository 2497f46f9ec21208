import { type ObservationSink, observationTypes, type RecordWriter } from "@trafmon/observation";
import { INTERFACE } from "@trafmon/packet";
import { readStatistics } from "../capture/capture-statistics.ts";
import type { WatchedInterface } from "../classify/flow-announcer.ts";

/**
 * Writes the capture statistics that come between the packets, corrected by what only the analysis knows: fragments the
 * capture stage passed on because a class might take them, and none did once their ports were known.
 */
export class CaptureStatisticsWriter {
  readonly #writer: RecordWriter<typeof observationTypes.capst>;
  /** Packets of an interface that no class took after all, not yet taken off its `matched`. */
  readonly #unmatched = new Map<string, number>();
  readonly #interfaces: readonly WatchedInterface[];

  constructor(sink: ObservationSink, interfaces: readonly WatchedInterface[]) {
    this.#writer = sink.writerOf(observationTypes.capst);
    this.#interfaces = interfaces;
  }

  /** The packet at `at` was passed on, and no class takes it. */
  countUnmatched(words: Int32Array, at: number): void {
    const name = this.#interfaces[words[at + INTERFACE]!]?.name ?? "";
    this.#unmatched.set(name, (this.#unmatched.get(name) ?? 0) + 1);
  }

  /** Writes the statistics in the record at `at`. */
  write(words: Int32Array, at: number): void {
    const record = readStatistics(words, at);
    const waiting = this.#unmatched.get(record.interface) ?? 0;
    // The packets may be of an earlier interval than this one; what is more than it has waits for the next.
    const moved = Math.min(waiting, record.matched);
    record.matched -= moved;
    record.unmatched += moved;
    if (waiting > 0) this.#unmatched.set(record.interface, waiting - moved);
    this.#writer.write(record);
  }
}
