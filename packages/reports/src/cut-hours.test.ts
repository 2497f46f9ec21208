import type { FreshDatabase } from "@trafmon/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askCutHours } from "./ask/cut-hours.ts";
import type { VolumeQuestion } from "./ask/volume-question.ts";
import { csvFiles } from "./draw/csv/csv-file.ts";
import { makeVolumeReport, volumeDefinition } from "./make-volume-report.ts";
import { periodOf } from "./period.ts";
import { putHours, putMinutes, reportDatabase } from "./report-database.ts";
import { Zone } from "./zone.ts";

/** Days in India begin at 18:30 UTC. */
const CUT = "2026-10-05 18:00:00";
const OFFICE = { address: "10.1.0.1", activity: "Office", kind: "private" };
const OUTSIDE = { address: "93.184.216.34" };

let database: FreshDatabase;
beforeAll(async () => {
  database = await reportDatabase();
  const ends = { src: OFFICE, dst: OUTSIDE };
  await putHours(database, [
    { ...ends, hour: "2026-10-05 17:00:00", service: "other tcp", fwdBytes: 1n, revBytes: 100n },
    { ...ends, hour: CUT, service: "other tcp", fwdBytes: 10n, revBytes: 1000n, tcpSegments: 50, retransmitted: 5 },
    { ...ends, hour: "2026-10-05 19:00:00", service: "other tcp", fwdBytes: 100n, revBytes: 10_000n },
  ]);
  await putMinutes(database, [
    { ...ends, minute: "2026-10-05 18:29:00", fwdBytes: 7n, revBytes: 700n },
    { ...ends, minute: "2026-10-05 18:30:00", fwdBytes: 3n, revBytes: 300n },
  ]);
  const { connection } = database;
  await connection.query("UPDATE flow SET protocol = 6");
  await connection.query(
    `INSERT INTO ipcttable_1h (flow_no, bucket_start, attributed_flow_no, fwd_packets, rev_packets, fwd_bytes, rev_bytes,
            fwd_fragments, rev_fragments, fwd_duplicate_packets, rev_duplicate_packets, fwd_duplicate_bytes,
            rev_duplicate_bytes, first, last)
     SELECT 1, ?, 1, 2, 2, SUM(fwd_bytes), SUM(rev_bytes), 0, 0, 0, 0, 0, 0, MIN(first), MAX(last) FROM ipcttable_1m`,
    [CUT],
  );
});
afterAll(async () => await database?.remove());

const source = {
  rows: async <T extends object>(sql: string, values: readonly unknown[] = []) =>
    (await database.connection.query(sql, [...values]))[0] as T[],
};

async function days(kind: "manager" | "operator", zone = "Asia/Kolkata") {
  const all: VolumeQuestion = {
    source: "probe",
    period: periodOf("2026-10-03", "2026-10-06", new Zone(zone)),
    ...{ probes: null, flowClass: null, activity: null, location: null, host: null },
  };
  const { byMinute, whole } = await askCutHours(source, all);
  const question = { ...all, cutHours: byMinute, wholeHours: whole.length };
  const { model, totalBytes } = await makeVolumeReport(source, question, volumeDefinition(kind), {
    ...{ site: "Site", top: 5, threshold: 0, generatedMs: 0, step: () => {} },
  });
  const file = kind === "manager" ? "volume-per-day.csv" : "directions-per-day.csv";
  const csv = csvFiles(model).find(({ name }) => name === file)!;
  const rows = csv.text.split("\r\n").map((line) => line.split(","));
  const of = (day: string) => rows.find(([, name]) => name?.includes(day))![4];
  return { of, totalBytes, whole, facts: model.facts.map(({ text }) => text).join(" ") };
}

test("an hour that a midnight cuts is parted by its minutes", async () => {
  for (const kind of ["manager", "operator"] as const) {
    const { of, totalBytes, whole, facts } = await days(kind);
    expect([of("5 Oct"), of("6 Oct")], kind).toEqual(["808", "10403"]);
    expect(totalBytes).toBe(11_211n);
    expect(whole).toEqual([]);
    expect(facts).not.toContain("that a midnight cuts");
  }
});

test("without its minutes such an hour stays whole, on the day in which it begins, and the report says so", async () => {
  await database.connection.query("UPDATE ipcttable_1m SET fwd_bytes = 6 WHERE fwd_bytes = 7");
  try {
    const { of, whole, facts } = await days("manager");
    expect([of("5 Oct"), of("6 Oct")]).toEqual(["1111", "10100"]);
    expect(whole).toEqual([CUT]);
    expect(facts).toMatch(/1\shour that a midnight cuts counts on the day in which it begins/);
  } finally {
    await database.connection.query("UPDATE ipcttable_1m SET fwd_bytes = 7 WHERE fwd_bytes = 6");
  }
});

test("days that begin on the hour need no minutes", async () => {
  const { of, whole } = await days("manager", "Europe/Brussels");
  expect([of("5 Oct"), whole]).toEqual(["11211", []]);
});
