import { databaseServer, freshDatabase } from "@trafmon/testkit";
import { expect, test } from "vitest";
import { loadLines } from "./bulk-load.ts";
import { connect } from "./connect.ts";
import { NamedLock } from "./named-lock.ts";
import { serverError } from "./server-error.ts";

async function credentials() {
  const { socket, user } = await databaseServer();
  return { socket, host: "localhost", port: 3306, user, password: "", database: "mysql" };
}

test("a session is in UTC, strict, and compares exactly, whatever the server's defaults", async () => {
  const connection = await connect(await credentials());
  const [rows] = await connection.query(
    "SELECT @@time_zone AS zone, @@sql_mode LIKE '%STRICT_ALL%' AS strict, 'a' = 'A' AS same",
  );
  expect(rows).toEqual([{ zone: "+00:00", strict: 1, same: 0 }]);
  await connection.end();
});

test("a server that is not there, and one that refuses, say what to do", async () => {
  const good = await credentials();
  await expect(connect({ ...good, socket: "/nowhere/mysql.sock" })).rejects.toMatchObject({
    code: "DATABASE_UNAVAILABLE",
    exitCode: 69,
  });
  await expect(connect({ ...good, socket: null, host: "127.0.0.1", port: 1 })).rejects.toMatchObject({ exitCode: 69 });
  await expect(connect({ ...good, user: "nobody", password: "wrong" })).rejects.toMatchObject({
    code: "DATABASE_DENIED",
    exitCode: 77,
  });
});

test("lines are loaded as they are, and what the server had to change shows as warnings", async () => {
  const database = await freshDatabase();
  await database.connection.query("CREATE TABLE t (n TINYINT UNSIGNED NULL, s VARCHAR(40), a VARBINARY(16))");
  const target = { table: `\`${database.name}\`.t`, columns: ["n", "s", "@a"], set: ["a = INET6_ATON(@a)"] };
  const lines = ["7\ttab \\t here\t10.0.0.1\n\\N\tgr\u00fc\u00df", "e\t::1\n"];
  expect(await loadLines(database.connection, target, lines)).toEqual({ rows: 2, warnings: 0 });
  const [rows] = await database.connection.query("SELECT n, s, INET6_NTOA(a) AS a FROM t");
  expect(rows).toEqual([
    { n: 7, s: "tab \t here", a: "10.0.0.1" },
    { n: null, s: "gr\u00fc\u00dfe", a: "::1" },
  ]);
  expect((await loadLines(database.connection, target, ["300\tx\t::1\n"])).warnings).toBeGreaterThan(0);
  await database.remove();
});

test("a named lock is one session's until it lets go or ends", async () => {
  const [one, other] = [await connect(await credentials()), await connect(await credentials())];
  const [mine, theirs] = [new NamedLock(one, "test", "subject"), new NamedLock(other, "test", "subject")];
  expect([await mine.take(), await mine.isOurs(), await theirs.take(), await theirs.isOurs()]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  await mine.release();
  expect([await mine.isOurs(), await theirs.take()]).toEqual([false, true]);
  other.destroy();
  expect(await mine.take(120)).toBe(true);
  // Its holder may ask nothing for long: the session does not end for that.
  expect((await one.query("SELECT @@wait_timeout AS s"))[0]).toEqual([{ s: 31_536_000 }]);
  await one.end();
});

test("a table changed under a snapshot is busy, and nobody's fault", async () => {
  const database = await freshDatabase("snapshot");
  const reader = await connect(await credentials(), { database: database.name });
  try {
    await database.connection.query(
      "CREATE TABLE t (n INT) PARTITION BY RANGE (n) (PARTITION gmax VALUES LESS THAN MAXVALUE)",
    );
    await reader.query("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
    await database.connection.query(
      "ALTER TABLE t REORGANIZE PARTITION gmax INTO (PARTITION p1 VALUES LESS THAN (1), PARTITION gmax VALUES LESS THAN MAXVALUE)",
    );
    const refused = await reader.query("SELECT * FROM t").then(
      () => null,
      (error: unknown) => serverError("read", error),
    );
    expect(refused).toMatchObject({ code: "DATABASE_BUSY", exitCode: 75 });
  } finally {
    await reader.end();
    await database.remove();
  }
});

test("every statement on a connection that the server has ended says that the server is lost", async () => {
  const [one, other] = [await connect(await credentials()), await connect(await credentials())];
  one.on("error", () => {});
  const [rows] = await one.query("SELECT CONNECTION_ID() AS id");
  await other.query(`KILL ${(rows as { id: number }[])[0]!.id}`);
  for (let nth = 0; nth < 2; nth++) {
    await expect(one.query("SELECT 1")).rejects.toMatchObject({ code: "DATABASE_LOST", exitCode: 69 });
  }
  // Met in the middle of a statement.
  const [more] = await other.query("SELECT CONNECTION_ID() AS id");
  const sleeping = expect(other.query("SELECT SLEEP(20)")).rejects.toMatchObject({ code: "DATABASE_LOST" });
  other.on("error", () => {});
  const third = await connect(await credentials());
  await third.query(`KILL ${(more as { id: number }[])[0]!.id}`);
  await sleeping;
  // What the server says of a statement stays its own.
  await expect(third.query("SELECT nothing")).rejects.toMatchObject({ errno: 1054 });
  await third.end();
  one.destroy();
  other.destroy();
});
