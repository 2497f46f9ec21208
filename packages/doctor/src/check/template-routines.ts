import { type Connection, type RowDataPacket, serverError, splitScript, templateScript } from "@trafmon/database";
import { type Finding, good, warning } from "../finding.ts";

const CREATE_ROUTINE = /\bCREATE (?:PROCEDURE|FUNCTION) (\w+)\s*\(/;
/** Names told of those that differ. */
const NAMED = 3;

/**
 * Whether the template's routines are those of this installation: an upgrade brings new ones as a file, and the database
 * goes on with the old ones until the template is installed again.
 */
export async function checkRoutines(connection: Connection, template: string): Promise<Finding> {
  let rows: RowDataPacket[];
  try {
    [rows] = await connection.query<RowDataPacket[]>(
      "SELECT ROUTINE_NAME AS name, ROUTINE_DEFINITION AS body FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?",
      [template],
    );
  } catch (error) {
    throw serverError(`read the routines of ${template}`, error);
  }
  const bodies = new Map(rows.map((row) => [row.name as string, row.body as string | null]));
  const others = splitScript(templateScript(template)).flatMap((statement) => {
    const name = CREATE_ROUTINE.exec(statement)?.[1];
    if (name === undefined) return [];
    const body = bodies.get(name);
    // Without the right to read it: NULL.
    const isSame = body === null || (body !== undefined && bare(statement).endsWith(bare(body)));
    return isSame ? [] : [name];
  });
  if (others.length === 0) return good("routines", "as this version has them");
  const more = others.length > NAMED ? ` and ${others.length - NAMED} more` : "";
  return warning(
    "routines",
    `${template} has not this version's ${others.slice(0, NAMED).join(", ")}${more}`,
    "as root: trafMon_setupDatabase, or as the server's administrator: mysql < sql/trafMon_templateDB.sql; data stay",
  );
}

/** A routine's text without what clients leave out and servers write in their own way: comments, layout, quotes. */
function bare(text: string): string {
  return text
    .replace(/\\n/g, "\n")
    .replace(/--[^\n]*/g, "")
    .replace(/['\\]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
