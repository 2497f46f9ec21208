import type { Connection, RowDataPacket } from "@trafmon/database";
import type { TimedTable } from "./table-roles.ts";

/** What a table holds of a day: its rows, then its sums in the order of `sums`. */
export type DaySums = readonly bigint[];

/** Rows and sums of a table per day, UTC, `YYYY-MM-DD`. */
export async function daySums(
  connection: Connection,
  database: string,
  { name, time, sums }: TimedTable,
): Promise<Map<string, DaySums>> {
  const summed = sums.map((each) => `, CAST(COALESCE(SUM(\`${each}\`), 0) AS CHAR)`).join("");
  const [rows] = await connection.query<unknown[][] & RowDataPacket[]>({
    sql: `SELECT CAST(DATE(\`${time}\`) AS CHAR) AS day, CAST(COUNT(*) AS CHAR)${summed}
            FROM \`${database}\`.\`${name}\` GROUP BY day`,
    rowsAsArray: true,
  });
  return new Map(rows.map(([day, ...rest]) => [String(day), rest.map((each) => BigInt(String(each)))]));
}

export function isSame(a: DaySums, b: DaySums): boolean {
  return a.every((value, nth) => value === b[nth]);
}

/** Whether the first one holds as much as the second one or more, in everything that adds up. */
export function holds(a: DaySums, b: DaySums): boolean {
  return a.every((value, nth) => value >= b[nth]!);
}
