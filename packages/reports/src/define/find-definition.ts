import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { reportsError } from "../errors.ts";

const ENDING = ".report";

export interface DefinitionFile {
  readonly path: string;
  readonly text: string;
}

/** Definitions as shipped, beside the program. */
export function shippedDefinition(name: string): string {
  return fileURLToPath(new URL(`../../definitions/${name}${ENDING}`, import.meta.url));
}

/**
 * The definition of a report: the first there is of the folders given, else the shipped one.
 * @throws {CodedError} REPORTS_NO_DEFINITION
 */
export function findDefinition(name: string, folders: readonly string[]): DefinitionFile {
  const candidates = folders.map((folder) => join(folder, `${name}${ENDING}`));
  return readDefinition(candidates.find((path) => existsSync(path)) ?? shippedDefinition(name));
}

/** @throws {CodedError} REPORTS_NO_DEFINITION */
export function readDefinition(path: string): DefinitionFile {
  try {
    return { path, text: readFileSync(path, "utf8") };
  } catch (cause) {
    throw reportsError(
      "REPORTS_NO_DEFINITION",
      `cannot read the report definition: ${(cause as Error).message}`,
      cause,
    );
  }
}
