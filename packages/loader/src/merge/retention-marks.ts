import type { Connection, RowDataPacket } from "@trafmon/database";

/** Up to which day tables have been emptied by retention. */
export class RetentionMarks {
  /** Days since the epoch. */
  #firstDayOf = new Map<string, number>();

  /** Reads what is there; anew for each pass: they stay the same while a loader has files in hand. */
  async read(connection: Connection): Promise<void> {
    const [rows] = await connection.query<RowDataPacket[]>(
      "SELECT table_name AS t, DATEDIFF(removed_before, '1970-01-01') AS day FROM retention_mark",
    );
    this.#firstDayOf = new Map(rows.map((row) => [row.t as string, Number(row.day)]));
  }

  /** Whether one of these days lies before the table's mark. `days`: since the epoch. */
  areBefore(table: string, days: Iterable<number>): boolean {
    const firstDay = this.#firstDayOf.get(table);
    return firstDay !== undefined && [...days].some((day) => day < firstDay);
  }
}
