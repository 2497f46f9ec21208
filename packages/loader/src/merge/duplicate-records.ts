import type { Connection, RowDataPacket } from "@trafmon/database";
import type { Batch } from "../load/batch.ts";
import type { Staging } from "../load/staging.ts";
import type { TypePlan } from "../load/type-plan.ts";

/**
 * Takes out of the staging tables the records that the table, or an earlier line, has already: they were loaded from
 * another file. Their lines are refused, and counted in no sum. Returns how many there were.
 */
export async function removeDuplicateRecords(
  connection: Connection,
  batch: Batch,
  staging: Staging,
  plans: readonly TypePlan[],
  keyOf: (plan: TypePlan) => readonly string[],
): Promise<number> {
  let removed = 0;
  for (const plan of plans) {
    if (!staging.has(plan.staging)) continue;
    const isSameRecord = keyOf(plan)
      .map((name) => `t.\`${name}\` = s.\`${name}\``)
      .join(" AND ");
    // What an earlier file told of the same hour of NetFlow is about to be replaced.
    const isKept = plan.name === "netflow" ? " AND t.file_hour <> s.file_hour" : "";
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT file_no, line_no
         FROM (SELECT s.file_no, s.line_no, t.run_no AS loaded,
                      ROW_NUMBER() OVER (PARTITION BY s.run_no, s.record_no ORDER BY s.file_no, s.line_no) AS nth
                 FROM ${plan.staging} s
                 LEFT JOIN \`${plan.table}\` t ON ${isSameRecord}${isKept}) found
        WHERE loaded IS NOT NULL OR nth > 1`,
    );
    for (const row of rows) {
      const file = batch.staged.find((each) => each.fileNo === row.file_no);
      file?.refusals.push({ lineNo: row.line_no, reason: "record already loaded", column: "record_no", text: "" });
      if (file !== undefined) file.linesLoaded--;
    }
    if (rows.length === 0) continue;
    removed += rows.length;
    batch.hourSums.get(plan.name)?.spoil();
    const lines = rows.map((row) => [row.file_no, row.line_no]);
    for (const name of [plan.staging, plan.sideStaging]) {
      if (staging.has(name)) await connection.query(`DELETE FROM ${name} WHERE (file_no, line_no) IN (?)`, [lines]);
    }
  }
  return removed;
}
