import type { ExitCode } from "./exit-codes.ts";

export interface CodedErrorOptions {
  /** What the operator can do about it: one sentence, with full stop. */
  readonly hint: string;
  readonly exitCode: ExitCode;
  readonly cause?: unknown;
}

/**
 * A failure the operator can act on. Everything else that goes wrong is either counted where it happens (the world
 * misbehaves) or a plain Error (we are wrong).
 */
export class CodedError extends Error {
  override readonly name = "CodedError";
  /** Stable, `PACKAGE_WHAT_IT_IS`; never changes meaning, listed in docs/errors.md. */
  readonly code: string;
  readonly hint: string;
  readonly exitCode: ExitCode;

  /** `message`: lower case, "cannot ...", with the offending value and its place, no full stop. */
  constructor(code: string, message: string, options: CodedErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.exitCode = options.exitCode;
  }
}

/** One row of a package's error table: what the operator can do, and how the program ends when nothing catches it. */
export interface ErrorEntry {
  readonly hint: string;
  readonly exitCode: ExitCode;
}

/**
 * Makes the error function of a package from its table:
 *
 *     export const loaderErrors = {
 *       LOADER_BUSY: { hint: "Another loader holds the lock: try again later.", exitCode: EXIT.TRY_AGAIN },
 *     } as const satisfies Record<string, ErrorEntry>;
 *     export const loaderError = errorsOf(loaderErrors);
 *     throw loaderError("LOADER_BUSY", "cannot take the lock trafMon_loader", cause);
 */
export function errorsOf<const T extends Record<string, ErrorEntry>>(
  table: T,
): (code: keyof T & string, message: string, cause?: unknown) => CodedError {
  return (code, message, cause) => {
    const { hint, exitCode } = table[code] as ErrorEntry;
    return new CodedError(code, message, { hint, exitCode, cause });
  };
}
