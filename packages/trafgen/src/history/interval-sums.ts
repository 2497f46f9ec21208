import { blankRecord, type ObservationType, type RecordOf } from "@trafmon/observation";
import type { HistoryLogs } from "./history-logs.ts";

/** Records of one counter type by flow instance and interval, added up until they are written. */
export class IntervalSums<T extends ObservationType> {
  readonly #type: T;
  readonly #intervalS: number;
  readonly #records = new Map<string, RecordOf<T>>();

  constructor(type: T, intervalS: number) {
    this.#type = type;
    this.#intervalS = intervalS;
  }

  /** The record of a flow and an interval, to add to. `further`: what else tells records apart, such as a slice. */
  of(flowId: number, intervalStartS: number, further: Partial<RecordOf<T>> = {}): RecordOf<T> {
    const key = `${flowId} ${intervalStartS} ${Object.values(further).join(" ")}`;
    let record = this.#records.get(key);
    if (record === undefined) {
      const place = { flow_id: flowId, interval_start_s: intervalStartS, interval_s: this.#intervalS };
      record = { ...(blankRecord(this.#type) as object), ...place, ...further } as RecordOf<T>;
      this.#records.set(key, record);
    }
    return record;
  }

  /** Writes them all; what is counted later for the same interval makes a further record, as with a probe. */
  write(logs: HistoryLogs): void {
    for (const record of this.#records.values()) logs.write(this.#type, record);
    this.#records.clear();
  }
}

/** A histogram while it grows: count by bucket. Written as pairs, buckets rising. */
export function addToPairs(pairs: readonly number[], bucket: number, count: number): number[] {
  const grown = [...pairs];
  for (let at = 0; ; at += 2) {
    if (grown[at] === bucket) {
      grown[at + 1]! += count;
      return grown;
    }
    if (at >= grown.length || grown[at]! > bucket) {
      grown.splice(at, 0, bucket, count);
      return grown;
    }
  }
}
