import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { callRoutine } from "./call-routine.ts";
import { databaseError } from "./errors.ts";
import { splitScript } from "./script-splitter.ts";
import { serverError } from "./server-error.ts";

/** Name of the template database, in the files of sql/ and on every server but those of tests. */
export const TEMPLATE_DATABASE = "trafMon_template";

/** The SQL sources as this installation has them. */
export const SQL_DIRECTORY = fileURLToPath(new URL("../../../sql/", import.meta.url));

/** In the order of installation: what comes later refers to what came before. */
const FOLDERS = ["tables", "functions", "views", "procedures", "seed"] as const;

/**
 * The script that installs the template database, whole. Run again it makes missing tables, makes all views and
 * routines anew, and leaves data and tuned services alone.
 */
export function templateScript(template = TEMPLATE_DATABASE, directory = SQL_DIRECTORY): string {
  const parts = FOLDERS.flatMap((folder) =>
    readdirSync(join(directory, folder))
      .filter((name) => name.endsWith(".sql"))
      .sort()
      .map((name) => readFileSync(join(directory, folder, name), "utf8")),
  );
  return [
    "-- The template database of trafMon. Produced from the files in sql/; install it with: mysql < trafMon_templateDB.sql",
    "SET NAMES utf8mb4 COLLATE utf8mb4_bin;",
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY';",
    `CREATE DATABASE IF NOT EXISTS ${template} DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;`,
    `USE ${template};\n`,
    ...parts,
  ].join("\n");
}

/** Installs the template, or renews its views and routines. Leaves the session in the database it was in. */
export async function installTemplate(
  connection: Connection,
  template = TEMPLATE_DATABASE,
  directory = SQL_DIRECTORY,
): Promise<void> {
  await runScript(connection, templateScript(template, directory));
}

/** Runs a script's statements one after the other. */
export async function runScript(connection: Connection, script: string): Promise<void> {
  for (const statement of splitScript(script)) {
    try {
      await connection.query(statement);
    } catch (error) {
      const start = statement.replace(/^(?:--.*\n|\s)*/, "").slice(0, 80);
      throw serverError(`run "${start} ..."`, error);
    }
  }
}

/** Names of the runtime databases registered. @throws {CodedError} DATABASE_TEMPLATE_MISSING */
export async function registeredInstances(connection: Connection, template = TEMPLATE_DATABASE): Promise<string[]> {
  try {
    const [rows] = await connection.query<RowDataPacket[]>(`SELECT name FROM \`${template}\`.instance ORDER BY name`);
    return rows.map((row) => String(row.name));
  } catch (error) {
    // 1049: no such database, 1146: no such table.
    if ([1049, 1146].includes((error as { errno?: number }).errno ?? 0)) {
      throw databaseError("DATABASE_TEMPLATE_MISSING", `cannot find the template database ${template}`, error);
    }
    throw serverError(`read the instances of ${template}`, error);
  }
}

/** Makes and registers a runtime database; what exists of it stays. */
export async function createInstance(
  connection: Connection,
  database: string,
  template = TEMPLATE_DATABASE,
): Promise<void> {
  await callRoutine(connection, template, "create_instance", [database]);
}

/** Whether the template has tables of a later version that the runtime database does not have. */
export async function lacksTables(connection: Connection, template: string, database: string): Promise<boolean> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT 1
       FROM information_schema.TABLES t
       LEFT JOIN information_schema.TABLES r ON r.TABLE_SCHEMA = ? AND r.TABLE_NAME = t.TABLE_NAME
      WHERE t.TABLE_SCHEMA = ? AND t.TABLE_TYPE = 'BASE TABLE'
        AND t.TABLE_NAME NOT IN ('instance', 'protocol_table') AND r.TABLE_NAME IS NULL
      LIMIT 1`,
    [database, template],
  );
  return rows.length > 0;
}

/** Whether a view of the template is missing in a runtime database, or is another there, as after an upgrade. */
export async function hasOtherViews(connection: Connection, template: string, database: string): Promise<boolean> {
  const [rows] = await connection.query<RowDataPacket[]>(
    // A text that may not be read is empty.
    `SELECT 1
       FROM information_schema.VIEWS t
       LEFT JOIN information_schema.VIEWS r ON r.TABLE_SCHEMA = ? AND r.TABLE_NAME = t.TABLE_NAME
      WHERE t.TABLE_SCHEMA = ? AND t.VIEW_DEFINITION <> ''
        AND (r.TABLE_NAME IS NULL OR REPLACE(t.VIEW_DEFINITION, ?, ?) <> r.VIEW_DEFINITION)
      LIMIT 1`,
    [database, template, `\`${template}\`.`, `\`${database}\`.`],
  );
  return rows.length > 0;
}
