import {
  type Connection,
  createInstance,
  hasOtherViews,
  lacksTables,
  migrate,
  registeredInstances,
} from "@trafmon/database";
import type { Logger } from "@trafmon/runtime";

export interface PrepareDatabaseParts {
  readonly connection: Connection;
  readonly template: string;
  readonly database: string;
  readonly log: Logger;
}

/**
 * Makes the runtime database on the first run, and afterwards what the template has and it lacks; the connection is in it
 * then.
 * @throws {CodedError} DATABASE_TEMPLATE_MISSING, DATABASE_SCHEMA_OLD, DATABASE_SCHEMA_NEW ...
 */
export async function prepareDatabase({ connection, template, database, log }: PrepareDatabaseParts): Promise<void> {
  const isNew = !(await registeredInstances(connection, template)).includes(database);
  if (isNew || (await lacksTables(connection, template, database))) {
    await createInstance(connection, database, template);
    log.info({ database }, isNew ? "made the runtime database" : "made the tables that the template has and it lacked");
  }
  await connection.query(`USE \`${database}\``);
  for (const name of [template, database]) {
    const versions = await migrate(connection, name);
    if (versions.length > 0) log.info({ database: name, versions }, "migrated the tables");
  }
  // After the migrations: a view may need what they bring.
  if (await hasOtherViews(connection, template, database)) {
    await createInstance(connection, database, template);
    log.info({ database }, "made its views anew, as the template has them");
  }
}
