import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { databaseServer, unpackedTool } from "@trafmon/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeSchema } from "./fixtures/describe-schema.ts";
import { RuntimeDatabase } from "./fixtures/runtime-database.ts";

let database: RuntimeDatabase;

beforeEach(async () => {
  database = await RuntimeDatabase.make();
});
afterEach(async () => {
  await database.remove();
});

const tool = unpackedTool("mysqldump");
const { path: mysqldump } = typeof tool === "string" ? { path: "" } : tool;
if (typeof tool === "string") console.log(`skipped: ${tool}`);

test.skipIf(mysqldump === "")("the backup that docs/database.md shows brings everything back", async () => {
  const docs = readFileSync(fileURLToPath(new URL("../docs/database.md", import.meta.url)), "utf8");
  const [dump, restore] = /```sh\n(mysqldump [^\n]+)\n(mysql < [^\n]+)\n```/.exec(docs)!.slice(1) as [string, string];
  const { socket, user } = await databaseServer();
  const run = (command: string) => {
    const session = `--no-defaults --socket=${socket} --user=${user}`;
    const named = command
      .replace(/^mysqldump/, `${mysqldump} ${session}`)
      .replace(/^mysql/, `mysql ${session}`)
      .replace("trafMon_template trafMon", `${database.template} ${database.name}`)
      .replace("> backup.sql", "")
      .replace("< backup.sql", "");
    return (input?: Buffer) => spawnSync("sh", ["-c", named], { input, maxBuffer: 2 ** 28 });
  };
  await database.call("partition_add", "ipcttable", "2026-03-01");
  await database.insert("ipcttable", {
    flow_no: 1,
    run_no: 1,
    record_no: 1,
    interval_start: "2026-03-01 12:00:00",
    interval_s: 60,
    fwd_bytes: "18446744073709551615",
    first: "2026-03-01 12:00:00.123456",
    last: "2026-03-01 12:00:00.999999",
  });
  await database.insert("flow", {
    flow_no: 1,
    probe_no: 1,
    class_no: 1,
    description_hash: Buffer.from("00ff5c270a0d1a09", "hex"),
    service: "größer\t\\N'\"",
  });
  const contents = async () => [
    await database.rows(
      `SELECT *, CAST(fwd_bytes AS CHAR) AS bytes, CAST(last AS CHAR) AS l FROM \`${database.name}\`.ipcttable`,
    ),
    await database.rows(`SELECT * FROM \`${database.name}\`.flow`),
    await describeSchema(database.connection, database.template),
    await describeSchema(database.connection, database.name),
  ];
  const before = await contents();
  const dumped = run(dump)();
  expect(dumped.stderr.toString()).toBe("");
  for (const name of [database.template, database.name]) await database.rows(`DROP DATABASE \`${name}\``);
  const restored = run(restore)(dumped.stdout);
  expect([restored.status, restored.stderr.toString()]).toEqual([0, ""]);
  expect(await contents()).toEqual(before);
  await database.rows(`USE \`${database.name}\``);
  await database.call("aggregate_stale_days", true);
});
