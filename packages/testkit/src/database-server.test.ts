import { expect, test } from "vitest";
import { freshDatabase } from "./database-server.ts";

test("a fresh database is empty, one's own, and gone afterwards", async () => {
  const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
  expect(one.name).not.toBe(other.name);
  await one.connection.query("CREATE TABLE t (n INT)");
  const [rows] = await other.connection.query("SHOW TABLES");
  expect(rows).toEqual([]);
  await one.remove();
  const [left] = await other.connection.query("SHOW DATABASES LIKE ?", [one.name.replaceAll("_", "\\_")]);
  expect(left).toEqual([]);
  await other.remove();
});
