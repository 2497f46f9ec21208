import type { Period } from "../period.ts";
import { type Database, dayGrain, fromWhere, type VolumeQuestion } from "./volume-question.ts";

/** Classes of round trips per doubling: a class is 2.2 % wide. */
const PER_OCTAVE = 32;

/**
 * Round trips between the two ends of TCP connections, through the probe: the way from the probe to one end and back
 * plus the way to the other end and back, each the mean of a pair of hosts, service and day (or hour). Which end a flow
 * calls forward does not matter to the sum. Pairs that gave samples of one way only are left out.
 */
export class RoundTrips {
  readonly #classes: ReadonlyMap<string, ReadonlyMap<number, number>>;

  /** Service to number of the class to samples in it. */
  constructor(classes: ReadonlyMap<string, ReadonlyMap<number, number>>) {
    this.#classes = classes;
  }

  /** Median over all samples of some services, nanoseconds; null without samples. */
  medianNs(services: readonly string[]): number | null {
    const sums = new Map<number, number>();
    let total = 0;
    for (const service of services) {
      for (const [number, samples] of this.#classes.get(service) ?? []) {
        sums.set(number, (sums.get(number) ?? 0) + samples);
        total += samples;
      }
    }
    let seen = 0;
    for (const [number, samples] of [...sums].sort(([a], [b]) => a - b)) {
      seen += samples;
      if (seen * 2 >= total) return 2 ** ((number + 0.5) / PER_OCTAVE);
    }
    return null;
  }
}

export async function askRoundTrips(database: Database, question: VolumeQuestion, period: Period): Promise<RoundTrips> {
  const { text, values } = fromWhere(question, period, dayGrain(period));
  const roundTrip = "(v.fwd_rtt_sum_ns / v.fwd_rtt_samples + v.rev_rtt_sum_ns / v.rev_rtt_samples)";
  const rows = await database.rows<{ service: string; number: number | string; samples: string }>(
    `SELECT v.service AS service, FLOOR(${PER_OCTAVE} * LOG2(${roundTrip})) AS number,
        CAST(SUM(LEAST(v.fwd_rtt_samples, v.rev_rtt_samples)) AS CHAR) AS samples
   ${text}
    AND v.fwd_rtt_samples > 0 AND v.rev_rtt_samples > 0 AND v.fwd_rtt_sum_ns + v.rev_rtt_sum_ns > 0
  GROUP BY service, number`,
    values,
  );
  const classes = new Map<string, Map<number, number>>();
  for (const row of rows) {
    const ofService = classes.get(row.service) ?? new Map<number, number>();
    ofService.set(Number(row.number), Number(row.samples));
    classes.set(row.service, ofService);
  }
  return new RoundTrips(classes);
}
