import { connect } from "@trafmon/database";
import { databaseServer } from "@trafmon/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RebuildUnderTest } from "../fixtures/rebuild-under-test.ts";
import { addSampleTraffic, SampleLogs } from "../fixtures/sample-logs.ts";
import { swapDatabases, trySwap } from "./swap-databases.ts";

let bench: RebuildUnderTest;

beforeEach(async () => {
  bench = await RebuildUnderTest.make();
  const logs = new SampleLogs("p1");
  addSampleTraffic(logs, 4, 2, 1);
  logs.write(bench.path);
  await bench.load();
});
afterEach(async () => {
  await bench.remove();
});

test("what was written while the database was rebuilt is there after the swap", async () => {
  await bench.rebuild();
  await bench.rows("UPDATE ipInfotable SET host_name = 'meanwhile' WHERE address = INET6_ATON('192.0.2.1')");
  await bench.rows("INSERT INTO retention (table_name, keep_days) VALUES ('ipcttable', 30)");
  await bench.rows(
    "INSERT INTO retention_history (removed_at, table_name, partition_name, row_count) VALUES (UTC_TIMESTAMP(), 'flow', '', 0)",
  );
  await bench.rows("CREATE TABLE notes (text VARCHAR(20))");
  await swapDatabases(bench.connection, bench.swapNames);
  expect(await bench.rows("SELECT host_name FROM ipInfotable WHERE address = INET6_ATON('192.0.2.1')")).toEqual([
    { host_name: "meanwhile" },
  ]);
  expect(await bench.rows("SELECT keep_days FROM retention")).toEqual([{ keep_days: 30 }]);
  expect(await bench.rows("SELECT table_name FROM retention_history")).toEqual([{ table_name: "flow" }]);
  // What an operator made besides stays.
  expect(await bench.rows("SELECT text FROM notes")).toEqual([]);
  // The old database is whole: its tables, and copies of those that stayed.
  expect(await bench.rows(`SELECT COUNT(*) AS n FROM \`${bench.aside}\`.ipcttable_1d`)).not.toEqual([{ n: 0 }]);
  expect(await bench.rows(`SELECT keep_days FROM \`${bench.aside}\`.retention`)).toEqual([{ keep_days: 30 }]);
});

test("logs loaded by another feed than there is now are not put in its place", async () => {
  await bench.rebuild();
  await bench.rows("INSERT INTO feed (probe, since, collector) VALUES ('p1', '2026-01-01', 'relay')");
  await expect(swapDatabases(bench.connection, bench.swapNames)).rejects.toMatchObject({ code: "LOADER_FEED_CHANGED" });
  expect(await bench.rows("SELECT COUNT(*) AS n FROM ipcttable")).not.toEqual([{ n: 0 }]);
});

test("rights that the swap will need are tried before anything is loaded", async () => {
  const { socket } = await databaseServer();
  const user = `swap_${bench.into}`.slice(0, 32);
  const literal = (name: string) => name.replaceAll("_", "\\_");
  await bench.connection.query(`CREATE USER '${user}'@'localhost' IDENTIFIED BY 'secret'`);
  try {
    for (const name of [bench.template, bench.database, bench.into]) {
      await bench.connection.query(`GRANT ALL PRIVILEGES ON \`${literal(name)}\`.* TO '${user}'@'localhost'`);
    }
    const credentials = { socket, host: "localhost", port: 3306, user, password: "secret", database: "none" };
    const trial = async () => {
      const connection = await connect(credentials, { database: null });
      try {
        await trySwap(connection, bench.swapNames);
      } finally {
        await connection.end();
      }
    };
    await expect(trial()).rejects.toMatchObject({ code: "DATABASE_DENIED", exitCode: 77 });
    await bench.connection.query(`GRANT ALL PRIVILEGES ON \`${literal(bench.aside)}\`.* TO '${user}'@'localhost'`);
    await trial();
    // It leaves nothing behind that the swap itself would refuse.
    await trial();
  } finally {
    await bench.connection.query(`DROP USER '${user}'@'localhost'`);
  }
});

test("names that cannot be are refused before anything is loaded", async () => {
  await bench.connection.query(`CREATE DATABASE \`${bench.aside}\``);
  await bench.connection.query(`CREATE TABLE \`${bench.aside}\`.t (n INT)`);
  await expect(trySwap(bench.connection, bench.swapNames)).rejects.toMatchObject({ code: "LOADER_NOT_EMPTY" });
  for (const aside of ["no name", bench.database, bench.into]) {
    await expect(trySwap(bench.connection, { ...bench.swapNames, aside })).rejects.toMatchObject({ exitCode: 64 });
  }
});
