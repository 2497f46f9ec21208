import { unitFor } from "../compose/stretches.ts";
import { type Period, periodBefore, periodOf } from "../period.ts";
import { askCoverage, type Coverage } from "./coverage.ts";
import { askExtent, askProbes, type ProbeTraffic } from "./probes.ts";
import { askRoundTrips, RoundTrips } from "./round-trips.ts";
import { askServices, type ServiceTraffic } from "./services.ts";
import { askDays, askHours, askTraffic, type Traffic } from "./traffic.ts";
import type { Database, VolumeQuestion } from "./volume-question.ts";

/** All that the manager report is made of. */
export interface ManagerFigures {
  readonly question: VolumeQuestion;
  readonly before: Period;
  /** By stretches of `unitFor(period)`. */
  readonly activities: readonly Traffic[];
  readonly activitiesBefore: readonly Traffic[];
  readonly locations: readonly Traffic[];
  readonly locationsBefore: readonly Traffic[];
  readonly countries: readonly Traffic[];
  readonly countriesBefore: readonly Traffic[];
  readonly services: readonly ServiceTraffic[];
  readonly servicesBefore: readonly ServiceTraffic[];
  readonly roundTrips: RoundTrips;
  readonly hours: ReadonlyMap<string, bigint>;
  readonly days: ReadonlyMap<string, { bytes: bigint; packets: bigint }>;
  readonly daysBefore: ReadonlyMap<string, { bytes: bigint; packets: bigint }>;
  /** This period and those before it, newest first. */
  readonly recent: readonly { readonly period: Period; readonly bytes: bigint }[];
  readonly coverage: Coverage;
  readonly coverageBefore: Coverage;
  /** All probes with volume in the period, asked for or not. */
  readonly probes: readonly ProbeTraffic[];
  /** First and last day of all volumes there are. */
  readonly extent: { readonly first: string; readonly last: string } | null;
}

const RECENT_PERIODS = 6;
/** Beyond this the days of six periods would be years of reading. */
const LONG_PERIOD_DAYS = 100;

/** `step` is told before each question, for a progress line. */
export async function askManagerFigures(
  database: Database,
  question: VolumeQuestion,
  step: (name: string) => void,
): Promise<ManagerFigures> {
  const { period } = question;
  const before = periodBefore(period);
  const ask = async <T>(name: string, answer: () => Promise<T>): Promise<T> => {
    step(name);
    return await answer();
  };
  // One question after the other: a connection answers one at a time, and one snapshot serves them all.
  return {
    question,
    before,
    activities: await ask("activities", () => askTraffic(database, question, period, "activity", unitFor(period))),
    activitiesBefore: await ask("activities before", () => askTraffic(database, question, before, "activity")),
    locations: await ask("locations", () => askTraffic(database, question, period, "location")),
    locationsBefore: await ask("locations before", () => askTraffic(database, question, before, "location")),
    countries: await ask("countries", () => askTraffic(database, question, period, "country")),
    countriesBefore: await ask("countries before", () => askTraffic(database, question, before, "country")),
    services: await ask("services", () => askServices(database, question, period)),
    servicesBefore: await ask("services before", () => askServices(database, question, before)),
    roundTrips:
      question.source === "netflow"
        ? new RoundTrips(new Map())
        : await ask("round trips", () => askRoundTrips(database, question, period)),
    hours: await ask("hours", () => askHours(database, question, period)),
    days: await ask("days", () => askDays(database, question, period)),
    daysBefore: await ask("days before", () => askDays(database, question, before)),
    recent: await ask("recent periods", () => askRecent(database, question)),
    coverage: await ask("completeness", () => askCoverage(database, question, period)),
    coverageBefore: await ask("completeness before", () => askCoverage(database, question, before)),
    probes: await ask("probes", () => askProbes(database, question, period)),
    extent: await ask("extent", () => askExtent(database, question.source)),
  };
}

/** How many questions `askManagerFigures` asks at most. */
export const MANAGER_QUESTIONS = 17;

async function askRecent(database: Database, question: VolumeQuestion): Promise<{ period: Period; bytes: bigint }[]> {
  const periods = [question.period];
  const howMany = question.period.days.length > LONG_PERIOD_DAYS ? 2 : RECENT_PERIODS;
  while (periods.length < howMany) periods.push(periodBefore(periods.at(-1)!));
  const span = periodOf(periods.at(-1)!.start, question.period.end, question.period.zone);
  const days = await askDays(database, question, span);
  return periods.map((period) => ({
    period,
    bytes: period.days.reduce((sum, day) => sum + (days.get(day)?.bytes ?? 0n), 0n),
  }));
}
