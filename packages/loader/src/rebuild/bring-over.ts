import type { Connection, RowDataPacket } from "@trafmon/database";
import { JOINED, LISTS, STAYING } from "./table-roles.ts";

/**
 * Brings over what the logs do not tell, and the lists, before logs are loaded: with the numbers of the old database,
 * ranges of address_identity mean the same probe and rows can be taken over. `lists`: whether those besides the probes'
 * come too.
 */
export async function bringOver(
  connection: Connection,
  from: string,
  into: string,
  { lists }: { readonly lists: boolean },
): Promise<void> {
  for (const table of [...STAYING, JOINED, ...(lists ? LISTS : ["probe"])]) {
    const columns = await sharedColumns(connection, from, into, table);
    if (columns !== "")
      await connection.query(
        `REPLACE INTO \`${into}\`.\`${table}\` (${columns}) SELECT ${columns} FROM \`${from}\`.\`${table}\``,
      );
  }
}

/** Columns that a table has in both databases, in the order of the second one, for a statement. */
export async function sharedColumns(
  connection: Connection,
  from: string,
  into: string,
  table: string,
): Promise<string> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT b.COLUMN_NAME AS c FROM information_schema.COLUMNS a
       JOIN information_schema.COLUMNS b ON b.TABLE_SCHEMA = ? AND b.TABLE_NAME = a.TABLE_NAME AND b.COLUMN_NAME = a.COLUMN_NAME
      WHERE a.TABLE_SCHEMA = ? AND a.TABLE_NAME = ? ORDER BY b.ORDINAL_POSITION`,
    [into, from, table],
  );
  return rows.map(({ c }) => `\`${c}\``).join(", ");
}
