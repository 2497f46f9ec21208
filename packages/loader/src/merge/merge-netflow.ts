import type { Connection } from "@trafmon/database";
import { MINUTES_STAGING } from "../load/type-plan.ts";
import type { NetflowHour } from "./emptied-hours.ts";
import { ROLLUPS } from "./rollup-statements.ts";

const KEY = ["probe_no", "exporter", "src_address", "dst_address", "protocol", "src_port", "dst_port"];

/**
 * Replaces the hours of exporters that a NetFlow file tells of: what an earlier file of the same hour brought goes, and
 * hours and days change by the difference of the minutes. They are not made again from the minutes, of which others may
 * have been removed by retention. `emptied`: hours told to have no flows. Part of the batch's transaction. Returns the
 * days changed, `YYYY-MM-DD`.
 */
export async function mergeNetflow(
  connection: Connection,
  columns: readonly string[],
  emptied: readonly NetflowHour[],
): Promise<string[]> {
  const run = async (sql: string) => (await connection.query(sql))[0];
  await run("DROP TEMPORARY TABLE IF EXISTS netflow_hour");
  await run(
    `CREATE TEMPORARY TABLE netflow_hour (PRIMARY KEY (probe_no, exporter, file_hour))
     SELECT DISTINCT r.probe_no, s.exporter, s.file_hour FROM stage_netflow s JOIN probe_run r ON r.run_no = s.run_no`,
  );
  for (const { probeNo, exporter, fileHour } of emptied) {
    await connection.query("INSERT INTO netflow_hour (probe_no, exporter, file_hour) VALUES (?, ?, ?)", [
      probeNo,
      Buffer.from(exporter),
      fileHour,
    ]);
  }
  const key = KEY.join(", ");
  const ofHour = "h.probe_no = x.probe_no AND h.exporter = x.exporter AND h.file_hour = x.file_hour";
  const hourOf = (table: string) =>
    `TIMESTAMP(DATE(${table}.bucket_start)) + INTERVAL HOUR(${table}.bucket_start) HOUR AS bucket_start`;
  const keyOf = (table: string) => KEY.map((name) => `${table}.${name}`).join(", ");
  await run("DROP TEMPORARY TABLE IF EXISTS netflow_change");
  await run(
    `CREATE TEMPORARY TABLE netflow_change
     SELECT bucket_start, ${key}, CAST(packets AS DECIMAL(30)) AS packets, CAST(bytes AS DECIMAL(30)) AS bytes
       FROM netflowtable_1h WHERE FALSE`,
  );
  await run(
    `INSERT INTO netflow_change
     SELECT ${hourOf("x")}, ${keyOf("x")}, -SUM(x.packets), -SUM(x.bytes)
       FROM netflowtable_1m x JOIN netflow_hour h ON ${ofHour}
      GROUP BY 1, ${keyOf("x")}`,
  );
  await run(
    `INSERT INTO netflow_change
     SELECT ${hourOf("s")}, ${keyOf("s")}, SUM(s.packets), SUM(s.bytes)
       FROM ${MINUTES_STAGING} s
      GROUP BY 1, ${keyOf("s")}`,
  );
  await run(`DELETE x FROM netflowtable_1m x JOIN netflow_hour h ON ${ofHour}`);
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
  await run(
    `INSERT INTO netflowtable_1m (bucket_start, file_hour, ${key}, packets, bytes)
     SELECT bucket_start, file_hour, ${key}, SUM(packets), SUM(bytes) FROM ${MINUTES_STAGING}
      GROUP BY bucket_start, file_hour, ${key}`,
  );
  const days = new Set<string>();
  for (const { suffix } of ROLLUPS.slice(1)) {
    await run("DROP TEMPORARY TABLE IF EXISTS netflow_sum");
    await run(
      `CREATE TEMPORARY TABLE netflow_sum (PRIMARY KEY (bucket_start, ${key}))
       SELECT ${suffix === "_1d" ? "TIMESTAMP(DATE(c.bucket_start)) AS bucket_start" : "c.bucket_start"}, ${keyOf("c")},
              SUM(c.packets) AS packets, SUM(c.bytes) AS bytes
         FROM netflow_change c
        GROUP BY 1, ${keyOf("c")}
       HAVING SUM(c.packets) <> 0 OR SUM(c.bytes) <> 0`,
    );
    for (const statement of addStatements(`netflowtable${suffix}`)) await run(statement);
    const changed = (await run("SELECT DISTINCT CAST(DATE(bucket_start) AS CHAR) AS day FROM netflow_sum")) as {
      day: string;
    }[];
    for (const { day } of changed) days.add(day);
  }
  return [...days].sort();
}

/** Adds the sums, some of them negative, to a table: rows that are missing are made, those left with nothing go. */
function addStatements(table: string): string[] {
  const key = ["bucket_start", ...KEY];
  const isSameRow = key.map((name) => `s.${name} = x.${name}`).join(" AND ");
  return [
    `INSERT INTO ${table} (${key.join(", ")}, packets, bytes)
     SELECT ${key.join(", ")}, 0, 0 FROM netflow_sum s WHERE s.packets > 0 OR s.bytes > 0
     ON DUPLICATE KEY UPDATE packets = ${table}.packets`,
    // Never below nothing: retention may have removed what is taken away here.
    `UPDATE ${table} x JOIN netflow_sum s ON ${isSameRow}
        SET x.packets = GREATEST(x.packets + s.packets, 0), x.bytes = GREATEST(x.bytes + s.bytes, 0)`,
    `DELETE x FROM ${table} x JOIN netflow_sum s ON ${isSameRow} WHERE x.packets = 0 AND x.bytes = 0`,
  ];
}
