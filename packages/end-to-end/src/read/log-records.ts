import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseLogFileName } from "@trafmon/observation";

/** A line of a log by the names in its header, as text. `\N` is null. */
export type LogRecord = Readonly<Record<string, string>>;

/** Lines of a type in a collector's folder in the order of their writing, headers left out. Unfinished files too. */
export function logLines(folder: string, type: string): string[] {
  return logFiles(folder, type).flatMap((file) => textOf(folder, file).slice(1));
}

/** Types that have lines. */
function logTypes(folder: string): string[] {
  const types = readdirSync(folder).map((file) => parseLogFileName(file)?.type);
  return [...new Set(types.filter((type) => type !== undefined))].sort();
}

/** The records of a collector's log files. Needs nothing of ours to be read: tabs and a header. */
export class LogRecords {
  readonly #byType: ReadonlyMap<string, readonly LogRecord[]>;

  constructor(folder: string) {
    this.#byType = new Map(logTypes(folder).map((type) => [type, readRecords(folder, type)]));
  }

  get types(): string[] {
    return [...this.#byType.keys()];
  }

  /** In the order of their writing. */
  of(type: string): readonly LogRecord[] {
    return this.#byType.get(type) ?? [];
  }
}

function readRecords(folder: string, type: string): LogRecord[] {
  return logFiles(folder, type).flatMap((file) => {
    const [header, ...lines] = textOf(folder, file);
    const names = header!.split("\t");
    return lines.map((line) => {
      const values = line.split("\t");
      return Object.fromEntries(names.map((name, index) => [name, values[index]!]));
    });
  });
}

function logFiles(folder: string, type: string): string[] {
  return readdirSync(folder)
    .filter((file) => parseLogFileName(file)?.type === type)
    .sort();
}

function textOf(folder: string, file: string): string[] {
  return readFileSync(join(folder, file), "utf8").split("\n").slice(0, -1);
}
