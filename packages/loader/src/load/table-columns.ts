import type { Connection, RowDataPacket } from "@trafmon/database";

/** What a column of a table takes. */
export interface TableColumn {
  readonly name: string;
  /** Greatest number it holds; null where the log's own range is narrower, or for what is no number. */
  readonly max: number | null;
  /** Greatest number of decimal digits, for DECIMAL; else null. */
  readonly maxDigits: number | null;
  /** Greatest number of characters, for character columns; else null. */
  readonly maxCharacters: number | null;
  /** Whether it holds characters of ASCII only. */
  readonly isAscii: boolean;
  readonly inPrimaryKey: boolean;
}

const UNSIGNED_MAX: Readonly<Record<string, number>> = {
  tinyint: 255,
  smallint: 65535,
  mediumint: 16_777_215,
  int: 4_294_967_295,
};

/** Columns of all tables of a database, in order, as the server describes them. */
export async function readTableColumns(
  connection: Connection,
  database: string,
): Promise<ReadonlyMap<string, readonly TableColumn[]>> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT TABLE_NAME AS t, COLUMN_NAME AS c, DATA_TYPE AS type, CHARACTER_MAXIMUM_LENGTH AS characters,
            NUMERIC_PRECISION AS digits, COLUMN_KEY AS part, CHARACTER_SET_NAME AS charset
       FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = ?
      ORDER BY TABLE_NAME, ORDINAL_POSITION`,
    [database],
  );
  const tables = new Map<string, TableColumn[]>();
  for (const row of rows) {
    let columns = tables.get(row.t);
    if (columns === undefined) {
      columns = [];
      tables.set(row.t, columns);
    }
    columns.push({
      name: row.c,
      max: UNSIGNED_MAX[row.type] ?? null,
      maxDigits: row.type === "decimal" ? Number(row.digits) : null,
      maxCharacters: /char|text/.test(row.type) ? Number(row.characters) : null,
      isAscii: row.charset === "ascii",
      inPrimaryKey: row.part === "PRI",
    });
  }
  return tables;
}
