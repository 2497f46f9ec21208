import { badOption, defineProgram, InvalidArgumentError, readCommandLine, wholeNumber } from "@trafmon/runtime";
import { DAY_S } from "./span.ts";

export interface HistoryOptions {
  readonly folder: string;
  /** Midnights, UTC, seconds since the epoch; the end is not included. */
  readonly fromS: number;
  readonly untilS: number;
  readonly seed: number;
  readonly scale: number;
  readonly intervalS: number;
  readonly probe: string;
  readonly json: boolean;
}

interface Given {
  readonly output: string;
  readonly startDate?: number;
  readonly endDate?: number;
  readonly seed: number;
  readonly scale: number;
  readonly interval: number;
  readonly probe: string;
  readonly json: boolean;
}

/** A log file may not span more days than the loader takes at once; a year is enough for any report. */
const MOST_DAYS = 366;
/** Intervals that fill the tables per minute, and those that fill the tables per hour and day only. */
const INTERVALS_S = [60, 300, 900, 3600];

/**
 * `todayS`: midnight UTC of today, which the default period follows from: the month before.
 * @throws {CodedError} BAD_OPTION, and ends the program after --help or --version
 */
export function readHistoryOptions(args: readonly string[], todayS: number): HistoryOptions {
  const program = defineProgram({
    name: "trafgen_history",
    summary: "Writes the observation logs of a period that never was, for trying reports and filling test databases.",
    examples: [
      { command: "trafgen_history -o october -s 2026-10-01 -e 2026-10-31", meaning: "A month, as logs:" },
      { command: "trafMon_loader -p october/logs", meaning: "Load it:" },
      { command: "trafMon_updateIpInfo -p october/ipInfo.ini", meaning: "Describe its addresses:" },
    ],
    notes:
      "Nothing is sent. The folder gets logs/, ipInfo.ini and truth.json, which holds the totals and the faults the reports\n" +
      "are to show. Load it into a database of its own (trafMon_loader -d): an event `synthetic_history` marks every run.",
  })
    .requiredOption("-o, --output <DIR>", "folder to write, which must hold no other history")
    .option("-s, --startDate <DATE>", "first day, YYYY-MM-DD, UTC (default: first day of the previous month)", dateOf)
    .option("-e, --endDate <DATE>", "last day, YYYY-MM-DD, UTC (default: last day of the previous month)", dateOf)
    .option("--seed <NUMBER>", "the same seed and options give the same files", wholeNumber(0, 0xffff_ffff), 1)
    .option("--scale <FACTOR>", "how many times the usual 110 machines", scaleOf, 1)
    .option("--interval <SECONDS>", "length of the counters' intervals: 60, 300, 900 or 3600", intervalOf, 900)
    .option("--probe <NAME>", "name of the probe that would have measured it", "synthetic");
  const { options } = readCommandLine<Given>(program, args);
  const month = previousMonth(todayS);
  const fromS = options.startDate ?? month.fromS;
  const untilS = options.endDate === undefined ? Math.max(month.untilS, fromS + DAY_S) : options.endDate + DAY_S;
  if (untilS <= fromS) throw badOption("the last day (-e) comes before the first one (-s)");
  if (untilS - fromS > MOST_DAYS * DAY_S) throw badOption(`the period is longer than ${MOST_DAYS} days`);
  const { output: folder, seed, scale, interval: intervalS, probe, json } = options;
  return { folder, fromS, untilS, seed, scale, intervalS, probe, json };
}

function dateOf(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // The parser takes 2026-02-30 for 2 March.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text)
    throw new InvalidArgumentError("A date is wanted, as 2026-10-31.");
  if (ms < Date.UTC(1980, 0, 1) || ms > Date.UTC(2100, 0, 1))
    throw new InvalidArgumentError("A date between 1980 and 2100 is wanted.");
  return ms / 1000;
}

function scaleOf(text: string): number {
  const scale = Number(text);
  if (!(scale >= 0.1 && scale <= 10)) throw new InvalidArgumentError("A number from 0.1 to 10 is wanted.");
  return scale;
}

function intervalOf(text: string): number {
  const intervalS = Number(text);
  if (!INTERVALS_S.includes(intervalS)) throw new InvalidArgumentError(`One of ${INTERVALS_S.join(", ")} is wanted.`);
  return intervalS;
}

function previousMonth(todayS: number): { readonly fromS: number; readonly untilS: number } {
  const today = new Date(todayS * 1000);
  const firstOf = (month: number) => Date.UTC(today.getUTCFullYear(), month, 1) / 1000;
  return { fromS: firstOf(today.getUTCMonth() - 1), untilS: firstOf(today.getUTCMonth()) };
}
