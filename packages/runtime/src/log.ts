import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import pino, { type Logger } from "pino";
import { runtimeError } from "./errors.ts";
import { readableLine } from "./readable-line.ts";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

export interface LogOptions {
  /** Name of the program, in every JSON line and in the file's name. */
  readonly program: string;
  /** JSON lines in place of readable ones. */
  readonly json?: boolean;
  /** Folder of `<program>.log`, made if missing; without it the log goes to stderr. */
  readonly directory?: string | undefined;
  /** In place of `<program>.log`. */
  readonly fileName?: string;
  readonly level?: LogLevel;
  /** In place of stderr or a file, for tests. */
  readonly write?: (line: string) => void;
}

/** The log of a program. `reopen` opens the file anew, after logrotate has renamed it. */
export interface ProgramLog {
  readonly log: Logger;
  readonly inFile: boolean;
  reopen(): void;
}

/**
 * Opens the log. Lines are written at once (a log is small, and one that is lost with the process tells nothing).
 * Fields named `password`, `secret` or `key` anywhere in the data are printed as `***`.
 * @throws {CodedError} LOG_UNWRITABLE
 */
export function createLog(options: LogOptions): ProgramLog {
  const target = openTarget(options);
  const write = options.json ? target.write : (line: string) => target.write(readableLine(line));
  const log = pino(
    {
      name: options.program,
      level: options.level ?? "info",
      redact: { paths: secretPaths(), censor: "***" },
      serializers: { err: pino.stdSerializers.err, cause: causeText },
    },
    { write },
  );
  return { log, inFile: options.write === undefined && options.directory !== undefined, reopen: target.reopen };
}

interface Target {
  write(line: string): void;
  reopen(): void;
}

function openTarget(options: LogOptions): Target {
  if (options.write !== undefined) return { write: options.write, reopen: () => {} };
  if (options.directory === undefined) return { write: (line) => process.stderr.write(line), reopen: () => {} };
  const path = join(options.directory, options.fileName ?? `${options.program}.log`);
  try {
    mkdirSync(options.directory, { recursive: true });
    // The stream below reports a failure to open too late to refuse the start.
    closeSync(openSync(path, "a", 0o640));
  } catch (cause) {
    throw runtimeError("LOG_UNWRITABLE", `cannot write the log ${path}: ${(cause as Error).message}`, cause);
  }
  const file = pino.destination({ dest: path, sync: true, append: true });
  // A full disk must not end a program that measures; what it says is lost until there is room.
  file.on("error", () => {});
  return { write: (line) => void file.write(line), reopen: () => file.reopen() };
}

function secretPaths(): string[] {
  return ["password", "secret", "key"].flatMap((name) => [name, `*.${name}`]);
}

function causeText(cause: unknown): unknown {
  return cause instanceof Error ? cause.message : cause;
}
