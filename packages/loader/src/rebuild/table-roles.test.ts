import { readdirSync } from "node:fs";
import { join } from "node:path";
import { SQL_DIRECTORY } from "@trafmon/database";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LoaderUnderTest } from "../fixtures/loader-under-test.ts";
import { BOOKKEEPING, familiesOf, JOINED, LISTS, PREPARED, REMOVALS, STAYING } from "./table-roles.ts";

let bench: LoaderUnderTest;

beforeEach(async () => {
  bench = await LoaderUnderTest.make();
});
afterEach(async () => {
  await bench.remove();
});

test("a rebuild knows of every table what becomes of it, and each is one thing", async () => {
  await bench.load();
  const families = await familiesOf(bench.connection, bench.database);
  const known = [
    ...STAYING,
    ...LISTS,
    JOINED,
    ...BOOKKEEPING,
    ...REMOVALS,
    ...Object.values(PREPARED).flatMap((each) => each.tables),
    ...families.flatMap((each) => each.tables.map((table) => table.name)),
  ];
  const tables = readdirSync(join(SQL_DIRECTORY, "tables")).map((name) => name.replace(".sql", ""));
  // The template's own.
  const ofDatabases = tables.filter((name) => !["instance", "protocol_table"].includes(name));
  expect(known.sort()).toEqual(ofDatabases.sort());
});
