import type { Connection } from "@trafmon/database";
import { sharedColumns } from "./bring-over.ts";
import { familiesOf, REMOVALS } from "./table-roles.ts";
import type { OlderDays } from "./take-over-days.ts";

/**
 * Takes over what retention noted of removed rows, for they count in sums that were taken over. Last of all: what is noted
 * would refuse the kept logs. A table is marked up to the days taken over only: of later ones the logs gave every row.
 */
export async function takeOverRemovals(
  { connection, from, into }: { readonly connection: Connection; readonly from: string; readonly into: string },
  older: readonly OlderDays[],
): Promise<void> {
  for (const table of REMOVALS) {
    const columns = await sharedColumns(connection, from, into, table);
    // An earlier version noted nothing.
    if (columns === "") continue;
    await connection.query(
      `REPLACE INTO \`${into}\`.${table} (${columns}) SELECT ${columns} FROM \`${from}\`.${table}`,
    );
  }
  for (const { type, tables } of await familiesOf(connection, into)) {
    const last = older.find((each) => each.type === type)?.days.at(-1);
    const names = tables.map((table) => table.name);
    if (last === undefined) {
      await connection.query(`DELETE FROM \`${into}\`.retention_mark WHERE table_name IN (?)`, [names]);
    } else {
      await connection.query(
        `UPDATE \`${into}\`.retention_mark SET removed_before = LEAST(removed_before, ? + INTERVAL 1 DAY)
          WHERE table_name IN (?)`,
        [last, names],
      );
    }
  }
}
