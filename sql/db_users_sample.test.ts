import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { connect, createInstance, installTemplate, loadLines, runScript } from "@trafmon/database";
import { connectToTestServer, databaseServer, freshDatabaseName } from "@trafmon/testkit";
import { expect, test } from "vitest";

const SAMPLE = readFileSync(fileURLToPath(new URL("db_users_sample.sql", import.meta.url)), "utf8");

test("with the sample's grants the one user makes and loads a database, the other reads it and no more", async () => {
  const root = await connectToTestServer();
  const template = freshDatabaseName("template");
  const database = freshDatabaseName("runtime");
  const suffix = template.split("_")[1]!;
  const users = { db: `tmon_db${suffix}`, birt: `tmon_birt${suffix}` };
  const escaped = (name: string) => name.replaceAll("_", "\\_");
  await installTemplate(root, template);
  await runScript(
    root,
    SAMPLE.replaceAll("trafMon\\_template", escaped(template))
      .replaceAll("`trafMon_template`", `\`${template}\``)
      .replaceAll("`trafMon`", `\`${escaped(database)}\``)
      .replaceAll("'tmon_db'", `'${users.db}'`)
      .replaceAll("'tmon_birt'", `'${users.birt}'`),
  );
  const { socket } = await databaseServer();
  const session = (user: string, password: string) =>
    connect({ socket, host: "localhost", port: 3306, user, password, database: "" }, { database: null });

  const loader = await session(users.db, "change-me-tmon-db");
  await createInstance(loader, database, template);
  await loader.query(`USE \`${database}\``);
  await loader.query("CREATE TEMPORARY TABLE staging SELECT * FROM flow_class WHERE FALSE");
  const target = { table: "staging", columns: ["class_no", "name"] };
  expect(await loadLines(loader, target, ["1\tall\n"])).toEqual({ rows: 1, warnings: 0 });
  await loader.query("INSERT INTO flow_class SELECT * FROM staging");
  await loader.query(`CALL \`${template}\`.partition_add(?, 'ipcttable', '2026-03-01')`, [database]);
  await loader.query(`CALL \`${template}\`.aggregate_stale_days(?, TRUE)`, [database]);
  await expect(loader.query("SELECT * FROM mysql.user")).rejects.toMatchObject({ errno: 1142 });

  const reports = await session(users.birt, "change-me-tmon-birt");
  await reports.query(`USE \`${database}\``);
  expect((await reports.query("SELECT name FROM flow_class"))[0]).toEqual([{ name: "all" }]);
  await reports.query("SELECT * FROM v_activity_1d");
  expect((await reports.query(`SELECT \`${template}\`.histogram_lower_ns(70) AS ns`))[0]).toEqual([{ ns: 76 }]);
  await expect(reports.query("DELETE FROM flow_class")).rejects.toMatchObject({ errno: 1142 });
  // Reading, and the two functions: nothing else there is.
  const refused = async (statement: string, errno: number[]) =>
    expect(errno, statement).toContain(
      await reports.query(statement).then(
        () => 0,
        (error: { errno: number }) => error.errno,
      ),
    );
  const [tables] = await root.query(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE'",
    [database],
  );
  for (const { name } of tables as { name: string }[]) {
    await reports.query(`SELECT * FROM \`${name}\` LIMIT 1`);
    await refused(`DELETE FROM \`${name}\``, [1142]);
    await refused(`INSERT INTO \`${name}\` SELECT * FROM \`${name}\``, [1142]);
    await refused(`DROP TABLE \`${name}\``, [1142]);
  }
  const [routines] = await root.query(
    "SELECT ROUTINE_NAME AS name, ROUTINE_TYPE AS type FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?",
    [template],
  );
  expect((routines as unknown[]).length).toBeGreaterThan(10);
  for (const { name, type } of routines as { name: string; type: string }[]) {
    if (["histogram_lower_ns", "protocol_name"].includes(name)) continue;
    const call = `\`${template}\`.\`${name}\`()`;
    await refused(type === "PROCEDURE" ? `CALL ${call}` : `SELECT ${call}`, [1370]);
  }
  await refused(`CREATE TABLE \`${database}\`.own (a INT)`, [1142]);
  await refused("CREATE DATABASE tm_own", [1044]);
  await refused("SELECT * FROM mysql.user", [1142]);
  await refused("SELECT 1 INTO OUTFILE '/tmp/own'", [1045, 1227]);
  await refused("SET GLOBAL max_connections = 1", [1227]);
  await refused(`ALTER TABLE \`${database}\`.flow_class ADD COLUMN own INT`, [1142]);

  await loader.end();
  await reports.end();
  for (const user of Object.values(users)) await root.query(`DROP USER '${user}'@'localhost'`);
  for (const name of [template, database]) await root.query(`DROP DATABASE \`${name}\``);
  await root.end();
});
