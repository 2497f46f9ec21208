import type { Database } from "../volume-question.ts";

/** A slice of a histogram: from `lower` to `upper`, not included; null: unbounded. */
export interface Slice {
  readonly lower: number;
  readonly upper: number | null;
}

/** Slices of a metric by their number. */
export async function askSlices(database: Database, metric: string): Promise<Map<string, Slice>> {
  const rows = await database.rows<{ slice_no: string; lower: string; upper: string | null }>(
    "SELECT CAST(slice_no AS CHAR) AS slice_no, CAST(lower AS CHAR) AS lower, CAST(upper AS CHAR) AS upper FROM slice WHERE metric = ?",
    [metric],
  );
  return new Map(
    rows.map(({ slice_no, lower, upper }) => [
      slice_no,
      { lower: Number(lower), upper: upper === null ? null : Number(upper) },
    ]),
  );
}
