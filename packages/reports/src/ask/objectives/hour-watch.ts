import type { Period } from "../../period.ts";
import { utcText } from "../../time-grid.ts";
import type { Database } from "../volume-question.ts";
import type { Promised } from "./promises.ts";

/** How well an hour was watched where an objective is measured. */
export interface HourWatch {
  /** Seconds with capture statistics, of the place that has fewest; at most 3600. */
  readonly coveredS: bigint;
  /** Frames received, and those dropped before they could be measured, of the place that dropped the greatest part. */
  readonly packets: bigint;
  readonly dropped: bigint;
  /** Sum of the places' greatest bounds of their clocks' errors, nanoseconds; null: one is not known. */
  readonly clockErrorNs: bigint | null;
  /** Frames dropped at the later hop: packets lost there may be among them. Without hops, at the probe. */
  readonly droppedBehind: bigint;
}

/** A probe, or one of its interfaces. */
interface Place {
  readonly probe: string;
  readonly interface: string | null;
}

interface Told extends Omit<HourWatch, "droppedBehind"> {
  readonly hour: string;
}

type Row = Record<string, string | null>;

/** Tells of each promise how well its hours (UTC) were watched; an hour without capture statistics is missing. */
export async function askHourWatches(
  database: Database,
  period: Period,
  promises: readonly Promised[],
): Promise<(promised: Promised) => ReadonlyMap<string, HourWatch>> {
  const rows = await database.rows<Row>(
    `SELECT p.name AS probe, x.interface AS interface, DATE_FORMAT(x.bucket_start, '%Y-%m-%d %H:%i:%s') AS hour,
            CAST(LEAST(x.covered_s, 3600) AS CHAR) AS covered_s, CAST(x.packets AS CHAR) AS packets,
            CAST(x.kernel_dropped + x.card_dropped + x.queue_dropped AS CHAR) AS dropped,
            CAST(x.clock_error_max_ns AS CHAR) AS clock_error_ns
       FROM capsttable_1h AS x JOIN probe AS p ON p.probe_no = x.probe_no
      WHERE x.bucket_start >= ? AND x.bucket_start < ?`,
    [utcText(period.fromMs), utcText(period.untilMs)],
  );
  const hops = promises.some((each) => each.hops !== null)
    ? await database.rows<Row>(
        "SELECT CAST(class_no AS CHAR) AS class_no, CAST(hop AS CHAR) AS hop, probe, interface FROM hop",
      )
    : [];
  const hopOf = (classNo: number, number: number): Place | null => {
    const found = hops.find((row) => Number(row.class_no) === classNo && Number(row.hop) === number);
    return found === undefined ? null : { probe: found.probe!, interface: found.interface ?? null };
  };
  return ({ probe, classNo, hops: pair }) => {
    const places = pair === null ? [{ probe: probe!.name, interface: null }] : pair.map((hop) => hopOf(classNo, hop));
    const told = places.map((place) => (place === null ? new Map<string, Told>() : watchOf(rows, place)));
    return bothWatched(told);
  };
}

/** All interfaces of a place put together. */
function watchOf(rows: readonly Row[], place: Place): Map<string, Told> {
  const hours = new Map<string, Told>();
  for (const row of rows) {
    if (!isAt(row, place)) continue;
    const before = hours.get(row.hour!);
    const covered = BigInt(row.covered_s!);
    const error = row.clock_error_ns === null ? null : BigInt(row.clock_error_ns!);
    hours.set(row.hour!, {
      hour: row.hour!,
      coveredS: before === undefined || covered < before.coveredS ? covered : before.coveredS,
      packets: (before?.packets ?? 0n) + BigInt(row.packets!),
      dropped: (before?.dropped ?? 0n) + BigInt(row.dropped!),
      clockErrorNs: before === undefined ? error : greater(before.clockErrorNs, error),
    });
  }
  return hours;
}

/** A probe whose records another collector passed on bears that one's name in front: `site/probe1`. */
function isAt(row: Row, place: Place): boolean {
  const isProbe = row.probe === place.probe || row.probe!.endsWith(`/${place.probe}`);
  return isProbe && (place.interface === null || row.interface === place.interface);
}

/** The clocks of a machine's interfaces are one: an unknown bound beside a known one leaves the known one. */
function greater(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}

function lesser(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** What all places watched; an hour that one of them missed is missing. */
function bothWatched(places: readonly ReadonlyMap<string, Told>[]): Map<string, HourWatch> {
  const watched = new Map<string, HourWatch>();
  for (const [hour] of places[0]!) {
    const told = places.map((place) => place.get(hour));
    if (!told.every((each) => each !== undefined)) continue;
    const worst = told.reduce((a, b) =>
      a.dropped * (b.packets + b.dropped) >= b.dropped * (a.packets + a.dropped) ? a : b,
    );
    watched.set(hour, {
      coveredS: told.map(({ coveredS }) => coveredS).reduce(lesser),
      packets: worst.packets,
      dropped: worst.dropped,
      clockErrorNs: told.reduce<bigint | null>(
        (all, { clockErrorNs }) => (all === null || clockErrorNs === null ? null : all + clockErrorNs),
        0n,
      ),
      droppedBehind: told.at(-1)!.dropped,
    });
  }
  return watched;
}
