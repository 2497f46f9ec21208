import type { TypePlan } from "../load/type-plan.ts";
import type { Rollup } from "./rollup-statements.ts";

/**
 * Sets how many seconds of each bucket that a batch touched have capture statistics. Counted anew from the intervals in
 * capsttable, each once, because several records may tell of one interval; never lowered, because Partition_drop may
 * have taken intervals away.
 */
export function coverageStatements(plan: TypePlan, { suffix, bucketS }: Rollup): string[] {
  const bucketOf = (column: string) =>
    bucketS === 86_400
      ? `TIMESTAMP(DATE(${column}))`
      : `TIMESTAMP(DATE(${column})) + INTERVAL TIME_TO_SEC(TIME(${column})) DIV ${bucketS} * ${bucketS} SECOND`;
  return [
    "DROP TEMPORARY TABLE IF EXISTS capst_touched",
    `CREATE TEMPORARY TABLE capst_touched (PRIMARY KEY (bucket_start))
     SELECT DISTINCT ${bucketOf("s.interval_start")} AS bucket_start FROM ${plan.staging} s`,
    `UPDATE ${plan.table}${suffix} a
       JOIN (SELECT bucket_start, probe_no, interface, SUM(interval_s) AS covered_s
               FROM (SELECT DISTINCT t.bucket_start, r.probe_no, x.interface, x.interval_start, x.interval_s
                       FROM capst_touched t
                       JOIN ${plan.table} x ON x.interval_start >= t.bucket_start
                            AND x.interval_start < t.bucket_start + INTERVAL ${bucketS} SECOND
                       JOIN probe_run r ON r.run_no = x.run_no
                      WHERE x.interval_s <= ${bucketS}) intervals
              GROUP BY bucket_start, probe_no, interface) c
         ON c.bucket_start = a.bucket_start AND c.probe_no = a.probe_no AND c.interface = a.interface
        SET a.covered_s = GREATEST(a.covered_s, LEAST(c.covered_s, ${bucketS}))`,
    "DROP TEMPORARY TABLE capst_touched",
  ];
}
