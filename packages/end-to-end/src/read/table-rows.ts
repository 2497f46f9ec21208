import type { SiteDatabase } from "../site/site-database.ts";

/** How a table tells whose rows they are: its column, and the probe's name by it. */
const KEYS: readonly (readonly [column: string, probe: string])[] = [
  ["probe", "x.probe"],
  ["probe_no", "(SELECT name FROM probe p WHERE p.probe_no = x.probe_no)"],
  ["run_no", "(SELECT name FROM probe p JOIN probe_run r ON r.probe_no = p.probe_no WHERE r.run_no = x.run_no)"],
  ["flow_no", "(SELECT name FROM probe p JOIN flow f ON f.probe_no = p.probe_no WHERE f.flow_no = x.flow_no)"],
];

/** Rows per probe of every table that has rows and tells probes apart. */
export async function rowsByProbe(database: SiteDatabase): Promise<Map<string, Record<string, number>>> {
  const found = new Map<string, Record<string, number>>();
  for (const [table, columns] of await tablesWithRows(database)) {
    const key = KEYS.find(([column]) => columns.has(column));
    if (key === undefined) continue;
    const rows = await database.rows(`SELECT ${key[1]} AS probe_name, COUNT(*) AS n FROM ${table} x GROUP BY 1`);
    found.set(table, Object.fromEntries(rows.map((row) => [row.probe_name, Number(row.n)])));
  }
  return found;
}

/** Tables that have rows and do not tell probes apart. */
export async function tablesWithoutProbe(database: SiteDatabase): Promise<string[]> {
  const tables = await tablesWithRows(database);
  return [...tables].filter(([, columns]) => !KEYS.some(([column]) => columns.has(column))).map(([table]) => table);
}

/** A checksum of the rows of each table. */
export async function tableChecksums(database: SiteDatabase): Promise<Map<string, string>> {
  const tables = await baseTables(database);
  const rows = await database.rows(`CHECKSUM TABLE ${[...tables.keys()].join(", ")}`);
  return new Map(rows.map((row) => [String(row.Table).split(".")[1]!, String(row.Checksum)]));
}

async function tablesWithRows(database: SiteDatabase): Promise<Map<string, Set<string>>> {
  const tables = await baseTables(database);
  for (const table of tables.keys()) {
    if ((await database.rows(`SELECT 1 FROM ${table} LIMIT 1`)).length === 0) tables.delete(table);
  }
  return tables;
}

/** Columns by table, views left out. */
async function baseTables(database: SiteDatabase): Promise<Map<string, Set<string>>> {
  const rows = await database.rows(
    `SELECT c.TABLE_NAME AS table_name, c.COLUMN_NAME AS column_name
       FROM information_schema.COLUMNS c
       JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
      WHERE c.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE'
      ORDER BY 1`,
  );
  const tables = new Map<string, Set<string>>();
  for (const { table_name, column_name } of rows) {
    tables.set(table_name, (tables.get(table_name) ?? new Set()).add(column_name));
  }
  return tables;
}
