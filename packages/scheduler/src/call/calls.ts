import { isDatabaseName } from "@trafmon/database";

/** What an argument may be: a registered database, a table, a day or NULL, a number of days, true or false. */
type Kind = "database" | "table" | "day" | "days" | "truth";

/** The procedures that people call, each with what it takes (database.md). */
const PROCEDURES: ReadonlyMap<string, readonly Kind[]> = new Map([
  ["Update_ftp_data_in_ipcttable", ["database", "day", "day"]],
  ["Aggr_activityvolumetable_first_level", ["database", "day", "day"]],
  ["Aggr_activityvolumetable_netflow_first_level", ["database", "day", "day"]],
  ["aggregate_stale_days", ["database", "truth"]],
  ["Drop_working_tables", []],
  ["Partition_drop", ["database", "table", "days"]],
  ["apply_retention", ["database", "truth"]],
]);

const KINDS: Readonly<
  Record<Kind, { readonly name: string; readonly read: (word: string) => string | null | undefined }>
> = {
  database: { name: "name of a database", read: (word) => (isDatabaseName(word) && !isNull(word) ? word : undefined) },
  table: { name: "name of a table", read: (word) => (/^\w{1,64}$/.test(word) ? word : undefined) },
  day: { name: "day (YYYY-MM-DD) or NULL", read: (word) => (isNull(word) ? null : isDay(word) ? word : undefined) },
  days: { name: "number of days, 1 or more", read: (word) => (/^[1-9]\d{0,6}$/.test(word) ? word : undefined) },
  truth: { name: "TRUE or FALSE, 1 or 0", read: (word) => TRUTHS[word.toUpperCase()] },
};

/** As SQL's clients take them. */
const TRUTHS: Readonly<Record<string, string>> = { TRUE: "1", FALSE: "0", "1": "1", "0": "0" };

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
  if (args.length !== wanted.length) return `${procedure} takes ${wanted.length} arguments, not ${args.length}`;
  const values: (string | null)[] = [];
  for (const [index, word] of args.entries()) {
    const { name, read } = KINDS[wanted[index]!];
    const value = read(word === "-" && wanted[index] === "database" ? database : word);
    if (value === undefined) return `${word} is no ${name}`;
    values.push(value);
  }
  return { procedure, values };
}

function isNull(word: string): boolean {
  return word.toUpperCase() === "NULL";
}

function isDay(word: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(word)) return false;
  const day = new Date(`${word}T00:00:00Z`);
  // Days that do not exist, as of February, make the next month.
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(word);
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
