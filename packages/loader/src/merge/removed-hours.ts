import type { Connection, RowDataPacket } from "@trafmon/database";
import type { Batch } from "../load/batch.ts";
import type { Staging } from "../load/staging.ts";
import type { TypePlan } from "../load/type-plan.ts";
import { emptiedHours } from "./emptied-hours.ts";

/**
 * Refuses the files of NetFlow that would replace an hour of which minutes have been removed by retention: what it
 * brought to hours and days can no longer be taken away from them.
 */
export async function refuseRemovedHours(
  connection: Connection,
  batch: Batch,
  staging: Staging,
  plan: TypePlan,
): Promise<void> {
  if (!staging.has(plan.staging)) return;
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT DISTINCT s.file_no
       FROM (SELECT DISTINCT file_no, run_no, exporter, file_hour FROM ${plan.staging}) s
       JOIN probe_run r ON r.run_no = s.run_no
       JOIN removed_netflow_hour h ON h.probe_no = r.probe_no AND h.exporter = s.exporter AND h.file_hour = s.file_hour`,
  );
  const fileNos = rows.map((row) => row.file_no as number);
  for (const staged of batch.staged) {
    if ((await emptiedHours(connection, staged, { removed: true })).length > 0) fileNos.push(staged.fileNo);
  }
  for (const file_no of fileNos) {
    const index = batch.staged.findIndex((each) => each.fileNo === file_no);
    if (index < 0) continue;
    await staging.removeFile(plan, file_no);
    const [{ file }] = batch.staged.splice(index, 1) as [Batch["staged"][number]];
    batch.refused.push({ file, reason: "its hour was loaded before, and retention has removed minutes of it" });
  }
}
