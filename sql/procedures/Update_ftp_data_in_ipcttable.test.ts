import { callRoutine, connect } from "@trafmon/database";
import { databaseServer, lockWait } from "@trafmon/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addFlow, addIpct, addOneFlow, RuntimeDatabase, v4 } from "../fixtures/runtime-database.ts";

let database: RuntimeDatabase;
const DAY = "2026-03-01";

/**
 * Flow 1: another flow. Flow 2: the control session, 10.0.0.1 to 192.0.2.1 port 21. Flow 3: an active data connection,
 * opened by the server from port 20. Flow 4: a passive one, opened by the client.
 */
beforeEach(async () => {
  database = await RuntimeDatabase.make();
  await addOneFlow(database);
  await addFlow(database, 2, { fwd_port: 41000, rev_port: 21 });
  const [client, server] = [v4("10.0.0.1"), v4("192.0.2.1")];
  await addFlow(database, 3, { fwd_address: server, fwd_port: 20, rev_address: client, rev_port: 42000 });
  await addFlow(database, 4, { fwd_port: 43000, rev_port: 44000 });
  for (const flowNo of [1, 2, 3, 4]) {
    await database.insert("flow_instance", {
      run_no: 1,
      flow_id: flowNo * 10,
      flow_no: flowNo,
      direction: "syn",
      started: "2026-03-01 10:00:00",
      ended: "2026-03-01 10:05:30",
    });
  }
});
afterEach(async () => {
  await database.remove();
});

async function addTransfer(recordNo: number, other: Record<string, string | number | null>): Promise<void> {
  await database.insert("ftptftable", {
    flow_no: 2,
    run_no: 1,
    record_no: recordNo,
    client: v4("10.0.0.1"),
    client_port: 41000,
    server: v4("192.0.2.1"),
    server_port: 21,
    command: "RETR",
    commanded: `${DAY} 10:00:01`,
    first_payload: `${DAY} 10:00:02`,
    last_payload: `${DAY} 10:00:04.5`,
    replied: `${DAY} 10:05:00`,
    bytes: 5000,
    outcome: "complete",
    ...other,
  });
}

const update = (from: string | null, to: string | null) => database.call("Update_ftp_data_in_ipcttable", from, to);
const attributed = async (suffix = "") =>
  await database.rows(
    `SELECT flow_no AS flow, attributed_flow_no AS under, CAST(SUM(fwd_bytes) AS UNSIGNED) AS bytes
       FROM ipcttable${suffix} GROUP BY 1, 2 ORDER BY 1, 2`,
  );

test("data connections are put under their control session, in the rows and in all rollups; bytes never move", async () => {
  await addTransfer(1, { data_flow_id: 30, data_flow_no: 3 });
  await addTransfer(2, { data_flow_id: 40, data_flow_no: 4 });
  await addIpct(database, 1, 1, `${DAY} 10:00:00`, { fwd_bytes: 1 });
  await addIpct(database, 2, 2, `${DAY} 10:00:00`, { fwd_bytes: 10 });
  await addIpct(database, 3, 3, `${DAY} 10:00:00`, { fwd_bytes: 100, rev_bytes: 7, fwd_packets: 3 });
  await addIpct(database, 3, 4, `${DAY} 10:05:00`, { fwd_bytes: 100 });
  // The same ports an hour later are another connection's.
  await addIpct(database, 3, 5, `${DAY} 11:00:00`, { fwd_bytes: 200 });
  await addIpct(database, 4, 6, `${DAY} 10:01:00`, { fwd_bytes: 1000 });
  const expected = [
    { flow: 1, under: 1, bytes: 1 },
    { flow: 2, under: 2, bytes: 10 },
    { flow: 3, under: 2, bytes: 200 },
    { flow: 3, under: 3, bytes: 200 },
    { flow: 4, under: 2, bytes: 1000 },
  ];
  for (let run = 0; run < 2; run++) {
    const result = await update(DAY, DAY);
    expect(result.resultSets[0]).toEqual([]);
    for (const suffix of ["", "_1m", "_1h", "_1d"]) expect(await attributed(suffix), suffix).toEqual(expected);
  }
  // Nothing was touched by the second run.
  const [stale] = await database.rows("SELECT COUNT(*) AS days FROM stale_day");
  expect(stale).toEqual({ days: 1 });

  await database.call("aggregate_stale_days", false);
  const rows = await database.rows(
    `SELECT service, INET6_NTOA(src_address) AS src, fwd_bytes, rev_bytes, ftp_transfers_started AS started,
            ftp_transfers_completed AS completed, ftp_bytes, ftp_duration_ns AS duration
       FROM activityvolumetable_1d ORDER BY service`,
  );
  expect(rows).toEqual([
    // 10 of the control session and 1000 of the passive connection went from client to server, and of the active
    // one 7, since the server opened it.
    {
      service: "ftp",
      src: "10.0.0.1",
      fwd_bytes: 1017,
      rev_bytes: 200,
      started: 2,
      completed: 2,
      ftp_bytes: 10000,
      duration: 5_000_000_000,
    },
    {
      service: "ftp-data",
      src: "192.0.2.1",
      fwd_bytes: 200,
      rev_bytes: 0,
      started: 0,
      completed: 0,
      ftp_bytes: 0,
      duration: 0,
    },
    {
      service: "http",
      src: "10.0.0.1",
      fwd_bytes: 1,
      rev_bytes: 0,
      started: 0,
      completed: 0,
      ftp_bytes: 0,
      duration: 0,
    },
  ]);
});

test("a transfer with nothing to attribute is listed with the reason, and counted once", async () => {
  await addTransfer(1, { outcome: "data connection unseen", path: "a.txt" });
  await addTransfer(2, { data_flow_id: 30, data_flow_no: 3, path: "b.txt" });
  const result = await update(DAY, DAY);
  expect(result.resultSets[0]).toMatchObject([
    { probe: "p1", path: "a.txt", problem: "no flow of its own for the data connection" },
    { probe: "p1", path: "b.txt", problem: "no packets of the data connection in ipcttable" },
  ]);
});

test("a control session recorded under another class is found in the account by its ends", async () => {
  await addFlow(database, 5, { class_no: 2, account: 0, fwd_port: 41000, rev_port: 21 });
  await addTransfer(1, { flow_no: 5, data_flow_id: 30, data_flow_no: 3 });
  await addIpct(database, 3, 1, `${DAY} 10:00:00`, { fwd_bytes: 100 });
  await update(DAY, DAY);
  expect(await attributed()).toEqual([{ flow: 3, under: 2, bytes: 100 }]);
  expect(await database.rows("SELECT account_flow_no AS flow FROM ftptftable")).toEqual([{ flow: 2 }]);
});

test("where flows are told apart by service, those of announced data connections go under their control session", async () => {
  const byService = { fwd_port: null, rev_port: null };
  await addFlow(database, 5, { ...byService, service: "ftp" });
  await addFlow(database, 6, { ...byService, service: "ftp-data" });
  await addFlow(database, 7, { ...byService, service: null });
  // Recorded under a class by ports, of which the account knows nothing.
  await addFlow(database, 8, { class_no: 2, account: 0, fwd_port: 41000, rev_port: 21, service: "ftp" });
  await database.rows("DELETE FROM flow WHERE flow_no = 2");
  for (const flowNo of [6, 7]) {
    await database.insert("flow_instance", {
      run_no: 1,
      flow_id: flowNo * 10,
      flow_no: flowNo,
      direction: "lower",
      started: "2026-03-01 10:00:00",
      ended: "2026-03-01 10:05:30",
    });
  }
  await addTransfer(1, { flow_no: 5, data_flow_id: 60, data_flow_no: 6 });
  await addTransfer(2, { flow_no: 8, data_flow_id: 60, data_flow_no: 6, commanded: `${DAY} 10:00:02` });
  // Its connection began before it was announced, and counts with what is not known.
  await addTransfer(3, { flow_no: 5, data_flow_id: 70, data_flow_no: 7, path: "late.txt" });
  await addIpct(database, 5, 1, `${DAY} 10:00:00`, { fwd_bytes: 10 });
  await addIpct(database, 6, 2, `${DAY} 10:00:00`, { fwd_bytes: 1000 });
  await addIpct(database, 7, 3, `${DAY} 10:00:00`, { fwd_bytes: 5 });
  const result = await update(DAY, DAY);
  expect(result.resultSets[0]).toMatchObject([
    { path: "late.txt", problem: "no flow of its own for the data connection" },
  ]);
  expect(await attributed()).toEqual([
    { flow: 5, under: 5, bytes: 10 },
    { flow: 6, under: 5, bytes: 1000 },
    { flow: 7, under: 7, bytes: 5 },
  ]);
  expect(await database.rows("SELECT account_flow_no AS flow FROM ftptftable ORDER BY record_no")).toEqual([
    { flow: 5 },
    { flow: 5 },
    { flow: 5 },
  ]);
});

test("without a range: what ended yesterday, and what came late", async () => {
  await addTransfer(1, { data_flow_id: 30, data_flow_no: 3 });
  await addIpct(database, 3, 1, `${DAY} 10:00:00`, { fwd_bytes: 100 });
  await update("2026-03-02", "2026-03-02");
  expect(await attributed()).toEqual([{ flow: 3, under: 3, bytes: 100 }]);
  await update(null, null);
  expect(await attributed()).toEqual([{ flow: 3, under: 2, bytes: 100 }]);
  await expect(update(DAY, null)).rejects.toThrow(/HALF_A_RANGE/);
});

test("a transfer that several classes recorded is counted once", async () => {
  await addFlow(database, 5, { class_no: 2, account: 0, fwd_port: 41000, rev_port: 21 });
  await addTransfer(1, { flow_no: 5 });
  await addTransfer(2, {});
  await addTransfer(3, { commanded: `${DAY} 10:00:09` });
  await addIpct(database, 2, 1, `${DAY} 10:00:00`, { fwd_bytes: 10 });
  await update(DAY, DAY);
  await database.call("Aggr_activityvolumetable_first_level", DAY, DAY);
  expect(
    await database.rows(
      "SELECT class, ftp_transfers_started AS started, ftp_bytes AS bytes FROM activityvolumetable_1d",
    ),
  ).toEqual([{ class: "all", started: 2, bytes: 10_000 }]);
});

test("a transfer over midnight reaches both days in one call for the stale days", async () => {
  await database.rows("UPDATE flow_instance SET started = '2026-03-01 23:59:00', ended = '2026-03-02 00:01:00'");
  await addTransfer(1, {
    data_flow_id: 30,
    data_flow_no: 3,
    commanded: "2026-03-01 23:59:10",
    first_payload: "2026-03-01 23:59:11",
    last_payload: "2026-03-02 00:00:30",
    replied: "2026-03-02 00:00:31",
  });
  await addIpct(database, 3, 1, "2026-03-01 23:59:00", { fwd_bytes: 100 });
  await addIpct(database, 3, 2, "2026-03-02 00:00:00", { fwd_bytes: 50 });
  for (const day of [DAY, "2026-03-02"]) await database.insert("stale_day", { day, source: "probe", marked_at: day });
  await database.call("aggregate_stale_days", false);
  expect(
    await database.rows("SELECT service, rev_bytes AS bytes FROM activityvolumetable_1d ORDER BY bucket_start"),
  ).toEqual([
    { service: "ftp", bytes: 100 },
    { service: "ftp", bytes: 50 },
  ]);
  expect(await database.rows("SELECT day FROM stale_day")).toEqual([]);
});

test("rows of a data connection that come late, on the day before its transfer ended, are attributed too", async () => {
  await addTransfer(1, {
    data_flow_id: 30,
    data_flow_no: 3,
    commanded: "2026-02-28 23:59:00",
    replied: `${DAY} 10:05:00`,
  });
  await database.rows("UPDATE flow_instance SET started = '2026-02-28 23:59:00'");
  await update(DAY, DAY);
  await addIpct(database, 3, 1, "2026-02-28 23:59:00", { fwd_bytes: 100 });
  await database.insert("stale_day", { day: "2026-02-28", source: "probe", marked_at: DAY });
  await database.call("aggregate_stale_days", false);
  expect(await attributed()).toEqual([{ flow: 3, under: 2, bytes: 100 }]);
});

test("sums of a day of which rows were removed stay; a transfer of it is listed, and another day's is attributed", async () => {
  const next = "2026-03-02";
  for (const table of ["ipcttable", "ipcttable_1m", "ipcttable_1h", "ipcttable_1d"]) {
    await database.call("partition_add", table, `${DAY},${next}`);
  }
  await database.rows("UPDATE flow_instance SET started = '2026-03-01 10:00:00', ended = '2026-03-02 10:10:00'");
  await addIpct(database, 3, 1, `${DAY} 10:00:00`, { fwd_bytes: 100 });
  await addIpct(database, 3, 2, `${next} 10:00:00`, { fwd_bytes: 200 });
  await database.rows("CALL ??.Partition_drop(?, 'ipcttable', 1)", [database.template, database.name]);
  // Rows that came late: of their day the others are gone.
  await database.call("partition_add", "ipcttable", DAY);
  await addIpct(database, 3, 3, `${DAY} 10:01:00`, { fwd_bytes: 1000 });
  await addTransfer(1, { data_flow_id: 30, data_flow_no: 3, replied: `${next} 10:05:00`, path: "a.txt" });
  for (let run = 0; run < 2; run++) {
    const result = await update(DAY, next);
    expect(result.resultSets[0]).toMatchObject([{ path: "a.txt", problem: "rows of its day have been removed" }]);
    for (const suffix of ["_1m", "_1h", "_1d"]) {
      expect(await attributed(suffix), suffix).toEqual([
        { flow: 3, under: 2, bytes: 200 },
        { flow: 3, under: 3, bytes: 1100 },
      ]);
    }
  }
});

test("minutes that were removed are not made again by attribution", async () => {
  for (const table of ["ipcttable", "ipcttable_1m", "ipcttable_1h", "ipcttable_1d"]) {
    await database.call("partition_add", table, `${DAY},2026-03-05`);
  }
  await addIpct(database, 3, 1, `${DAY} 10:00:00`, { fwd_bytes: 100 });
  await addIpct(database, 1, 2, "2026-03-05 10:00:00", { fwd_bytes: 1 });
  await database.rows("CALL ??.Partition_drop(?, 'ipcttable_1m', 1)", [database.template, database.name]);
  await addTransfer(1, { data_flow_id: 30, data_flow_no: 3 });
  await update(DAY, DAY);
  expect(await attributed("_1m")).toEqual([{ flow: 1, under: 1, bytes: 1 }]);
  for (const suffix of ["", "_1h", "_1d"]) {
    expect(await attributed(suffix), suffix).toContainEqual({ flow: 3, under: 2, bytes: 100 });
  }
});

/** Numbers of the transfers that were taken up; then none is. */
async function takenUp(): Promise<number[]> {
  const rows = await database.rows("SELECT record_no FROM ftptftable WHERE attributed_at IS NOT NULL ORDER BY 1");
  await database.rows("UPDATE ftptftable SET attributed_at = NULL");
  return rows.map((row) => row.record_no);
}

test("a range takes up the transfers under way in it, to the microsecond at both ends of a leap day", async () => {
  const transfer = (recordNo: number, commanded: string, replied: string | null) =>
    addTransfer(recordNo, { commanded, replied, first_payload: null, last_payload: null });
  await transfer(1, "2028-02-28 23:59:00", "2028-02-28 23:59:59.999999");
  await transfer(2, "2028-02-28 23:59:01", "2028-02-29 00:00:00");
  await transfer(3, "2028-02-29 23:59:59.999999", "2028-03-01 00:00:10");
  await transfer(4, "2028-03-01 00:00:00", null);
  await transfer(5, "2028-02-28 12:00:00", "2028-03-01 12:00:00");
  await database.setClock("2028-03-02 00:00:30");
  for (let run = 0; run < 2; run++) {
    await update("2028-02-29", "2028-02-29");
    expect(await takenUp()).toEqual([2, 3, 5]);
  }
  await update("2028-02-28", "2028-02-28");
  expect(await takenUp()).toEqual([1, 2, 5]);
  await update("2028-02-28", "2028-02-29");
  expect(await takenUp()).toEqual([1, 2, 3, 5]);
  await update("2028-03-01", "2028-03-01");
  expect(await takenUp()).toEqual([3, 4, 5]);
});

test("half a minute after midnight NULL means what was under way until then, and not what came since", async () => {
  const seconds = ["2028-02-28 10:00:00", "2028-02-29 23:59:59.999999", "2028-03-01 00:00:00"];
  for (const [nth, commanded] of seconds.entries())
    await addTransfer(nth + 1, { commanded, replied: null, last_payload: null });
  await database.setClock("2028-03-01 00:00:30");
  expect((await update(null, null)).warnings).toEqual([]);
  expect(await takenUp()).toEqual([1, 2]);
  // Late ones come with NULL alone; an end after yesterday is cut, with a warning.
  expect((await update("2028-02-29", "2028-03-01")).warnings).toMatchObject([{ message: /RANGE_CUT/ }]);
  expect(await takenUp()).toEqual([2]);
  await expect(update("2028-02-29", "2028-02-28")).rejects.toThrow(/REVERSED_RANGE/);
  await expect(update(null, "2028-02-28")).rejects.toThrow(/HALF_A_RANGE/);
});

test("the flows that two hosts had once are not looked through for each transfer", async () => {
  const once = Array.from({ length: 1500 }, (_, nth) => ({
    flow_no: 100 + nth,
    description_hash: Buffer.from(String(100 + nth).padStart(16, "0")),
    probe_no: 1,
    class_no: 1,
    account: 1,
    ip_version: 4,
    protocol: 6,
    fwd_address: v4("10.0.0.1"),
    rev_address: v4("192.0.2.1"),
    fwd_port: 45_000 + nth,
    rev_port: 50_000,
  }));
  await database.insert("flow", ...once);
  for (let nth = 1; nth <= 5; nth++) await addTransfer(nth, { data_flow_id: 40, data_flow_no: 4 });
  await addIpct(database, 4, 6, `${DAY} 10:01:00`, { fwd_bytes: 1000 });
  const rowsRead = async () => {
    const rows = await database.rows("SHOW SESSION STATUS LIKE 'Handler_read%next'");
    return rows.reduce((sum, row) => sum + Number(row.Value), 0);
  };
  const before = await rowsRead();
  await update(DAY, DAY);
  expect((await rowsRead()) - before).toBeLessThan(1500);
  expect(await attributed()).toEqual([{ flow: 4, under: 2, bytes: 1000 }]);
});

test("without transfers there is nothing to attribute, nothing to list, and no day is stale", async () => {
  await addIpct(database, 3, 1, `${DAY} 10:00:00`, { fwd_bytes: 100 });
  for (const range of [DAY, null]) expect((await update(range, range)).resultSets[0]).toEqual([]);
  expect(await attributed("_1d")).toEqual([{ flow: 3, under: 3, bytes: 100 }]);
  expect(await database.rows("SELECT day FROM stale_day")).toEqual([]);
});

test("a row belongs to a transfer while its flow instance lived, to both ends", async () => {
  // It lived from 10:00:00 to 10:05:30; a row counts when it has a packet of that time.
  await addTransfer(1, { data_flow_id: 30, data_flow_no: 3 });
  const rows: [first: string, last: string, bytes: number][] = [
    ["09:59:00", "09:59:59.999999", 1],
    ["09:59:30", "10:00:00", 10],
    ["10:05:30", "10:05:59", 100],
    ["10:05:30.000001", "10:05:59", 1000],
  ];
  for (const [nth, [first, last, bytes]] of rows.entries()) {
    await addIpct(database, 3, nth, `${DAY} ${first.slice(0, 5)}:00`, { fwd_bytes: bytes });
    await database.rows("UPDATE ipcttable SET first = ?, last = ? WHERE record_no = ?", [
      `${DAY} ${first}`,
      `${DAY} ${last}`,
      nth,
    ]);
  }
  await update(DAY, DAY);
  for (const suffix of ["", "_1m", "_1h", "_1d"]) {
    expect(await attributed(suffix), suffix).toEqual([
      { flow: 3, under: 2, bytes: 110 },
      { flow: 3, under: 3, bytes: 1001 },
    ]);
  }
});

test("rows that a loader commits while transfers are attributed are waited for and attributed too", async () => {
  await addTransfer(1, { data_flow_id: 30, data_flow_no: 3 });
  await addIpct(database, 3, 1, `${DAY} 10:00:00`, { fwd_bytes: 100 });
  const { socket, user } = await databaseServer();
  const credentials = { socket, host: "localhost", port: 3306, user, password: "", database: "none" };
  const other = await connect(credentials, { database: null });
  try {
    // As MariaDB has it from 11.6 on; others take no notice of it.
    await other.query("SET SESSION innodb_snapshot_isolation = ON").catch(() => {});
    await database.connection.query("START TRANSACTION");
    await addIpct(database, 3, 2, `${DAY} 10:01:00`, { fwd_bytes: 10 });
    const range = [database.name, DAY, DAY];
    const attributing = callRoutine(other, database.template, "Update_ftp_data_in_ipcttable", range);
    attributing.catch(() => {});
    await lockWait(other, database.connection);
    await database.connection.query("COMMIT");
    await attributing;
  } finally {
    await other.end();
  }
  for (const suffix of ["", "_1m", "_1h", "_1d"]) {
    expect(await attributed(suffix)).toEqual([{ flow: 3, under: 2, bytes: 110 }]);
  }
});
