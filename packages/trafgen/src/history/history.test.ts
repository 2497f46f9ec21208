import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { observationTypes, parseLine, parseLogFileName } from "@trafmon/observation";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeHistory } from "./history.ts";

const FROM_S = Date.UTC(2026, 1, 27) / 1000;
const DAYS = 9;
const PLAN = { fromS: FROM_S, untilS: FROM_S + DAYS * 86_400, seed: 7, scale: 0.1, intervalS: 900, probe: "synthetic" };

type Name = keyof typeof observationTypes;
// biome-ignore lint/suspicious/noExplicitAny: rows of every type are added up by column name.
type Row = any;

let folder = "";
let rows: (name: Name) => Row[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "history-"));
  writeHistory({ ...PLAN, folder: join(folder, "one") });
  const read = new Map<Name, Row[]>();
  rows = (name) => {
    const all = read.get(name) ?? rowsIn(join(folder, "one", "logs"), name);
    read.set(name, all);
    return all;
  };
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every record of one type, parsed, with its run in it. */
function rowsIn(logs: string, name: Name): Row[] {
  return readdirSync(logs)
    .filter((file) => parseLogFileName(file)?.type === name)
    .flatMap((file) => readFileSync(join(logs, file), "utf8").split("\n").slice(1, -1))
    .map((line) => {
      const parsed = parseLine(observationTypes[name])(line);
      if (!("record" in parsed)) throw new Error(`a line of ${name} is refused: ${JSON.stringify(parsed)}`);
      return { ...(parsed.record as object), run: parsed.run };
    });
}

function sum(all: readonly Row[], ...columns: string[]): number {
  return all.reduce((total, row) => total + columns.reduce((part, column) => part + row[column], 0), 0);
}

test("every line is one the loader takes", () => {
  for (const { name, logged } of Object.values(observationTypes)) if (logged) rows(name as Name);
  expect(rows("ipct").length).toBeGreaterThan(1000);
});

test("connections, datagrams and ICMP messages add up to the IP packets and bytes", () => {
  const isV6 = new Map(rows("flow").map((row) => [`${row.run} ${row.flow_id}`, row.ip_version === 6]));
  const datagramHeaders = rows("udpct").reduce((total, row) => {
    const header = (isV6.get(`${row.run} ${row.flow_id}`) ? 40 : 20) + 8;
    return total + header * (row.fwd_datagrams + row.rev_datagrams);
  }, 0);
  const packets =
    sum(rows("tcpcx"), "fwd_packets", "rev_packets") +
    sum(rows("udpct"), "fwd_datagrams", "rev_datagrams") +
    sum(rows("icmpct"), "fwd_packets", "rev_packets");
  const bytes =
    sum(rows("tcpcx"), "fwd_bytes", "rev_bytes") +
    sum(rows("udpct"), "fwd_payload_bytes", "rev_payload_bytes") +
    datagramHeaders +
    sum(rows("icmpct"), "fwd_bytes", "rev_bytes");
  expect(sum(rows("ipct"), "fwd_packets", "rev_packets")).toBe(packets);
  expect(sum(rows("ipct"), "fwd_bytes", "rev_bytes")).toBe(bytes);
  expect(sum(rows("ipsz"), "fwd_packets", "rev_packets")).toBe(packets);
  // The second interface sees the stream between hops only.
  const first = rows("capst").filter(({ interface: name }) => name === "tap1");
  expect(sum(first, "ip_bytes")).toBe(bytes);
});

test("every run announces what its classes promise, from its beginning on", () => {
  const runs = new Set(rows("objective").map(({ run }) => run));
  expect(runs).toEqual(new Set(rows("slice").map(({ run }) => run)));
  for (const run of runs) {
    const promised = rows("objective").filter((row) => row.run === run);
    expect(promised.map(({ metric }) => metric)).toEqual(
      expect.arrayContaining(["delay", "answered", "retransmitted", "latency", "variation", "loss"]),
    );
    const [started] = rows("event").filter((row) => row.run === run && row.code === "probe_started");
    expect(promised.every(({ since_s }) => since_s === started!.at_s)).toBe(true);
  }
});

test("TCP counters say what the connections say", () => {
  for (const column of ["packets", "payload_bytes", "unique_payload_bytes", "retransmitted_segments", "rtt_samples"]) {
    for (const way of ["fwd", "rev"]) {
      expect(sum(rows("tcpct"), `${way}_${column}`)).toBe(sum(rows("tcpcx"), `${way}_${column}`));
    }
  }
  const opened = sum(rows("tcpct"), "connections_opened");
  const ended = ["closed", "reset", "refused", "timed_out"].map((how) => sum(rows("tcpct"), `connections_${how}`));
  expect(opened).toBe(rows("tcpcx").length);
  expect(ended.reduce((one, other) => one + other)).toBe(opened);
});

test("requests are replied to or not, and histograms hold every reply", () => {
  for (const row of rows("twoway")) {
    expect(row.requests).toBe(row.replied + row.unanswered);
    expect(row.delay_histogram.filter((_: number, at: number) => at % 2 === 1).reduce(add, 0)).toBe(row.replied);
  }
  for (const row of rows("owct")) {
    expect(row.matched_packets + row.lost_packets).toBe(10 * PLAN.intervalS);
    expect(row.latency_histogram.filter((_: number, at: number) => at % 2 === 1).reduce(add, 0)).toBe(
      row.matched_packets,
    );
  }
});

test("transfers say what their data connections say", () => {
  const data = new Map(rows("tcpcx").map((row) => [`${row.run} ${row.flow_id}`, row]));
  const transfers = rows("ftptf").filter((row) => row.data_flow_id !== null);
  expect(transfers.length).toBeGreaterThan(100);
  for (const row of transfers) {
    const connection = data.get(`${row.run} ${row.data_flow_id}`);
    expect(connection.fwd_unique_payload_bytes + connection.rev_unique_payload_bytes).toBe(row.bytes);
  }
  expect(sum(rows("ftpct"), "fwd_bytes", "rev_bytes")).toBe(sum(rows("ftptf"), "bytes"));
});

test("the truth holds the same totals, and the faults show in the observations", () => {
  const truth = JSON.parse(readFileSync(join(folder, "one", "truth.json"), "utf8"));
  const days = Object.values<{ bytes: number }>(truth.days).reduce((total, { bytes }) => total + bytes, 0);
  expect(days).toBe(sum(rows("ipct"), "fwd_bytes", "rev_bytes"));
  expect(truth.transfers.complete.count).toBe(rows("ftptf").filter(({ outcome }) => outcome === "complete").length);
  const cut = truth.faults.find(({ kind }: { kind: string }) => kind === "link cut");
  const [fromS, untilS] = [Date.parse(cut.from) / 1000, Date.parse(cut.until) / 1000];
  const during = rows("tcpcx").filter((row) => row.outcome === "timed_out");
  expect(during.length).toBeGreaterThan(0);
  for (const row of during) expect(row.started_s >= Math.floor(fromS) && row.started_s < untilS).toBe(true);
});

test("everybody is in ipInfo.ini", () => {
  const text = readFileSync(join(folder, "one", "ipInfo.ini"), "utf8");
  expect(text).toContain("[File exchange/Frankfurt data centre]\n10.50.2.21 = ftp01.files.example.test\nfd50:2::22 = ");
});

test("the same seed gives the same files, another one others", () => {
  writeHistory({ ...PLAN, folder: join(folder, "two") });
  writeHistory({ ...PLAN, seed: 8, folder: join(folder, "three") });
  const bytesOf = (name: string) =>
    readdirSync(join(folder, name, "logs"))
      .map((file) => readFileSync(join(folder, name, "logs", file), "utf8"))
      .join();
  expect(bytesOf("two") === bytesOf("one")).toBe(true);
  expect(bytesOf("three") === bytesOf("one")).toBe(false);
});

function add(one: number, other: number): number {
  return one + other;
}
