import type { ObjectiveFigures } from "../../ask/objectives/objective-figures.ts";
import { type HourState, judge, type Verdict } from "./judge.ts";
import { placeWords, promiseWords } from "./objective-words.ts";

/** What became of an objective, for programs that read what a run of the report says. Integers are decimal text. */
export interface ObjectiveOutcome {
  readonly class: string;
  readonly objective: string;
  readonly place: string;
  readonly promised: string;
  readonly metric: string;
  /** Nanoseconds, or millionths of a metric that is a share. */
  readonly target: string;
  readonly verdict: Verdict;
  readonly hours: Readonly<Record<HourState | "all", number>>;
  readonly samples: string;
  /** Over all measured hours together; null: without a sample. */
  readonly measured:
    | { readonly lowNs: string; readonly highNs: string }
    | { readonly part: string; readonly whole: string }
    | null;
}

export function objectiveOutcomes({ promises }: ObjectiveFigures): ObjectiveOutcome[] {
  return promises.map(judge).map(({ promised, verdict, counts, hours, measured, samples }) => ({
    class: promised.className,
    objective: promised.name,
    place: placeWords(promised),
    promised: promiseWords(promised).replaceAll("\u00a0", " "),
    metric: promised.metric,
    target: String(promised.target),
    verdict,
    hours: {
      all: hours.length,
      within: Number(counts.within),
      beyond: Number(counts.beyond),
      unclear: Number(counts.unclear),
      few: Number(counts.few),
      unmeasured: Number(counts.unmeasured),
    },
    samples: String(samples),
    measured:
      measured === null
        ? null
        : measured.kind === "duration"
          ? { lowNs: String(measured.lowNs), highNs: String(measured.highNs) }
          : { part: String(measured.part), whole: String(measured.whole) },
  }));
}
