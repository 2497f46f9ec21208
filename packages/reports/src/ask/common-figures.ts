import { type Period, periodBefore } from "../period.ts";
import { gridOf, type TimeGrid } from "../time-grid.ts";
import { askCoverage, type Coverage } from "./coverage.ts";
import { askExtent, askProbes, type ProbeTraffic } from "./probes.ts";
import { askDays, askHours } from "./traffic.ts";
import { askUnlabelled } from "./unlabelled.ts";
import type { Database, VolumeQuestion } from "./volume-question.ts";

/** What every volume report needs: its title block, its time axis, and why it is empty when it is. */
export interface CommonFigures {
  readonly question: VolumeQuestion;
  readonly before: Period;
  readonly grid: TimeGrid;
  /** Keys of the stretches in which a probe was live or that have volume. */
  readonly measured: ReadonlySet<string>;
  /** Volume of each UTC hour that has any. */
  readonly hours: ReadonlyMap<string, bigint>;
  readonly days: ReadonlyMap<string, { bytes: bigint; packets: bigint }>;
  readonly coverage: Coverage;
  /** All probes with volume in the period, asked for or not. */
  readonly probes: readonly ProbeTraffic[];
  /** Local addresses that count as Internet because nobody has labelled them. */
  readonly unlabelled: number;
  /** First and last day of all volumes there are. */
  readonly extent: { readonly first: string; readonly last: string } | null;
}

/** `step` is told before each question, for a progress line. */
export async function askCommonFigures(
  database: Database,
  question: VolumeQuestion,
  step: (name: string) => void,
): Promise<CommonFigures> {
  const { period } = question;
  const grid = gridOf(period);
  step("completeness");
  const coverage = await askCoverage(database, question, period);
  step("hours");
  const hours = await askHours(database, question, period);
  step("days");
  const days = await askDays(database, question, period);
  step("probes");
  const probes = await askProbes(database, question, period);
  step("labels");
  const unlabelled = await askUnlabelled(database);
  step("extent");
  const extent = await askExtent(database, question.source);
  const measured = measuredStretches(grid, coverage, hours);
  return { question, before: periodBefore(period), grid, measured, hours, days, coverage, probes, unlabelled, extent };
}

/** Stretches in which a probe was live or that have volume. */
export function measuredStretches(
  grid: TimeGrid,
  coverage: Coverage,
  hours: ReadonlyMap<string, bigint>,
): ReadonlySet<string> {
  return new Set([...coverage.liveSeconds.keys(), ...hours.keys()].map((hour) => grid.keyOf(hour)));
}
