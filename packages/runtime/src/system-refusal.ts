import type { CodedError } from "./coded-error.ts";
import { runtimeError, type runtimeErrors } from "./errors.ts";

type Code = keyof typeof runtimeErrors;

/** By the name of the system's error, errno(3). */
const CODES: Readonly<Record<string, Code>> = {
  ENOSPC: "DISK_FULL",
  EDQUOT: "DISK_FULL",
  EIO: "DISK_FAILS",
  EROFS: "DISK_FAILS",
  EACCES: "ACCESS_REFUSED",
  EPERM: "ACCESS_REFUSED",
  EMFILE: "TOO_MANY_FILES",
  ENFILE: "TOO_MANY_FILES",
};

/** What the machine refuses a program that asks rightly, such as room on a disk; null for any other error. */
export function systemRefusal(error: unknown): CodedError | null {
  if (!(error instanceof Error)) return null;
  const { code, syscall } = error as NodeJS.ErrnoException;
  const ours = syscall === undefined ? undefined : CODES[code ?? ""];
  // The system's own words name the call and the path.
  return ours === undefined ? null : runtimeError(ours, `cannot go on: ${error.message}`, error);
}
