import { rmSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RebuildUnderTest } from "../fixtures/rebuild-under-test.ts";
import { addSampleTraffic, SampleLogs } from "../fixtures/sample-logs.ts";
import { compareDatabases } from "./compare-databases.ts";
import { keptDays } from "./kept-logs.ts";
import { swapDatabases } from "./swap-databases.ts";

let bench: RebuildUnderTest;

beforeEach(async () => {
  bench = await RebuildUnderTest.make();
});
afterEach(async () => {
  await bench.remove();
});

test("a database made anew from kept logs is the same, one made from fewer is told apart, and it can be swapped in", async () => {
  const logs = new SampleLogs("p1");
  const first = addSampleTraffic(logs, 12, 14, 1);
  logs.write(bench.path);
  await bench.load();
  const second = addSampleTraffic(logs, 12, 4, 2);
  logs.write(bench.path);
  await bench.load();
  const totals = { packets: first.packets + second.packets, bytes: first.bytes + second.bytes };
  await bench.rows("UPDATE ipInfotable SET host_name = 'known' WHERE address = INET6_ATON('192.0.2.1')");

  expect(await bench.rebuild()).toMatchObject({ filesLoaded: 8, linesRejected: 0, filesWaiting: 0 });
  expect(await compareDatabases(bench.connection, bench.database, bench.into)).toEqual([]);
  await expect(bench.rebuild()).rejects.toMatchObject({ code: "LOADER_NOT_EMPTY" });

  // Sums that somebody falsified are told, column by column.
  await bench.rows("UPDATE ipcttable_1d SET fwd_bytes = fwd_bytes + 1 LIMIT 1");
  const [difference, ...others] = await compareDatabases(bench.connection, bench.database, bench.into);
  expect(others).toEqual([]);
  const at = difference!.columns.indexOf("fwd_bytes");
  expect(BigInt(difference!.first[at]!) - BigInt(difference!.second[at]!)).toBe(1n);

  await swapDatabases(bench.connection, bench.swapNames);
  expect(await bench.accountTotals()).toEqual([totals, totals, totals, totals]);
  expect(await bench.rows("SELECT host_name FROM ipInfotable WHERE address = INET6_ATON('192.0.2.1')")).toEqual([
    { host_name: "known" },
  ]);
  expect((await bench.rows("SELECT COUNT(*) AS n FROM v_ipct_1d"))[0]!.n).toBeGreaterThan(0);
  expect(await bench.rows(`SELECT COUNT(*) AS n FROM \`${bench.aside}\`.load_history`)).toEqual([{ n: 8 }]);
  expect(await bench.rows("SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?", [bench.into])).toEqual([]);
  // It goes on being loaded.
  const third = addSampleTraffic(logs, 12, 2, 3);
  logs.write(bench.path);
  expect(await bench.load()).toMatchObject({ filesLoaded: 4, linesRejected: 0 });
  const more = { packets: totals.packets + third.packets, bytes: totals.bytes + third.bytes };
  expect(await bench.accountTotals()).toEqual([more, more, more, more]);
});

test("logs that are kept no more are missed by the comparison", async () => {
  const logs = new SampleLogs("p1");
  addSampleTraffic(logs, 5, 3, 1);
  logs.write(bench.path);
  await bench.load();
  const [day] = await keptDays([bench.path]);
  rmSync(day!.files.find((file) => file.includes("/tcpct_"))!);
  const { older } = await bench.rebuild({ logsOnly: true });
  expect(older).toEqual([{ type: "tcpct", days: ["2026-03-01"], torn: [] }]);
  const tables = (await compareDatabases(bench.connection, bench.database, bench.into)).map((each) => each.table);
  expect(tables).toEqual([
    "tcpcttable",
    "tcpcttable_1d",
    "tcpcttable_1h",
    "tcpcttable_1m",
    "tcprtttable_1d",
    "tcprtttable_1h",
  ]);
});
