import type { Connection } from "@trafmon/database";
import { MINUTES_STAGING } from "../load/type-plan.ts";
import { ROLLUPS } from "./rollup-statements.ts";

/**
 * Replaces the hours of exporters that a NetFlow file tells of: what an earlier file of the same hour brought goes, and
 * the hours and days it touched are made again from the minutes. Part of the batch's transaction. Returns the days
 * touched, `YYYY-MM-DD`.
 */
export async function mergeNetflow(connection: Connection, columns: readonly string[]): Promise<string[]> {
  const run = async (sql: string) => (await connection.query(sql))[0];
  await run("DROP TEMPORARY TABLE IF EXISTS netflow_hour");
  await run(
    `CREATE TEMPORARY TABLE netflow_hour (PRIMARY KEY (probe_no, exporter, file_hour))
     SELECT DISTINCT r.probe_no, s.exporter, s.file_hour FROM stage_netflow s JOIN probe_run r ON r.run_no = s.run_no`,
  );
  await run("DROP TEMPORARY TABLE IF EXISTS netflow_touched");
  await run(
    `CREATE TEMPORARY TABLE netflow_touched (PRIMARY KEY (probe_no, exporter, bucket_start))
     SELECT DISTINCT probe_no, exporter, TIMESTAMP(DATE(bucket_start)) + INTERVAL HOUR(bucket_start) HOUR AS bucket_start
       FROM ${MINUTES_STAGING}`,
  );
  await run(
    `INSERT IGNORE INTO netflow_touched
     SELECT x.probe_no, x.exporter, TIMESTAMP(DATE(x.bucket_start)) + INTERVAL HOUR(x.bucket_start) HOUR
       FROM netflowtable_1m x
       JOIN netflow_hour h ON h.probe_no = x.probe_no AND h.exporter = x.exporter AND h.file_hour = x.file_hour`,
  );
  await run(
    `DELETE x FROM netflowtable_1m x
       JOIN netflow_hour h ON h.probe_no = x.probe_no AND h.exporter = x.exporter AND h.file_hour = x.file_hour`,
  );
  await run(
    `DELETE x FROM netflowtable x
       JOIN probe_run r ON r.run_no = x.run_no
       JOIN netflow_hour h ON h.probe_no = r.probe_no AND h.exporter = x.exporter AND h.file_hour = x.file_hour`,
  );
  const names = columns.map((name) => `\`${name}\``).join(", ");
  await run(`INSERT INTO netflowtable (${names}) SELECT ${names} FROM stage_netflow`);
  for (const side of ["src", "dst"]) {
    await run(
      `INSERT INTO ipInfotable (address, discovered_at)
       SELECT DISTINCT ${side}_address, UTC_TIMESTAMP(6) FROM stage_netflow
       ON DUPLICATE KEY UPDATE address = VALUES(address)`,
    );
  }
  const key = "probe_no, exporter, src_address, dst_address, protocol, src_port, dst_port";
  await run(
    `INSERT INTO netflowtable_1m (bucket_start, file_hour, ${key}, packets, bytes)
     SELECT bucket_start, file_hour, ${key}, SUM(packets), SUM(bytes) FROM ${MINUTES_STAGING}
      GROUP BY bucket_start, file_hour, ${key}`,
  );
  let source = "netflowtable_1m";
  for (const { suffix, bucketS } of ROLLUPS.slice(1)) {
    // A day is made again once, though several of its hours were touched.
    const bucket = suffix === "_1d" ? "TIMESTAMP(DATE(t.bucket_start))" : "t.bucket_start";
    await run(
      `DELETE x FROM netflowtable${suffix} x
         JOIN netflow_touched t ON t.probe_no = x.probe_no AND t.exporter = x.exporter AND ${bucket} = x.bucket_start`,
    );
    await run(
      `INSERT INTO netflowtable${suffix} (bucket_start, ${key}, packets, bytes)
       SELECT b.bucket_start, ${key
         .split(", ")
         .map((name) => `x.${name}`)
         .join(", ")}, SUM(x.packets), SUM(x.bytes)
         FROM (SELECT DISTINCT t.probe_no AS p, t.exporter AS e, ${bucket} AS bucket_start FROM netflow_touched t) b
         JOIN ${source} x ON x.probe_no = b.p AND x.exporter = b.e AND x.bucket_start >= b.bucket_start
              AND x.bucket_start < b.bucket_start + INTERVAL ${bucketS} SECOND
        GROUP BY b.bucket_start, x.probe_no, x.exporter, x.src_address, x.dst_address, x.protocol, x.src_port, x.dst_port`,
    );
    source = `netflowtable${suffix}`;
  }
  const days = (await run(
    "SELECT DISTINCT CAST(DATE(bucket_start) AS CHAR) AS day FROM netflow_touched ORDER BY 1",
  )) as {
    day: string;
  }[];
  return days.map((row) => row.day);
}
