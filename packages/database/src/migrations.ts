import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { databaseError } from "./errors.ts";
import { splitScript } from "./script-splitter.ts";
import { serverError } from "./server-error.ts";
import { SQL_DIRECTORY } from "./template.ts";

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly path: string;
}

/** The migrations of this installation, in order; version 1 is what the tables were first. */
function migrationsIn(directory: string): Migration[] {
  return readdirSync(directory)
    .flatMap((file) => {
      const match = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(file);
      return match === null ? [] : [{ version: Number(match[1]), name: match[2]!, path: join(directory, file) }];
    })
    .sort((a, b) => a.version - b.version);
}

/**
 * Brings a template or runtime database to the version of this installation, statement by statement; returns the
 * versions applied. Nothing happens when it is there already.
 * @throws {CodedError} DATABASE_SCHEMA_NEW when a later trafMon made it; DATABASE_SCHEMA_OLD, with the statement, when a
 * migration is refused
 */
export async function migrate(
  connection: Connection,
  database: string,
  directory = join(SQL_DIRECTORY, "migrations"),
): Promise<number[]> {
  const migrations = migrationsIn(directory);
  const newest = migrations.at(-1)?.version ?? 1;
  const found = await versionOf(connection, database);
  if (found > newest) {
    throw databaseError(
      "DATABASE_SCHEMA_NEW",
      `cannot use ${database}: its tables have version ${found}, this program knows up to ${newest}`,
    );
  }
  const applied: number[] = [];
  for (const { version, name, path } of migrations) {
    if (version <= found) continue;
    const script = readFileSync(path, "utf8").replaceAll("{db}", `\`${database}\``);
    for (const statement of splitScript(script)) {
      try {
        await connection.query(statement);
      } catch (cause) {
        const told = `cannot bring ${database} to version ${version}: ${(cause as Error).message}; the statement is: ${statement}`;
        throw databaseError("DATABASE_SCHEMA_OLD", told, cause);
      }
    }
    await connection.query(`INSERT INTO \`${database}\`.schema_version VALUES (?, ?, UTC_TIMESTAMP(6))`, [
      version,
      name,
    ]);
    applied.push(version);
  }
  return applied;
}

async function versionOf(connection: Connection, database: string): Promise<number> {
  try {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT COALESCE(MAX(version), 0) AS version FROM \`${database}\`.schema_version`,
    );
    return Number(rows[0]!.version);
  } catch (error) {
    throw serverError(`read the version of ${database}`, error);
  }
}
