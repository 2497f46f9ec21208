import { CodedError } from "./coded-error.ts";
import { runtimeErrors } from "./errors.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { systemRefusal } from "./system-refusal.ts";

export interface ReportErrorOptions {
  /** One JSON line in the log's shape in place of two lines of text. */
  readonly json?: boolean;
  /** Adds the stack of a fault of ours. */
  readonly stack?: boolean;
  readonly write?: (text: string) => void;
}

/** Tells the operator why the program ends, on stderr: what, and what to do. Returns the exit code to end with. */
export function reportError(program: string, thrown: unknown, options: ReportErrorOptions = {}): ExitCode {
  const error = systemRefusal(thrown) ?? thrown;
  const write = options.write ?? ((text) => process.stderr.write(text));
  const { code, message, hint, exitCode } = describeError(error);
  const stack = !(error instanceof CodedError) && error instanceof Error ? error.stack : undefined;
  if (options.json) {
    // pino's own field names and level number, so that one reader serves the log and the end of the program.
    const line = { level: 60, time: Date.now(), pid: process.pid, name: program, code, hint, exitCode, stack };
    write(`${JSON.stringify({ ...line, msg: message })}\n`);
  } else {
    write(`${program}: ${message} [${code}]\n  ${hint}\n`);
    if (options.stack && stack !== undefined) write(`${stack}\n`);
  }
  return exitCode;
}

function describeError(error: unknown): { code: string; message: string; hint: string; exitCode: ExitCode } {
  if (error instanceof CodedError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "OUR_FAULT",
    // A message of several lines would break the two-line form that scripts rely on.
    message: `cannot go on: ${message.replace(/\s*\n\s*/g, "; ")}`,
    hint: runtimeErrors.OUR_FAULT.hint,
    exitCode: EXIT.OUR_FAULT,
  };
}
