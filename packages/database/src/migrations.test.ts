import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FreshDatabase, freshDatabase } from "@trafmon/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "./migrations.ts";

let database: FreshDatabase;
let directory: string;

beforeEach(async () => {
  database = await freshDatabase();
  directory = mkdtempSync(join(tmpdir(), "tm-migrations-"));
  await database.connection.query(
    "CREATE TABLE schema_version (version INT PRIMARY KEY, name VARCHAR(128), applied_at DATETIME(6))",
  );
  await database.connection.query("INSERT INTO schema_version VALUES (1, 'first-tables', UTC_TIMESTAMP(6))");
  await database.connection.query("CREATE TABLE t (a INT)");
  writeFileSync(join(directory, "README.md"), "not a migration");
  writeFileSync(join(directory, "0002-add-b.sql"), "-- b; is new\nALTER TABLE {db}.t ADD COLUMN b INT;\n");
});
afterEach(async () => {
  await database.remove();
  rmSync(directory, { recursive: true });
});

test("migrations are applied once, in order", async () => {
  writeFileSync(
    join(directory, "0010-fill-b.sql"),
    "INSERT INTO {db}.t (b) VALUES (1);INSERT INTO {db}.t (b) VALUES (2);",
  );
  expect(await migrate(database.connection, database.name, directory)).toEqual([2, 10]);
  expect(await migrate(database.connection, database.name, directory)).toEqual([]);
  expect((await database.connection.query("SELECT a, b FROM t"))[0]).toEqual([
    { a: null, b: 1 },
    { a: null, b: 2 },
  ]);
});

test("a migration the server refuses names its statement, and what came before it stays applied", async () => {
  writeFileSync(join(directory, "0003-broken.sql"), "ALTER TABLE {db}.missing ADD COLUMN c INT;");
  await expect(migrate(database.connection, database.name, directory)).rejects.toMatchObject({
    code: "DATABASE_SCHEMA_OLD",
    message: expect.stringContaining(`the statement is: ALTER TABLE \`${database.name}\`.missing ADD COLUMN c INT`),
  });
  writeFileSync(join(directory, "0003-broken.sql"), "ALTER TABLE {db}.t ADD COLUMN c INT;");
  expect(await migrate(database.connection, database.name, directory)).toEqual([3]);
});

test("a database made by a later version is refused", async () => {
  await database.connection.query("INSERT INTO schema_version VALUES (9, 'future', UTC_TIMESTAMP(6))");
  await expect(migrate(database.connection, database.name, directory)).rejects.toMatchObject({
    code: "DATABASE_SCHEMA_NEW",
    exitCode: 78,
  });
});
