import type { Connection, RowDataPacket } from "@trafmon/database";
import { familiesOf, type TimedTable } from "./table-roles.ts";

/** A table whose sums are not the same in two databases. Sums are decimal digits; a list in the order of `columns`. */
export interface TableDifference {
  readonly table: string;
  readonly columns: readonly string[];
  readonly first: readonly string[];
  readonly second: readonly string[];
}

/**
 * Compares rows and sums of all tables of measurements, which are made from the logs and from nothing else. Empty: the
 * same everywhere. `second`: has all tables of this version.
 */
export async function compareDatabases(
  connection: Connection,
  first: string,
  second: string,
): Promise<TableDifference[]> {
  const [present] = await connection.query<RowDataPacket[]>(
    "SELECT TABLE_NAME AS t, COLUMN_NAME AS c FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ?",
    [first],
  );
  const columns = new Set(present.map(({ t, c }) => `${t}.${c}`));
  const tables = (await familiesOf(connection, second))
    .flatMap((family) => family.tables)
    .filter(({ name, time }) => columns.has(`${name}.${time}`))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const differences: TableDifference[] = [];
  for (const table of tables) {
    const sums = table.sums.filter((each) => columns.has(`${table.name}.${each}`));
    const a = await sumsOf(connection, first, table, sums);
    const b = await sumsOf(connection, second, table, sums);
    if (a.join() !== b.join()) {
      differences.push({ table: table.name, columns: ["rows", ...sums], first: a, second: b });
    }
  }
  return differences;
}

async function sumsOf(
  connection: Connection,
  database: string,
  { name }: TimedTable,
  names: readonly string[],
): Promise<string[]> {
  const sums = names.map((each) => `CAST(COALESCE(SUM(\`${each}\`), 0) AS CHAR)`);
  const [rows] = await connection.query<unknown[][] & RowDataPacket[]>({
    sql: `SELECT ${["CAST(COUNT(*) AS CHAR)", ...sums].join(", ")} FROM \`${database}\`.\`${name}\``,
    rowsAsArray: true,
  });
  return rows[0]!.map(String);
}
