import { ledgerRows } from "@trafmon/trafgen";
import type { LogVolumes } from "../../read/log-volumes.ts";
import { type Volume, VolumeSums } from "../../read/volume.ts";
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
