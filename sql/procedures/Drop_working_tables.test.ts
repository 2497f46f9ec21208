import { callRoutine, createInstance } from "@trafmon/database";
import { freshDatabaseName } from "@trafmon/testkit";
import { expect, test } from "vitest";
import { RuntimeDatabase } from "../fixtures/runtime-database.ts";

test("only tables that begin with an underscore go, in every registered database and no other", async () => {
  const database = await RuntimeDatabase.make();
  const second = freshDatabaseName("second");
  const foreign = freshDatabaseName("foreign");
  await createInstance(database.connection, second, database.template);
  await database.connection.query(`CREATE DATABASE ${foreign}`);
  for (const name of [database.name, second, foreign]) {
    for (const table of ["_report_1", "_", "`_odd``name`", "x_kept"]) {
      await database.connection.query(`CREATE TABLE \`${name}\`.${table} (n INT)`);
    }
  }
  for (let run = 0; run < 2; run++) {
    await callRoutine(database.connection, database.template, "Drop_working_tables", []);
    const left = await database.rows(
      `SELECT TABLE_SCHEMA AS s, TABLE_NAME AS t FROM information_schema.TABLES
        WHERE TABLE_SCHEMA IN (?) AND (TABLE_NAME LIKE '\\_%' OR TABLE_NAME LIKE 'x%') ORDER BY 1, 2`,
      [[database.name, second, foreign]],
    );
    expect(left.filter((row) => row.s === foreign)).toHaveLength(4);
    expect(left.filter((row) => row.s !== foreign).map((row) => row.t)).toEqual(["x_kept", "x_kept"]);
  }
  expect(await database.rows("SHOW TABLES LIKE 'ipct%'")).toHaveLength(4);
  for (const name of [second, foreign]) await database.connection.query(`DROP DATABASE ${name}`);
  await database.remove();
});

test("views stay, whatever their name; without working tables, and without databases, nothing happens", async () => {
  const database = await RuntimeDatabase.make();
  try {
    const tables = () => database.rows("SHOW TABLES");
    const before = await tables();
    await callRoutine(database.connection, database.template, "Drop_working_tables", []);
    expect(await tables()).toEqual(before);
    await database.rows("CREATE VIEW _seen AS SELECT 1 AS n");
    // Of the longest name, in either case of letters.
    for (const name of [`_${"x".repeat(63)}`, "_A", "a_"]) await database.rows(`CREATE TABLE \`${name}\` (n INT)`);
    await callRoutine(database.connection, database.template, "Drop_working_tables", []);
    expect(await tables()).toHaveLength(before.length + 2);
    expect(await database.rows("SELECT n FROM _seen")).toEqual([{ n: 1 }]);
    // A database that was dropped by hand is registered still.
    await database.rows("CREATE DATABASE ??", [`${database.name}_2`]);
    await database.rows("INSERT INTO ??.instance (name, created_at) VALUES (?, UTC_TIMESTAMP())", [
      database.template,
      `${database.name}_2`,
    ]);
    await database.rows("DROP DATABASE ??", [`${database.name}_2`]);
    await callRoutine(database.connection, database.template, "Drop_working_tables", []);
    await database.rows("DELETE FROM ??.instance", [database.template]);
    await callRoutine(database.connection, database.template, "Drop_working_tables", []);
  } finally {
    await database.remove();
  }
});
