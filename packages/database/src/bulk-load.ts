import { Readable } from "node:stream";
import type { Connection, ResultSetHeader } from "mysql2/promise";
import { serverError } from "./server-error.ts";

export interface LoadTarget {
  /** Name of the table as it stands in a statement, quoted where needed. */
  readonly table: string;
  /** Columns in the order of the fields; `@name` for a field that only `set` uses. */
  readonly columns: readonly string[];
  /** Assignments such as "address = UNHEX(@address)". */
  readonly set?: readonly string[];
}

/** What the server took of the lines sent to it. */
export interface LoadResult {
  readonly rows: number;
  readonly warnings: number;
}

/** Largest piece sent at once: servers refuse a packet of more than their max_allowed_packet, and 1 MiB is the least they have. */
const MAX_PIECE_BYTES = 512 * 1024;

/**
 * Sends lines into a table: tab between fields, newline after each line, backslash escapes, `\N` for NULL. The chunks
 * are read as the server takes them. The server changes what does not fit instead of refusing it (LOCAL implies
 * IGNORE), so a caller compares rows and warnings with what it sent.
 */
export async function loadLines(
  connection: Connection,
  target: LoadTarget,
  lines: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<LoadResult> {
  const set = target.set === undefined || target.set.length === 0 ? "" : ` SET ${target.set.join(", ")}`;
  const sql =
    `LOAD DATA LOCAL INFILE 'stream' INTO TABLE ${target.table} CHARACTER SET utf8mb4 ` +
    `FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' (${target.columns.join(", ")})${set}`;
  try {
    const [result] = await connection.query<ResultSetHeader>({
      sql,
      infileStreamFactory: () => Readable.from(pieces(lines), { objectMode: false }),
    });
    return { rows: result.affectedRows, warnings: result.warningStatus };
  } catch (error) {
    throw serverError(`load into ${target.table}`, error);
  }
}

/** The same bytes in pieces that a server takes. */
async function* pieces(lines: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>) {
  for await (const chunk of lines) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    for (let at = 0; at < bytes.length; at += MAX_PIECE_BYTES) yield bytes.subarray(at, at + MAX_PIECE_BYTES);
  }
}
