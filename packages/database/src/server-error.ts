import { CodedError } from "@trafmon/runtime";
import { databaseError, type databaseErrors } from "./errors.ts";

type Code = keyof typeof databaseErrors;

/** Error numbers of MySQL and MariaDB; both share those below 1900. */
const BY_NUMBER: ReadonlyMap<number, Code> = new Map([
  [1044, "DATABASE_DENIED"],
  [1045, "DATABASE_DENIED"],
  [1142, "DATABASE_DENIED"],
  [1143, "DATABASE_DENIED"],
  [1227, "DATABASE_DENIED"],
  [1370, "DATABASE_DENIED"],
  [1698, "DATABASE_DENIED"],
  [1040, "DATABASE_UNAVAILABLE"],
  [1053, "DATABASE_LOST"],
  [1077, "DATABASE_LOST"],
  [1927, "DATABASE_LOST"],
  [1205, "DATABASE_BUSY"],
  [1213, "DATABASE_BUSY"],
  // A row was changed under a snapshot, from MariaDB 11.6 on.
  [1020, "DATABASE_BUSY"],
  // A partition was added under a snapshot.
  [1412, "DATABASE_BUSY"],
  // What a procedure of ours says of its arguments, or of the database.
  [1644, "DATABASE_CALL_REFUSED"],
  // A procedure that the template of this version has.
  [1305, "DATABASE_TEMPLATE_MISSING"],
  [1021, "DATABASE_FULL"],
  [1114, "DATABASE_FULL"],
  [1148, "DATABASE_LOCAL_INFILE_OFF"],
  [3948, "DATABASE_LOCAL_INFILE_OFF"],
  [4166, "DATABASE_LOCAL_INFILE_OFF"],
]);

const BY_NAME: ReadonlyMap<string, Code> = new Map([
  ["ECONNREFUSED", "DATABASE_UNAVAILABLE"],
  ["ENOENT", "DATABASE_UNAVAILABLE"],
  ["ENOTFOUND", "DATABASE_UNAVAILABLE"],
  ["EAI_AGAIN", "DATABASE_UNAVAILABLE"],
  ["ETIMEDOUT", "DATABASE_UNAVAILABLE"],
  ["EHOSTUNREACH", "DATABASE_UNAVAILABLE"],
  ["ENETUNREACH", "DATABASE_UNAVAILABLE"],
  ["EACCES", "DATABASE_DENIED"],
  ["ECONNRESET", "DATABASE_LOST"],
  ["EPIPE", "DATABASE_LOST"],
  ["PROTOCOL_CONNECTION_LOST", "DATABASE_LOST"],
  ["ER_CON_COUNT_ERROR", "DATABASE_UNAVAILABLE"],
]);

interface ServerFailure extends Error {
  readonly errno?: number;
  readonly code?: string;
  readonly fatal?: boolean;
}

/** Number of the server's error, or 0 for what did not come from it. */
export function errorNumber(error: unknown): number {
  const number = (error as ServerFailure | null)?.errno;
  return typeof number === "number" && number > 0 ? number : 0;
}

/**
 * What the client library threw, as an error an operator can act on. `what`: what was tried, to follow "cannot".
 * A statement the server refuses for another reason is our fault, and says which.
 */
export function serverError(what: string, error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const failure = error as ServerFailure;
  const code = codeOf(failure) ?? "DATABASE_REFUSED";
  return databaseError(code, `cannot ${what}: ${failure.message || failure.code || String(error)}`, error);
}

/** Whether the connection is gone, after which no statement of it can succeed. */
export function isLost(error: unknown): boolean {
  return !(error instanceof CodedError) && codeOf(error as ServerFailure) === "DATABASE_LOST";
}

function codeOf({ errno, code, fatal, message }: ServerFailure): Code | undefined {
  // Said under many numbers, by what could not be written.
  if ((errno ?? 0) > 0 && message.includes("No space left on device")) return "DATABASE_FULL";
  // Procedures say so where a server's lock would have been waited for.
  if (errno === 1644 && message.startsWith("LOADER_AT_WORK")) return "DATABASE_BUSY";
  // The client library's own word for a connection that is closed has neither number nor name.
  return BY_NUMBER.get(errno ?? 0) ?? BY_NAME.get(code ?? "") ?? (fatal === true ? "DATABASE_LOST" : undefined);
}
