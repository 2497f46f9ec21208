import type { Clock } from "./clock.ts";

export interface ProgressOptions {
  /** What is being done, e.g. `reading http.pcap`. */
  readonly label: string;
  /** How much there is to do; null: unknown. */
  readonly total: number | null;
  /** What is counted, e.g. `packets`; `bytes` are shown with binary prefixes. */
  readonly unit: string;
  readonly clock: Clock;
  /** Default: stderr. */
  readonly stream?: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };
}

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 5_000;
const BAR_CELLS = 24;

/** Shows how far long work has come: a bar on a terminal, a plain line every few seconds elsewhere. */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #stream: NonNullable<ProgressOptions["stream"]>;
  readonly #startMs: number;
  #shownMs = Number.NEGATIVE_INFINITY;
  #done = 0;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#stream = options.stream ?? process.stderr;
    this.#startMs = options.clock.monotonicMs();
    if (!this.#stream.isTTY) this.#shownMs = this.#startMs;
  }

  /** `done`: how much in all. Cheap enough for every batch. */
  update(done: number): void {
    this.#done = done;
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#shownMs < (this.#stream.isTTY ? REDRAW_MS : PLAIN_LINE_MS)) return;
    this.#shownMs = nowMs;
    this.#show(nowMs, false);
  }

  /** Shows the last state and ends the line. */
  finish(done = this.#done): void {
    this.#done = done;
    this.#show(this.#options.clock.monotonicMs(), true);
  }

  #show(nowMs: number, last: boolean): void {
    const { label, total, unit } = this.#options;
    const seconds = Math.max(0.001, (nowMs - this.#startMs) / 1000);
    const rate = `${amount(this.#done / seconds, unit)}/s`;
    const share = total === null || total === 0 ? null : Math.min(1, this.#done / total);
    const of = share === null ? "" : ` of ${amount(total ?? 0, unit)}`;
    const percent = share === null ? "" : ` ${Math.floor(share * 100)}%`;
    const text = `${amount(this.#done, unit)}${of} ${unit === "bytes" ? "" : `${unit} `}${rate}`;
    if (!this.#stream.isTTY) {
      this.#stream.write(`${label}:${percent} ${text}${last ? `, done in ${seconds.toFixed(1)} s` : ""}\n`);
      return;
    }
    const bar = share === null ? "" : ` [${"#".repeat(Math.round(share * BAR_CELLS)).padEnd(BAR_CELLS, ".")}]`;
    const line = `${label}${bar}${percent} ${text}`.slice(0, Math.max(20, (this.#stream.columns ?? 80) - 1));
    this.#stream.write(`\r\u001b[K${line}${last ? "\n" : ""}`);
  }
}

const SCALES: readonly [size: number, letter: string][] = [
  [3, "G"],
  [2, "M"],
  [1, "k"],
];

/** A short form of a number: `12.3M`, for bytes `12.3 MiB`. */
function amount(value: number, unit: string): string {
  const step = unit === "bytes" ? 1024 : 1000;
  for (const [power, letter] of SCALES) {
    if (value < step ** power) continue;
    const scaled = (value / step ** power).toFixed(1);
    return unit === "bytes" ? `${scaled} ${letter === "k" ? "K" : letter}iB` : `${scaled}${letter}`;
  }
  return unit === "bytes" ? `${Math.round(value)} B` : String(Math.round(value));
}
