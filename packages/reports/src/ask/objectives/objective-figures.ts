import type { Period } from "../../period.ts";
import type { Database } from "../volume-question.ts";
import { askHourFigures, type Hours, subjectOf } from "./hour-figures.ts";
import { askHourWatches, type HourWatch } from "./hour-watch.ts";
import { askPromises, type Promised } from "./promises.ts";

/** What was promised in a period, and what was measured of it. */
export interface ObjectiveFigures {
  readonly period: Period;
  readonly promises: readonly PromiseFigures[];
}

export interface PromiseFigures {
  readonly promised: Promised;
  readonly figures: Hours;
  readonly watches: ReadonlyMap<string, HourWatch>;
}

/** How many questions `askObjectiveFigures` asks, as the progress line counts them. */
export const OBJECTIVE_QUESTIONS = 3;

/** `step` is told before each question. */
export async function askObjectiveFigures(
  database: Database,
  period: Period,
  nowMs: number,
  step: (name: string) => void,
): Promise<ObjectiveFigures> {
  step("objectives");
  const promises = await askPromises(database, period, nowMs);
  if (promises.length === 0) return { period, promises: [] };
  step("hours of objectives");
  const figures = await askHourFigures(database, period, promises);
  step("completeness of hours");
  const watchesOf = await askHourWatches(database, period, promises);
  return {
    period,
    promises: promises.map((promised) => ({
      promised,
      figures: figures.get(subjectOf(promised))!,
      watches: watchesOf(promised),
    })),
  };
}
