import { migrate } from "@trafmon/database";
import { expect, test } from "vitest";
import { describeSchema } from "./fixtures/describe-schema.ts";
import { RuntimeDatabase } from "./fixtures/runtime-database.ts";

test("tables of version 1 become those of a fresh install, and again where a migration was cut short", async () => {
  const database = await RuntimeDatabase.make();
  try {
    for (const name of [database.template, database.name]) {
      const fresh = await describeSchema(database.connection, name);
      await database.rows(`ALTER TABLE ??.netflowtable_1m DROP KEY file_hour`, [name]);
      for (let run = 0; run < 2; run++) {
        await database.rows("DELETE FROM ??.schema_version", [name]);
        expect(await migrate(database.connection, name)).toEqual([2]);
        expect(await describeSchema(database.connection, name)).toBe(fresh);
      }
      expect(await migrate(database.connection, name)).toEqual([]);
    }
  } finally {
    await database.remove();
  }
});
