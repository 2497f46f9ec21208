import type { CaptureStatistics } from "./capture-statistics.ts";

/** What an interface has given and lost since the start of the probe. */
export interface InterfaceFigures {
  readonly packets: number;
  readonly bytes: number;
  readonly kernelDropped: number;
  readonly cardDropped: number;
  readonly queueDropped: number;
  /** System clock, milliseconds since the epoch, when packets were seen last, to the second; null: none yet. */
  readonly lastPacketMs: number | null;
}

/** Looks once a second at what the interfaces have given, for whoever asks how the probe is. */
export class LiveFigures {
  readonly #statistics: CaptureStatistics;
  readonly #onFigures: (figures: readonly InterfaceFigures[]) => void;
  #last: readonly InterfaceFigures[] = [];

  constructor(statistics: CaptureStatistics, onFigures: (figures: readonly InterfaceFigures[]) => void) {
    this.#statistics = statistics;
    this.#onFigures = onFigures;
  }

  look(nowMs: number): void {
    this.#last = this.#statistics.totals().map((totals, interfaceNumber) => {
      const last = this.#last[interfaceNumber];
      const isNew = totals.packets > (last?.packets ?? 0);
      return { ...totals, lastPacketMs: isNew ? nowMs : (last?.lastPacketMs ?? null) };
    });
    this.#onFigures(this.#last);
  }
}
