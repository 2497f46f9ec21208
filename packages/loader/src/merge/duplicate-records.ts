import type { Connection, RowDataPacket } from "@trafmon/database";
import type { Batch } from "../load/batch.ts";
import type { Staging } from "../load/staging.ts";
import type { TypePlan } from "../load/type-plan.ts";
import type { RetentionMarks } from "./retention-marks.ts";

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
    const [found] = await connection.query<RowDataPacket[]>(
      `SELECT file_no, line_no
         FROM (SELECT s.file_no, s.line_no, t.run_no AS loaded,
                      ROW_NUMBER() OVER (PARTITION BY s.run_no, s.record_no ORDER BY s.file_no, s.line_no) AS nth
                 FROM ${plan.staging} s
                 LEFT JOIN \`${plan.table}\` t ON ${isSameRecord}${isKept}) found
        WHERE loaded IS NOT NULL OR nth > 1`,
    );
    removed += await refuseRecords(connection, batch, staging, plan, found);
  }
  return removed;
}

/**
 * Takes out of the staging tables the records that were in their table once and have been removed by retention: their
 * numbers are kept in removed_record. `marks`: day before which a table has been emptied. Returns how many there were.
 */
export async function removeRemovedRecords(
  connection: Connection,
  batch: Batch,
  staging: Staging,
  plans: readonly TypePlan[],
  marks: RetentionMarks,
): Promise<number> {
  let removed = 0;
  for (const plan of plans) {
    const isOld = batch.staged.some(({ file, days }) => file.type === plan.name && marks.areBefore(plan.table, days));
    if (!isOld || !staging.has(plan.staging)) continue;
    const [found] = await connection.query<RowDataPacket[]>(
      `SELECT file_no, line_no
         FROM (SELECT s.file_no, s.line_no, s.record_no,
                      (SELECT g.last_record_no FROM removed_record g
                        WHERE g.table_name = ? AND g.run_no = s.run_no AND g.first_record_no <= s.record_no
                        ORDER BY g.first_record_no DESC LIMIT 1) AS last_removed
                 FROM ${plan.staging} s) found
        WHERE last_removed >= record_no`,
      [plan.table],
    );
    removed += await refuseRecords(connection, batch, staging, plan, found);
  }
  return removed;
}

/** Lines named in one statement, in 24 bytes at most: some servers take 1 MiB of it. */
const LINES_PER_STATEMENT = 20_000;

/** Refuses lines that were loaded before; they are counted in no sum. */
async function refuseRecords(
  connection: Connection,
  batch: Batch,
  staging: Staging,
  plan: TypePlan,
  rows: readonly RowDataPacket[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const files = new Map(batch.staged.map((each) => [each.fileNo, each]));
  for (const row of rows) {
    const file = files.get(row.file_no);
    file?.refusals.push({ lineNo: row.line_no, reason: "record already loaded", column: "record_no", text: "" });
    if (file !== undefined) file.linesLoaded--;
  }
  batch.hourSums.get(plan.name)?.spoil();
  const lines = rows.map((row) => [row.file_no, row.line_no]);
  for (const name of [plan.staging, plan.sideStaging]) {
    if (!staging.has(name)) continue;
    for (let at = 0; at < lines.length; at += LINES_PER_STATEMENT) {
      const some = lines.slice(at, at + LINES_PER_STATEMENT);
      await connection.query(`DELETE FROM ${name} WHERE (file_no, line_no) IN (?)`, [some]);
    }
  }
  return rows.length;
}
