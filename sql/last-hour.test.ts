import { afterEach, beforeEach, expect, test } from "vitest";
import { RuntimeDatabase } from "./fixtures/runtime-database.ts";

let database: RuntimeDatabase;

beforeEach(async () => {
  database = await RuntimeDatabase.make();
});
afterEach(async () => {
  await database.remove();
});

const LAST_DAY = "2026-11-20";
const TABLES = [
  ["ipcttable", "interval_start"],
  ["ipcttable_1m", "bucket_start"],
  ["ipcttable_1h", "bucket_start"],
] as const;

/** Rows every quarter of an hour for 8 flows, for so many days up to the last, which get partitions. */
async function fill(days: readonly string[]): Promise<void> {
  for (const [table, time] of TABLES) {
    await database.call("partition_add", table, days.join(","));
    const minutes = table === "ipcttable_1h" ? 60 : 15;
    const names = ["flow_no", time, "attributed_flow_no", "first", "last", "fwd_bytes"];
    const rest = (
      await database.rows(
        "SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
        [database.name, table],
      )
    )
      .map((row) => row.name as string)
      .filter((name) => !names.includes(name));
    for (let from = 0; from < days.length; from += 100) {
      const some = days.slice(from, from + 100).map((day) => `SELECT '${day}' AS day`);
      await database.rows(
        `INSERT INTO ${table} (${[...names, ...rest].join(", ")})
         WITH RECURSIVE slot AS (SELECT 0 AS minute UNION ALL SELECT minute + ${minutes} FROM slot WHERE minute < ${1440 - minutes}),
              flow AS (SELECT 1 AS flow_no UNION ALL SELECT flow_no + 1 FROM flow WHERE flow_no < 8)
         SELECT flow_no, day + INTERVAL minute MINUTE, flow_no, day + INTERVAL minute MINUTE, day + INTERVAL minute MINUTE, 100
                ${rest.map(() => ", 1").join("")}
           FROM slot, flow, (${some.join(" UNION ALL ")}) days`,
      );
    }
    await database.rows(`ANALYZE TABLE ${table}`);
  }
}

/** Partitions that the query of the last hour opens, and the rows that the server reads for it. */
async function lastHour(table: string, time: string): Promise<{ partitions: string; rowsRead: number; rows: number }> {
  const query = `SELECT flow_no, SUM(fwd_bytes) FROM ${table}
                  WHERE ${time} >= '${LAST_DAY} 23:00' AND ${time} < '${LAST_DAY} 23:00' + INTERVAL 1 HOUR GROUP BY flow_no`;
  // MySQL shows partitions unasked, and no longer knows the word.
  const plan = await database
    .rows(`EXPLAIN PARTITIONS ${query}`)
    .catch(() => database.rows(`EXPLAIN FORMAT=TRADITIONAL ${query}`));
  const read = async () =>
    (await database.rows("SHOW SESSION STATUS LIKE 'Handler_read%'"))
      .filter((row) => /Handler_read_(first|key|last|next|prev|rnd|rnd_next)$/.test(row.Variable_name))
      .reduce((sum, row) => sum + Number(row.Value), 0);
  const before = await read();
  const own = (await read()) - before;
  const beforeQuery = await read();
  const rows = await database.rows(query);
  const rowsRead = (await read()) - beforeQuery - own;
  return { partitions: plan.map((row) => row.partitions).join(), rowsRead, rows: rows.length };
}

function daysUpToLast(count: number): string[] {
  const last = Date.parse(`${LAST_DAY}T00:00:00Z`);
  return Array.from({ length: count }, (_, nth) => new Date(last - nth * 86_400_000).toISOString().slice(0, 10));
}

test("the last hour reads the same partitions and rows in a year of data as in a day", async () => {
  const year = daysUpToLast(365);
  await fill(year.slice(0, 1));
  const inADay = [];
  for (const [table, time] of TABLES) inADay.push(await lastHour(table, time));
  await fill(year.slice(1));
  for (const [nth, [table, time]] of TABLES.entries()) {
    const [few, many] = [inADay[nth]!, await lastHour(table, time)];
    expect(many.partitions, table).toBe(few.partitions);
    expect(many.partitions, table).toMatch(/^p\d+$/);
    expect([few.rows, many.rows], table).toEqual([8, 8]);
    expect(few.rowsRead, table).toBeGreaterThan(0);
    expect(many.rowsRead / few.rowsRead, table).toBeLessThan(1.05);
  }
});
