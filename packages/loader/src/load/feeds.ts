import type { Connection, RowDataPacket } from "@trafmon/database";

/** From when on a collector counts for a probe: whole microseconds since the epoch, rising. */
export interface FeedSpan {
  readonly sinceUs: number;
  readonly collector: string;
}

/** The table `feed`: which collector counts for a probe, where several write logs of it. */
export class Feeds {
  readonly #spans: ReadonlyMap<string, readonly FeedSpan[]>;

  /** `spans`: by the probe's name. */
  constructor(spans: ReadonlyMap<string, readonly FeedSpan[]> = new Map()) {
    this.#spans = spans;
  }

  /** Read anew for each pass, because an operator may have changed them. */
  static async read(connection: Connection): Promise<Feeds> {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT probe, collector, CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', since) AS CHAR) AS since_us
         FROM feed ORDER BY probe, since`,
    );
    const spans = new Map<string, FeedSpan[]>();
    for (const row of rows) {
      const ofProbe = spans.get(row.probe) ?? [];
      ofProbe.push({ sinceUs: Number(row.since_us), collector: row.collector });
      spans.set(row.probe, ofProbe);
    }
    return new Feeds(spans);
  }

  /** What is listed for a probe; null when any collector counts for it. */
  spansOf(probe: string): readonly FeedSpan[] | null {
    return this.#spans.get(probe) ?? null;
  }
}

/** Whether a collector's record of this instant counts. `ns`: the log's text, nanoseconds since the epoch. */
export function counts(spans: readonly FeedSpan[], collector: string, ns: string): boolean {
  const us = Number(ns.slice(0, -3));
  let counting: string | null = null;
  for (const each of spans) if (each.sinceUs <= us) counting = each.collector;
  return counting === null || counting === collector;
}
