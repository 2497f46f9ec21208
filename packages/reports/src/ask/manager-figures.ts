import { type Period, periodBefore } from "../period.ts";
import { askCommonFigures, type CommonFigures } from "./common-figures.ts";
import { askCoverage, type Coverage } from "./coverage.ts";
import { askMinutes } from "./minutes.ts";
import { askRoundTrips, RoundTrips } from "./round-trips.ts";
import { askServices, type ServiceTraffic } from "./services.ts";
import { askDays, askTotal, askTrafficBy, type Dimension, type Traffic } from "./traffic.ts";
import type { Database, VolumeQuestion } from "./volume-question.ts";

/** All that the manager report is made of. */
export interface ManagerFigures extends CommonFigures {
  /** By the stretches of `grid`. */
  readonly activities: readonly Traffic[];
  readonly activitiesBefore: readonly Traffic[];
  readonly locations: readonly Traffic[];
  readonly locationsBefore: readonly Traffic[];
  readonly countries: readonly Traffic[];
  readonly countriesBefore: readonly Traffic[];
  readonly services: readonly ServiceTraffic[];
  readonly servicesBefore: readonly ServiceTraffic[];
  readonly roundTrips: RoundTrips;
  readonly daysBefore: ReadonlyMap<string, { bytes: bigint; packets: bigint }>;
  /** This period and those before it, newest first. */
  readonly recent: readonly { readonly period: Period; readonly bytes: bigint }[];
  readonly coverageBefore: Coverage;
}

const DIMENSIONS: readonly Dimension[] = ["activity", "location", "country"];
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
  const ask = async <T>(name: string, answer: () => Promise<T>): Promise<T> => {
    step(name);
    return await answer();
  };
  const common = await askCommonFigures(database, question, step);
  const { before, grid, coverage } = common;
  const [activities, locations, countries] = (await ask("ends", () =>
    askTrafficBy(database, question, period, DIMENSIONS, grid.unit),
  )) as [Traffic[], Traffic[], Traffic[]];
  const [activitiesBefore, locationsBefore, countriesBefore] = (await ask("ends before", () =>
    askTrafficBy(database, question, before, DIMENSIONS),
  )) as [Traffic[], Traffic[], Traffic[]];
  const minutes =
    grid.unit === "hour" ? await ask("minutes", () => askMinutes(database, question, activities, coverage)) : null;
  // One question after the other: a connection answers one at a time, and one snapshot serves them all.
  return {
    ...common,
    activities,
    ...minutes,
    activitiesBefore,
    locations,
    locationsBefore,
    countries,
    countriesBefore,
    services: await ask("services", () => askServices(database, question, period)),
    servicesBefore: await ask("services before", () => askServices(database, question, before)),
    roundTrips:
      question.source === "netflow"
        ? new RoundTrips(new Map())
        : await ask("round trips", () => askRoundTrips(database, question, period)),
    daysBefore: await ask("days before", () => askDays(database, question, before)),
    recent: await ask("recent periods", () => askRecent(database, question)),
    coverageBefore: await ask("completeness before", () => askCoverage(database, question, before)),
  };
}

/** How many questions `askManagerFigures` asks at most. */
export const MANAGER_QUESTIONS = 15;

async function askRecent(database: Database, question: VolumeQuestion): Promise<{ period: Period; bytes: bigint }[]> {
  const howMany = question.period.days.length > LONG_PERIOD_DAYS ? 2 : RECENT_PERIODS;
  const recent: { period: Period; bytes: bigint }[] = [];
  let { period } = question;
  while (recent.length < howMany) {
    recent.push({ period, bytes: await askTotal(database, question, period) });
    period = periodBefore(period);
  }
  return recent;
}
