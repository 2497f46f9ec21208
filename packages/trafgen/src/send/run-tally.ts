import { FATE } from "../ledger/packet-kind.ts";
import type { FrameBatch } from "./frame-batch.ts";

/** What was asked of one stream, and what became of it. Times are nanoseconds after the start of the run. */
export interface StreamTally {
  /** Frames that were due, withheld ones left out. */
  readonly due: number;
  readonly sent: number;
  readonly withheld: number;
  readonly refused: number;
  readonly cancelled: number;
  readonly ipBytes: number;
  readonly firstNs: number;
  readonly lastNs: number;
  /** Between the first and the last frame; 0 for fewer than two. */
  readonly requestedPerS: number;
  readonly achievedPerS: number;
}

/** Counts by stream what became of the frames of a run. */
export class RunTally {
  readonly #streams: StreamCount[];

  constructor(streams: number) {
    this.#streams = Array.from({ length: streams }, () => new StreamCount());
  }

  /** A batch that has been sent. */
  add(batch: FrameBatch): void {
    for (let i = 0; i < batch.count; i++) {
      const stream = this.#streams[batch.streams[i]! - 1]!;
      stream.add(batch.fates[i]!, batch.dueNs[i]!, batch.sentNs[i]!, batch.ipBytes[i]!);
    }
  }

  /** One packet, sent or withheld; as it was due unless told. */
  count(stream: number, fate: number, dueNs: number, ipBytes: number, sentNs = dueNs): void {
    this.#streams[stream - 1]!.add(fate, dueNs, sentNs, ipBytes);
  }

  /** By number of the stream - 1. */
  get streams(): readonly StreamTally[] {
    return this.#streams.map((each) => each.tally);
  }
}

class StreamCount {
  readonly #fates = new Float64Array(4);
  #ipBytes = 0;
  #due = 0;
  #firstDueNs = 0;
  #lastDueNs = 0;
  #firstSentNs = 0;
  #lastSentNs = 0;

  add(fate: number, dueNs: number, sentNs: number, ipBytes: number): void {
    this.#fates[fate]!++;
    if (fate === FATE.WITHHELD || fate === FATE.CANCELLED) return;
    if (this.#due++ === 0) this.#firstDueNs = dueNs;
    this.#lastDueNs = dueNs;
    if (fate !== FATE.SENT) return;
    if (this.#fates[FATE.SENT] === 1) this.#firstSentNs = sentNs;
    this.#lastSentNs = sentNs;
    this.#ipBytes += ipBytes;
  }

  get tally(): StreamTally {
    const sent = this.#fates[FATE.SENT]!;
    return {
      due: this.#due,
      sent,
      withheld: this.#fates[FATE.WITHHELD]!,
      refused: this.#fates[FATE.REFUSED]!,
      cancelled: this.#fates[FATE.CANCELLED]!,
      ipBytes: this.#ipBytes,
      firstNs: this.#firstSentNs,
      lastNs: this.#lastSentNs,
      requestedPerS: rate(this.#due, this.#lastDueNs - this.#firstDueNs),
      achievedPerS: rate(sent, this.#lastSentNs - this.#firstSentNs),
    };
  }
}

function rate(frames: number, spanNs: number): number {
  return frames < 2 || spanNs <= 0 ? 0 : ((frames - 1) * 1e9) / spanNs;
}
