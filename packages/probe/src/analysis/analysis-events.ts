import { type ObservationSink, observationTypes, type RecordWriter } from "@trafmon/observation";
import type { WatchedCount } from "../measure/watched-count.ts";

/** The same happening is told at most once in so many seconds of the source clock, with all that came together. */
const TELL_EVERY_S = 60;

/** Raises an event when a count of trouble grows, with how much it grew. */
export class AnalysisEvents {
  readonly #writer: RecordWriter<typeof observationTypes.event>;
  readonly #watched: readonly { readonly watched: WatchedCount; told: { readonly [name: string]: number } }[];
  #nextS = 0;

  constructor(sink: ObservationSink, watched: readonly WatchedCount[]) {
    this.#writer = sink.writerOf(observationTypes.event);
    this.#watched = watched.map((each) => ({ watched: each, told: each.counts() }));
  }

  /** Tells what has grown, unless the last telling was a short time ago. */
  tell(clockS: number, clockNanos: number): void {
    if (clockS < this.#nextS) return;
    if (this.#tellNow(clockS, clockNanos)) this.#nextS = clockS + TELL_EVERY_S;
  }

  /** Tells what has grown and was not told yet. */
  tellRest(clockS: number, clockNanos: number): void {
    this.#tellNow(clockS, clockNanos);
  }

  #tellNow(clockS: number, clockNanos: number): boolean {
    let isTold = false;
    for (const each of this.#watched) {
      const { code, text, counts, severity = "warning" } = each.watched;
      const now = counts();
      const grown = Object.entries(now).flatMap(([name, count]) => {
        const more = count - (each.told[name] ?? 0);
        return more > 0 ? [[name, more] as const] : [];
      });
      if (grown.length === 0) continue;
      each.told = { ...now };
      isTold = true;
      this.#writer.write({
        at_s: Math.max(0, clockS),
        at_nanos: clockNanos,
        origin: "analysis",
        severity,
        code,
        text,
        parameters: JSON.stringify(Object.fromEntries(grown)),
      });
    }
    return isTold;
  }
}
