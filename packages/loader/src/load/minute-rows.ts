import { spreadOverMinutes } from "./spread-over-minutes.ts";

const CHUNK_BYTES = 256 * 1024;
const MINUTES_PER_DAY = 1440;

/** What a flow carried, and over which time. */
interface Flow {
  readonly prefix: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly packets: bigint;
  readonly bytes: bigint;
}

/**
 * Rows of the minutes of flows. A flow of hours has hundreds of them, so they are made only while the server takes them:
 * what is held is bounded by the flows, whatever they last.
 */
export class MinuteRows {
  readonly #flows: Flow[] = [];
  readonly #days: Set<number>;
  #count = 0;

  /** `days`: is told the days of the rows as they are made, since the epoch. */
  constructor(days: Set<number>) {
    this.#days = days;
  }

  /** `prefix`: the fields before the minute, each with its tab, in ASCII. `firstMs` <= `lastMs`: since the epoch. */
  add(prefix: string, firstMs: number, lastMs: number, packets: bigint, bytes: bigint): void {
    if (packets > 0n || bytes > 0n) this.#flows.push({ prefix, firstMs, lastMs, packets, bytes });
  }

  /** How many rows `chunks` has made. */
  get count(): number {
    return this.#count;
  }

  get isEmpty(): boolean {
    return this.#flows.length === 0;
  }

  /** Makes the rows, once. */
  *chunks(): Generator<Buffer> {
    let text = "";
    for (const { prefix, firstMs, lastMs, packets, bytes } of this.#flows) {
      const packetsOf = new Map(spreadOverMinutes(packets, firstMs, lastMs).map((each) => [each.minute, each.amount]));
      const bytesOf = new Map(spreadOverMinutes(bytes, firstMs, lastMs).map((each) => [each.minute, each.amount]));
      for (const minute of new Set([...packetsOf.keys(), ...bytesOf.keys()])) {
        text += `${prefix}${minute}\t${packetsOf.get(minute) ?? 0n}\t${bytesOf.get(minute) ?? 0n}\n`;
        this.#count++;
        this.#days.add(Math.floor(minute / MINUTES_PER_DAY));
        if (text.length < CHUNK_BYTES) continue;
        yield Buffer.from(text, "latin1");
        text = "";
      }
    }
    if (text !== "") yield Buffer.from(text, "latin1");
  }
}
