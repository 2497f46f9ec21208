import type { Connection, RowDataPacket } from "@trafmon/database";

/** A table whose sums are not the same in two databases. Sums are decimal digits; a list in the order of `columns`. */
export interface TableDifference {
  readonly table: string;
  readonly columns: readonly string[];
  readonly first: readonly string[];
  readonly second: readonly string[];
}

/** Tables of rows as measured and their sums, which both databases make from the logs and from nothing else. */
const COMPARED = /^[a-z]+table(_1[mhd])?$/;
const NOT_COMPARED = /^(ipInfotable|activity|service|protocol_table)/;
const ADDITIVE = /(packets|bytes|samples|requests|replies|connections_opened)$/;

/** Compares rows and sums of all tables of measurements. Empty: the same everywhere. */
export async function compareDatabases(
  connection: Connection,
  first: string,
  second: string,
): Promise<TableDifference[]> {
  const [columns] = await connection.query<RowDataPacket[]>(
    `SELECT a.TABLE_NAME AS t, a.COLUMN_NAME AS c
       FROM information_schema.COLUMNS a
       JOIN information_schema.COLUMNS b ON b.TABLE_SCHEMA = ? AND b.TABLE_NAME = a.TABLE_NAME AND b.COLUMN_NAME = a.COLUMN_NAME
      WHERE a.TABLE_SCHEMA = ?
      ORDER BY a.TABLE_NAME, a.ORDINAL_POSITION`,
    [second, first],
  );
  const additive = new Map<string, string[]>();
  for (const { t, c } of columns) {
    if (!COMPARED.test(t) || NOT_COMPARED.test(t)) continue;
    const names = additive.get(t) ?? [];
    if (ADDITIVE.test(c)) names.push(c);
    additive.set(t, names);
  }
  const differences: TableDifference[] = [];
  for (const [table, names] of additive) {
    const [a, b] = await Promise.all([first, second].map((each) => sumsOf(connection, each, table, names)));
    if (a!.join() !== b!.join()) differences.push({ table, columns: ["rows", ...names], first: a!, second: b! });
  }
  return differences;
}

async function sumsOf(
  connection: Connection,
  database: string,
  table: string,
  names: readonly string[],
): Promise<string[]> {
  const sums = names.map((name) => `CAST(COALESCE(SUM(\`${name}\`), 0) AS CHAR)`);
  const [rows] = await connection.query<unknown[][] & RowDataPacket[]>({
    sql: `SELECT ${["CAST(COUNT(*) AS CHAR)", ...sums].join(", ")} FROM \`${database}\`.\`${table}\``,
    rowsAsArray: true,
  });
  return rows[0]!.map(String);
}
