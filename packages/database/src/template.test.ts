import { connectToTestServer, freshDatabaseName } from "@trafmon/testkit";
import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createInstance, installTemplate, registeredInstances } from "./template.ts";

const template = freshDatabaseName("template");
const database = freshDatabaseName("runtime");
let connection: Connection;

beforeAll(async () => {
  connection = await connectToTestServer();
});
afterAll(async () => {
  for (const name of [template, database]) await connection.query(`DROP DATABASE IF EXISTS \`${name}\``);
  await connection.end();
});

test("the template installs, and again; a runtime database is made from it, and again", async () => {
  await expect(registeredInstances(connection, template)).rejects.toMatchObject({ code: "DATABASE_TEMPLATE_MISSING" });
  await installTemplate(connection, template);
  await connection.query(
    `UPDATE \`${template}\`.protocol_table SET service = 'tuned' WHERE protocol = 6 AND port = 80`,
  );
  await installTemplate(connection, template);
  const [tuned] = await connection.query(
    `SELECT service FROM \`${template}\`.protocol_table WHERE protocol = 6 AND port = 80`,
  );
  expect(tuned).toEqual([{ service: "tuned" }]);
  await createInstance(connection, database, template);
  await createInstance(connection, database, template);
  expect(await registeredInstances(connection, template)).toEqual([database]);
  const [version] = await connection.query(`SELECT version, name FROM \`${database}\`.schema_version`);
  expect(version).toEqual([{ version: 2, name: "netflow-minutes-by-file-hour" }]);
});
