import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ledgerRows } from "@trafmon/trafgen";
import type { LogVolumes } from "../../read/log-volumes.ts";
import { type Volume, VolumeSums } from "../../read/volume.ts";
import type { LineTotals } from "../network/impaired-line.ts";
import { TAPS, type Tap } from "../network/truth-network.ts";
import type { SceneTruth } from "../truth-scene.ts";
import type { TruthRow } from "../truth-table.ts";
import { agreement } from "./agreement.ts";

/** Which packets of a line's ledger pass a tap: those that entered it in one direction and those that left it in the other. */
const PASSING: Readonly<Record<Tap, { line: 0 | 1; fwdHop: "1" | "2"; revHop: "1" | "2" }>> = {
  near: { line: 0, fwdHop: "1", revHop: "2" },
  middle: { line: 0, fwdHop: "2", revHop: "1" },
  far: { line: 1, fwdHop: "2", revHop: "1" },
};

/** What passed a tap, by `protocol sender port receiver port`, as the line that ends there wrote it down. */
export function passed(truth: SceneTruth, tap: Tap): Record<string, Volume> {
  const { line, fwdHop, revHop } = PASSING[tap];
  const sums = new VolumeSums<Volume>();
  for (const row of ledgerRows(truth.lineLedgers[line], "flows")) {
    if (row.hop !== (row.direction === "fwd" ? fwdHop : revHop)) continue;
    const key = `${row.protocol} ${row.source} ${portText(row.source_port)} ${row.destination} ${portText(row.destination_port)}`;
    sums.add(key, { packets: Number(row.packets), bytes: Number(row.bytes) });
  }
  return sums.byKey();
}

/** The ways that packets have come to a tap, the last one last: number of the line, and direction over it. */
const WAYS: Readonly<Record<Tap, readonly (readonly (readonly [line: 0 | 1, way: "forward" | "backward"])[])[]>> = {
  near: [
    [
      [1, "backward"],
      [0, "backward"],
    ],
  ],
  middle: [[[0, "forward"]], [[1, "backward"]]],
  far: [
    [
      [0, "forward"],
      [1, "forward"],
    ],
  ],
};

/** Copies of frames that the lines made and a tap saw; null where a later line may have lost some of them again. */
export function copiesSeen(truth: SceneTruth, tap: Tap): number | null {
  let copies = 0;
  for (const way of WAYS[tap]) {
    for (const [index, [line, direction]] of way.entries()) {
      const made = doubled(truth, line, direction);
      const isLossy = way
        .slice(index + 1)
        .some(([later, towards]) => (truth.script.lines[later][towards].loss ?? 0) > 0);
      if (made > 0 && isLossy) return null;
      copies += made;
    }
  }
  return copies;
}

function doubled(truth: SceneTruth, line: 0 | 1, way: "forward" | "backward"): number {
  return lineTotals(truth, line).doubled[way];
}

/** What a line says of itself. */
export function lineTotals(truth: SceneTruth, line: 0 | 1): LineTotals {
  return JSON.parse(readFileSync(join(truth.lineLedgers[line], "summary.json"), "utf8")).totals;
}

/** As it stands in a log. */
const portText = (port: string | null | undefined) => port ?? "\\N";

/** Capture statistics against the interface's own counters, and IP counters against the lines' ledgers. */
export function wireRows(truth: SceneTruth, volumes: (tap: Tap) => LogVolumes): TruthRow[] {
  const scene = truth.script.name;
  const rows: TruthRow[] = [];
  for (const tap of TAPS) {
    const log = volumes(tap);
    const row = (what: string, expected: number, measured: number) =>
      rows.push({ scene, at: tap, what, expected, measured });
    const seen = ["packets", "kernel_dropped", "card_dropped", "queue_dropped"].map((name) => log.statistic(name));
    row("frames: interface counters = captured + dropped", truth.devices[tap].frames, sum(seen));
    row("frames dropped by kernel, card or probe", 0, sum(seen.slice(1)));
    const expected = passed(truth, tap);
    const total = { packets: 0, bytes: 0 };
    for (const { packets, bytes } of Object.values(expected)) {
      total.packets += packets;
      total.bytes += bytes;
    }
    row("IP packets: line's ledger = ipct", total.packets, log.account().packets);
    row("IP bytes: line's ledger = ipct", total.bytes, log.account().bytes);
    const copies = copiesSeen(truth, tap);
    if (copies !== null) {
      const { twins } = lineTotals(truth, PASSING[tap].line);
      const most = twins.forward + twins.backward;
      const bound = { most, reason: "equal packets in quick succession, which nothing tells from copies" };
      const what = "copies of frames: lines' ledgers = duplicates in ipct";
      rows.push({
        scene,
        at: tap,
        what,
        expected: copies,
        measured: log.accountDuplicates(),
        ...(most > 0 && { bound }),
      });
    }
    const measured = log.byTuple("tuples");
    for (const figure of ["packets", "bytes"] as const)
      rows.push(
        ...agreement({
          ...{ scene, at: tap, what: `${figure} by five-tuple and direction` },
          expected: figures(expected, figure),
          measured: figures(measured, figure),
        }),
      );
  }
  return rows;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

function figures(volumes: Record<string, Volume>, figure: keyof Volume): Map<string, number> {
  return new Map(Object.entries(volumes).map(([key, volume]) => [key, volume[figure]]));
}
