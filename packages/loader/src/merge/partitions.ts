import { type Connection, callRoutine, type RowDataPacket } from "@trafmon/database";

/**
 * The partitions of data that exist, so that the server is asked for new ones only. Their names follow the rule of
 * sql/procedures/partition_add.sql: a day, for tables in _1h a month, in _1d a year.
 */
export class Partitions {
  readonly #template: string;
  readonly #database: string;
  #present = new Set<string>();

  constructor(template: string, database: string) {
    this.#template = template;
    this.#database = database;
  }

  /** Reads what is there; anew for each pass, because Partition_drop may have taken some away. */
  async read(connection: Connection): Promise<void> {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT TABLE_NAME AS t, PARTITION_NAME AS p
         FROM information_schema.PARTITIONS
        WHERE TABLE_SCHEMA = ? AND PARTITION_NAME LIKE 'p%'`,
      [this.#database],
    );
    this.#present = new Set(rows.map((row) => `${row.t} ${row.p}`));
  }

  /** How many of these days have no partition yet in a table partitioned by day. `days`: since the epoch. */
  missingDays(table: string, days: Iterable<number>): number[] {
    return [...days].filter((day) => !this.#present.has(`${table} ${partitionName(table, day)}`));
  }

  /** Makes room for the days in a table. DDL: commits what is open. */
  async add(connection: Connection, table: string, days: Iterable<number>): Promise<void> {
    const missing = this.missingDays(table, days);
    if (missing.length === 0) return;
    const list = missing.map(isoDay).join(",");
    await callRoutine(connection, this.#template, "partition_add", [this.#database, table, list]);
    for (const day of missing) this.#present.add(`${table} ${partitionName(table, day)}`);
  }
}

/** `YYYY-MM-DD` of a day since the epoch. */
export function isoDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

function partitionName(table: string, day: number): string {
  const digits = isoDay(day).replaceAll("-", "");
  if (table.endsWith("_1d")) return `p${digits.slice(0, 4)}`;
  return table.endsWith("_1h") ? `p${digits.slice(0, 6)}` : `p${digits}`;
}
