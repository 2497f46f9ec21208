import type { Connection, RowDataPacket } from "mysql2/promise";
import { serverError } from "./server-error.ts";

export interface RoutineWarning {
  readonly level: string;
  readonly message: string;
}

/** What a routine gave: its result sets in order, and the warnings it ended with. */
export interface RoutineResult {
  readonly resultSets: readonly (readonly RowDataPacket[])[];
  readonly warnings: readonly RoutineWarning[];
}

export interface RoutineOptions {
  /** Dates and instants as the server writes them, not as Date: for people, and to the microsecond. */
  readonly datesAsText?: boolean;
}

/**
 * Calls a stored procedure of the template database. `values`: its IN parameters in order; dates as `YYYY-MM-DD`.
 * @throws {CodedError} with the procedure's own message, where it refuses
 */
export async function callRoutine(
  connection: Connection,
  template: string,
  routine: string,
  values: readonly (string | number | boolean | null)[],
  { datesAsText = false }: RoutineOptions = {},
): Promise<RoutineResult> {
  const marks = values.map(() => "?").join(", ");
  try {
    const [results] = await connection.query<RowDataPacket[][]>({
      sql: `CALL \`${template}\`.\`${routine}\`(${marks})`,
      values: [...values],
      dateStrings: datesAsText,
    });
    const [rows] = await connection.query<RowDataPacket[]>("SHOW WARNINGS");
    return {
      resultSets: Array.isArray(results) ? results.filter((each) => Array.isArray(each)) : [],
      warnings: rows
        .filter((row) => row.Level !== "Note")
        .map((row) => ({ level: String(row.Level), message: String(row.Message) })),
    };
  } catch (error) {
    throw serverError(`run ${routine}(${values.map((each) => each ?? "NULL").join(", ")})`, error);
  }
}
