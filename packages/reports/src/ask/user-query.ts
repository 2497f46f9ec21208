import type { Period } from "../period.ts";
import { utcText } from "../time-grid.ts";
import { type Database, dayGrain, fromWhere, type VolumeQuestion } from "./volume-question.ts";

export type QueryRow = Readonly<Record<string, unknown>>;

/**
 * Runs a statement of a report definition. `{volumes}` is the prepared table narrowed to period, probes and filters of the
 * report, as `v`; `:from`, `:until` and `:top` are its period (UTC, the end not included) and length of lists.
 */
export async function askUserQuery(
  database: Database,
  question: VolumeQuestion,
  period: Period,
  sql: string,
  top: number,
): Promise<QueryRow[]> {
  const { text, values } = fromWhere(question, period, dayGrain(period));
  const named: Record<string, unknown> = { from: utcText(period.fromMs), until: utcText(period.untilMs), top };
  const given: unknown[] = [];
  // What stands in quotes is not looked into.
  const pattern = /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`|\{volumes\}|:(from|until|top)\b/g;
  const ready = sql.replace(pattern, (found: string, name: string | undefined) => {
    if (name !== undefined) {
      given.push(named[name]);
      return "?";
    }
    if (found !== "{volumes}") return found;
    given.push(...values);
    return `(SELECT v.* ${text}) AS v`;
  });
  return await database.rows<Record<string, unknown>>(ready, given);
}
