import { readFileSync } from "node:fs";
import { type Clock, CodedError, type Component, type Logger, type LogLevel } from "@trafmon/runtime";
import { settingsError } from "./errors.ts";
import { WatchedFile } from "./watched-file.ts";

const LEVELS: readonly string[] = ["trace", "debug", "info", "warn", "error"] satisfies LogLevel[];

/** Level of the log as a whole and of single parts of the program. */
export interface DiagSettings {
  readonly all: LogLevel;
  readonly parts: ReadonlyMap<string, LogLevel>;
}

/**
 * Reads a .diag file: lines of a part's name, or `all`, and a level; `#` begins a comment.
 * @throws {CodedError} SETTINGS_UNREADABLE, SETTINGS_DIAG_INVALID naming every wrong line
 */
export function readDiagFile(path: string): DiagSettings {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw settingsError("SETTINGS_UNREADABLE", `cannot read ${path}: ${(cause as Error).message}`, cause);
  }
  return parseDiag(text, path);
}

/** @throws {CodedError} SETTINGS_DIAG_INVALID naming every wrong line */
export function parseDiag(text: string, fileName: string): DiagSettings {
  const parts = new Map<string, LogLevel>();
  const faults: string[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    const [part, level, ...more] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (part === undefined || part === "") return;
    if (level === undefined || !LEVELS.includes(level) || more.length > 0) {
      faults.push(`line ${index + 1}: ${JSON.stringify(line.trim().slice(0, 80))} is no part and level`);
    } else parts.set(part, level as LogLevel);
  });
  if (faults.length > 0) {
    throw settingsError("SETTINGS_DIAG_INVALID", `cannot use ${fileName}: ${faults.join("; ")}`);
  }
  const all = parts.get("all") ?? "info";
  parts.delete("all");
  return { all, parts };
}

/** A child log for each part of a program that the .diag file may give a level of its own. */
export function logsOfParts<const P extends string>(log: Logger, parts: readonly P[]): Readonly<Record<P, Logger>> {
  return Object.fromEntries(parts.map((part) => [part, log.child({ part })])) as Record<P, Logger>;
}

/** Sets the levels of a running program's logs from its .diag file, now and whenever the file changes. */
export class DiagWatch implements Component {
  readonly name: string;
  readonly #log: Logger;
  readonly #parts: Readonly<Record<string, Logger>>;
  readonly #path: string;
  readonly #file: WatchedFile;

  /** `parts`: the child logs of the program's parts, by the name they have in the file. */
  constructor(path: string, clock: Clock, log: Logger, parts: Readonly<Record<string, Logger>> = {}) {
    this.name = `log levels of ${path}`;
    this.#path = path;
    this.#log = log;
    this.#parts = parts;
    this.#file = new WatchedFile(path, clock, (exists) => exists && this.#apply());
  }

  start(): Promise<void> {
    return this.#file.start();
  }

  stop(): Promise<void> {
    return this.#file.stop();
  }

  #apply(): void {
    let settings: DiagSettings;
    try {
      settings = readDiagFile(this.#path);
    } catch (error) {
      // A slip in this file is no reason to stop measuring.
      if (!(error instanceof CodedError)) throw error;
      this.#log.warn({ code: error.code }, error.message);
      return;
    }
    const unknown = [...settings.parts.keys()].filter((name) => this.#parts[name] === undefined);
    if (unknown.length > 0) {
      const known = Object.keys(this.#parts).join(" ");
      this.#log.warn({ unknown, known }, "the log level file names parts that this program does not have");
    }
    this.#log.level = settings.all;
    for (const [name, log] of Object.entries(this.#parts)) log.level = settings.parts.get(name) ?? settings.all;
    this.#log.info({ all: settings.all, parts: Object.fromEntries(settings.parts) }, "set log levels");
  }
}
