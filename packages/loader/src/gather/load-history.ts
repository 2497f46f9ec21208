import type { Connection, RowDataPacket } from "@trafmon/database";

/** Files named in one statement, of 100 bytes each: some servers take 1 MiB of it. */
const NAMES_PER_STATEMENT = 5000;

/** What an earlier pass loaded under a name. */
export interface LoadedBefore {
  readonly sha256: Buffer;
  readonly linesRejected: number;
}

/** Those of these files' names under which something was loaded before. */
export async function loadHistory(
  connection: Connection,
  names: readonly string[],
): Promise<ReadonlyMap<string, LoadedBefore>> {
  const history = new Map<string, LoadedBefore>();
  for (let at = 0; at < names.length; at += NAMES_PER_STATEMENT) {
    const [rows] = await connection.query<RowDataPacket[]>(
      "SELECT file_name, sha256, lines_rejected FROM load_history WHERE file_name IN (?)",
      [names.slice(at, at + NAMES_PER_STATEMENT)],
    );
    for (const { file_name, sha256, lines_rejected } of rows) {
      history.set(file_name, { sha256, linesRejected: Number(lines_rejected) });
    }
  }
  return history;
}
