import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { databaseError } from "./errors.ts";

/** How to reach the database: over `socket`, or where it is null over host and port. */
export interface Credentials {
  readonly socket: string | null;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Name of the runtime database unless told otherwise. */
export const DEFAULT_DATABASE = "trafMon";

const KEYS = ["socket", "host", "port", "user", "password", "passwordEnv", "passwordFile", "database"] as const;
type Key = (typeof KEYS)[number];

/**
 * Reads a db.cred file.
 * @throws {CodedError} when it is missing, readable by others, or invalid: all faults at once, each with its line
 */
export function readCredentials(
  path: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Credentials {
  return parseCredentials(readPrivately(path), path, environment);
}

/** `text`: the file's content; `path`: for messages. */
export function parseCredentials(
  text: string,
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
): Credentials {
  const { values, faults } = parseIni(text);
  const socket = values.get("socket") ?? null;
  if (socket !== null && !socket.startsWith("/")) faults.push("socket is not an absolute path");
  const portText = values.get("port") ?? "3306";
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
  if (port < 1 || port > 65535) faults.push(`port ${portText} is not a number from 1 to 65535`);
  const user = values.get("user") ?? "";
  if (user === "") faults.push("user is missing");
  const database = values.get("database") ?? DEFAULT_DATABASE;
  if (!isDatabaseName(database)) faults.push(`database ${database} is not a name of letters, digits, _, $ and -`);

  const given = (["password", "passwordEnv", "passwordFile"] as const).filter((key) => values.has(key));
  if (given.length > 1) faults.push(`only one of ${given.join(" and ")} can be used`);
  const variable = values.get("passwordEnv");
  if (variable !== undefined && environment[variable] === undefined) {
    faults.push(`passwordEnv names ${variable}, which is not in the environment`);
  }
  if (faults.length > 0) {
    throw databaseError("DATABASE_CREDENTIALS_INVALID", `cannot use ${path}: ${faults.join("; ")}`);
  }
  const file = values.get("passwordFile");
  const password =
    file !== undefined
      ? readPrivately(file).replace(/\r?\n$/, "")
      : variable !== undefined
        ? environment[variable]!
        : (values.get("password") ?? "");
  return { socket, host: values.get("host") ?? "localhost", port, user, password, database };
}

/** Names that may go into statements and file names; the template's create_instance takes the same. */
export function isDatabaseName(name: string): boolean {
  return /^[A-Za-z0-9_$-]{1,64}$/.test(name);
}

function parseIni(text: string): { values: Map<Key, string>; faults: string[] } {
  const values = new Map<Key, string>();
  const faults: string[] = [];
  let isOurs = true;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    const place = `line ${index + 1}`;
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const section = /^\[([^\]]*)\]$/.exec(line);
    if (section !== null) {
      isOurs = section[1]!.trim() === "database";
      if (!isOurs) faults.push(`${place}: section [${section[1]}] is not known`);
      continue;
    }
    if (!isOurs) continue;
    // A password may hold any character, also #, ; and =; so nothing is cut off but blanks around.
    const pair = /^(\w+)\s*=\s*(.*)$/.exec(line);
    const key = pair?.[1] as Key | undefined;
    // The line itself is not shown: it may be a password that lost its key.
    if (key === undefined) faults.push(`${place} is not "key = value"`);
    else if (!KEYS.includes(key)) faults.push(`${place}: ${key} is not known`);
    else if (values.has(key)) faults.push(`${place}: ${key} is given twice`);
    else values.set(key, pair![2]!);
  }
  return { values, faults };
}

/** Reads a file that nobody but its owner (and root) may read. Looks at the open file, not at its name. */
function readPrivately(path: string): string {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code === "EACCES" ? "READABLE" : "MISSING";
    throw databaseError(`DATABASE_CREDENTIALS_${code}`, `cannot read ${path}: ${(cause as Error).message}`, cause);
  }
  try {
    const mode = fstatSync(fd).mode & 0o777;
    if ((mode & 0o077) !== 0) {
      const text = `0${mode.toString(8)}`;
      throw databaseError("DATABASE_CREDENTIALS_READABLE", `cannot use ${path}: its mode is ${text}, not 0600`);
    }
    return readFileSync(fd, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "hint" in cause) throw cause;
    throw databaseError("DATABASE_CREDENTIALS_MISSING", `cannot read ${path}: ${(cause as Error).message}`, cause);
  } finally {
    closeSync(fd);
  }
}
