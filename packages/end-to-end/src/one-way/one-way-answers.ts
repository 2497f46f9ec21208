import { type LedgerRow, ledgerRows } from "@trafmon/trafgen";
import type { LogRecord, LogRecords } from "../read/log-records.ts";
import { type CraftedWay, PLACES, type Place } from "./one-way-scenarios.ts";

/** Packets and bytes by class, hop pair, start of the interval and verdict; and latencies by class and pair, sorted. */
export interface OneWayAnswer {
  readonly sums: Readonly<Record<string, string>>;
  readonly latencies: readonly string[];
}

const INTERVAL_NS = 10_000_000_000n;
const MAIN_ROUTE: readonly Place[] = ["office", "backbone", "centre"];
/** Hops of the class `back`, by those of `way`. */
const BACK: Readonly<Record<number, number>> = { 4: 1, 2: 2, 1: 3 };

class Sums {
  readonly #sums = new Map<string, [packets: number, bytes: number]>();
  readonly latencies: string[] = [];

  add(key: string, packets: number, bytes: number): void {
    if (packets === 0) return;
    const [before, sum] = this.#sums.get(key) ?? [0, 0];
    this.#sums.set(key, [before + packets, sum + bytes]);
  }

  answer(): OneWayAnswer {
    const sorted = [...this.#sums].sort(([a], [b]) => (a < b ? -1 : 1));
    const sums = Object.fromEntries(
      sorted.map(([key, [packets, bytes]]) => [key, `${packets} packets, ${bytes} bytes`]),
    );
    return { sums, latencies: this.latencies.sort() };
  }
}

/** What the ledgers say became of the packets. */
export function ledgerAnswer(ways: readonly CraftedWay[]): OneWayAnswer {
  const sums = new Sums();
  for (const { places, ledger } of ways) {
    const packets = new Map(ledgerRows(ledger, "packets").map((row) => [row.packet, row]));
    const byPacket = new Map<string, LedgerRow[]>();
    for (const row of ledgerRows(ledger, "verdicts")) {
      if (packets.get(row.packet!)!.source!.startsWith("192.0.2.")) continue;
      byPacket.set(row.packet!, [...(byPacket.get(row.packet!) ?? []), row]);
    }
    for (const [packet, rows] of byPacket) {
      const bytes = Number(packets.get(packet)!.bytes);
      const instants = rows.flatMap(({ seen_ns, delay_ns }) =>
        delay_ns === null ? [BigInt(seen_ns!)] : [BigInt(seen_ns!), BigInt(seen_ns!) + BigInt(delay_ns!)],
      );
      const [first] = instants.sort((a, b) => (a < b ? -1 : 1)) as [bigint];
      const start = (first / INTERVAL_NS) * INTERVAL_NS;
      const taken = isOnSecondRoute(rows, places) ? places : MAIN_ROUTE;
      for (const row of rows) tellRow(row, places[0] === "backbone" ? places : taken, start, bytes, sums);
      if (places[0] === "backbone") tellStranger(rows, start, bytes, sums);
    }
  }
  return sums.answer();
}

/**
 * Whether anybody can know that a packet went over the satellite: only if that saw it. Else the office and maybe the
 * centre saw it, and it counts for the route that stands first.
 */
function isOnSecondRoute(rows: readonly LedgerRow[], places: readonly Place[]): boolean {
  if (!places.includes("satellite")) return false;
  return rows.some(({ from_hop, to_hop, from_seen, to_seen }) =>
    [
      [from_hop, from_seen],
      [to_hop, to_seen],
    ].some(([hop, seen]) => hop === "2" && Number(seen) > 0),
  );
}

function hopsOf(row: LedgerRow, places: readonly string[]): { name: string; from: number; to: number } {
  const [from, to] = [row.from_hop, row.to_hop].map(
    (hop) => 1 + PLACES.findIndex((each) => each === places[Number(hop) - 1]),
  );
  const isForward = Number(row.from_hop) < Number(row.to_hop);
  return isForward ? { name: "way", from: from!, to: to! } : { name: "back", from: BACK[from!]!, to: BACK[to!]! };
}

function tellRow(row: LedgerRow, places: readonly string[], start: bigint, bytes: number, sums: Sums): void {
  const { name, from, to } = hopsOf(row, places);
  const pair = `${name} ${from}-${to}`;
  sums.add(`${pair} ${start} ${row.verdict}`, 1, bytes);
  if (row.delay_ns !== null) sums.latencies.push(`${pair} ${row.seen_ns} ${row.delay_ns}`);
  // Copies that the network made on the way; these come within the interval, or the test would not be exact.
  const copies = Number(row.to_seen) - Math.max(1, Number(row.from_seen));
  if (copies > 0) sums.add(`${pair} ${start} duplicate`, copies, copies * bytes);
}

/** Of what came in at the backbone, the office cannot have seen anything: there it was missed. */
function tellStranger(rows: readonly LedgerRow[], start: bigint, bytes: number, sums: Sums): void {
  const [{ verdict }] = rows as [LedgerRow];
  sums.add(`way 1-2 ${start} missed`, 1, bytes);
  if (verdict === "matched") sums.add(`way 1-4 ${start} missed`, 1, bytes);
}

/** What the collector's logs say. */
export function logAnswer(records: LogRecords): OneWayAnswer {
  const sums = new Sums();
  const add = (record: LogRecord, verdict: string, packets = record.packets, bytes = record.bytes) => {
    const pair = `${record.class} ${record.from_hop}-${record.to_hop}`;
    sums.add(`${pair} ${record.interval_start_ns} ${verdict}`, Number(packets), Number(bytes));
  };
  for (const record of records.of("owct")) {
    for (const verdict of ["matched", "lost", "missed", "unknown", "dropped", "duplicate"])
      add(record, verdict, record[`${verdict}_packets`], record[`${verdict}_bytes`]);
  }
  for (const record of records.of("owlost")) add(record, "lost");
  for (const record of records.of("owmiss")) add(record, "missed");
  for (const record of records.of("owdrop")) add(record, "dropped");
  for (const { class: name, from_hop, to_hop, seen_ns, latency_ns } of records.of("owlat"))
    sums.latencies.push(`${name} ${from_hop}-${to_hop} ${seen_ns} ${latency_ns}`);
  for (const { class: name, seen_ns, hops } of records.of("owts")) {
    const at = new Map(hops!.split(",").map((each) => each.split(":") as [string, string]));
    for (const [from, to] of [
      ["1", "2"],
      ["2", "3"],
      ["1", "3"],
    ] as const) {
      if (!at.has(from) || !at.has(to)) continue;
      const earlier = BigInt(at.get(from)!);
      sums.latencies.push(`${name} ${from}-${to} ${BigInt(seen_ns!) + earlier} ${BigInt(at.get(to)!) - earlier}`);
    }
  }
  return sums.answer();
}
