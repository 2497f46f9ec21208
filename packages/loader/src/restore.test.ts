import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { databaseServer, unpackedTool } from "@trafmon/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LoaderUnderTest } from "./fixtures/loader-under-test.ts";
import { addSampleTraffic, SampleLogs } from "./fixtures/sample-logs.ts";

const DOCS = readFileSync(fileURLToPath(new URL("../../../docs/database.md", import.meta.url)), "utf8");

let bench: LoaderUnderTest;

beforeEach(async () => {
  bench = await LoaderUnderTest.make();
});
afterEach(async () => {
  await bench.remove();
});

const tool = unpackedTool("mysqldump");
const { path: mysqldump } = typeof tool === "string" ? { path: "" } : tool;
if (typeof tool === "string") console.log(`skipped: ${tool}`);

test.skipIf(mysqldump === "")(
  "a backup and the logs kept since, put back as docs/database.md shows, are the whole",
  async () => {
    const [dump, restore] = /```sh\n(mysqldump [^\n]+)\n(mysql < [^\n]+)\n```/.exec(DOCS)!.slice(1) as [string, string];
    const [putBack] = /```sh\ncd \/var\/trafMon\/collector\n([^\n]+)\ntrafMon_loader\n```/.exec(DOCS)!.slice(1) as [
      string,
    ];
    const { socket, user } = await databaseServer();
    const run = (command: string) => {
      const session = `--no-defaults --socket=${socket} --user=${user}`;
      const named = command
        .replace(/^mysqldump/, `${mysqldump} ${session}`)
        .replace(/^mysql/, `mysql ${session}`)
        .replace("trafMon_template trafMon", `${bench.template} ${bench.database}`);
      const { status, stderr } = spawnSync("sh", ["-c", named], { cwd: bench.path });
      expect([status, stderr.toString()], command).toEqual([0, ""]);
    };
    const logs = new SampleLogs("p1");
    const first = addSampleTraffic(logs, 20, 4, 1);
    logs.write(bench.path);
    await bench.load();
    run(dump);
    const second = addSampleTraffic(logs, 25, 20, 2);
    logs.write(bench.path);
    await bench.load();
    const history = "SELECT file_name, lines_loaded FROM load_history ORDER BY file_name";
    const before = { totals: await bench.accountTotals(), history: await bench.rows(history) };
    expect(before.totals[3]).toEqual({ packets: first.packets + second.packets, bytes: first.bytes + second.bytes });
    for (const name of [bench.template, bench.database]) await bench.rows(`DROP DATABASE \`${name}\``);

    run(restore);
    expect((await bench.accountTotals())[3]).toEqual(first);
    run(putBack);
    expect(await bench.load()).toMatchObject({ linesRejected: 0, filesRejected: 0 });
    expect({ totals: await bench.accountTotals(), history: await bench.rows(history) }).toEqual(before);
  },
);
