import { isDatabaseName } from "@trafmon/database";

/** The procedures that people call, each with how many arguments it takes (database.md). */
const PROCEDURES: ReadonlyMap<string, number> = new Map([
  ["Update_ftp_data_in_ipcttable", 3],
  ["Aggr_activityvolumetable_first_level", 3],
  ["Aggr_activityvolumetable_netflow_first_level", 3],
  ["aggregate_stale_days", 2],
  ["Drop_working_tables", 0],
  ["Partition_drop", 3],
]);

export const PROCEDURE_NAMES: readonly string[] = [...PROCEDURES.keys()];

export interface ProcedureCall {
  readonly procedure: string;
  readonly values: readonly (string | null)[];
}

/**
 * A call as it is typed: the name, then the arguments; NULL is SQL's, `-` the database.
 * @returns the call, or what is wrong with it
 */
export function readCall(words: readonly string[], database: string): ProcedureCall | string {
  const [procedure = "", ...args] = words;
  const wanted = PROCEDURES.get(procedure);
  if (wanted === undefined) return `${procedure} is no procedure; there are ${PROCEDURE_NAMES.join(", ")}`;
  if (args.length !== wanted) return `${procedure} takes ${wanted} arguments, not ${args.length}`;
  const values = args.map((word) => (word === "-" ? database : word.toUpperCase() === "NULL" ? null : word));
  if (wanted > 0 && (values[0] === null || !isDatabaseName(values[0] ?? "")))
    return `${args[0]} is no name of a database`;
  return { procedure, values };
}

/** A file of calls, one a line. Gives all faults at once. */
export function readCalls(text: string, database: string): { calls: ProcedureCall[]; faults: string[] } {
  const calls: ProcedureCall[] = [];
  const faults: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const words = line
      .replace(/#.*$/, "")
      .split(/\s+/)
      .filter((word) => word !== "");
    if (words.length === 0) continue;
    const call = readCall(words, database);
    if (typeof call === "string") faults.push(`line ${index + 1}: ${call}`);
    else calls.push(call);
  }
  return { calls, faults };
}
