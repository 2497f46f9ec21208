import {
  accountVolumes,
  CAPTURE_TABLES,
  captureFigures,
  IP_COUNTER_TABLES,
  PREPARED_TABLES,
  preparedVolumes,
  tcpVolumes,
} from "../../read/database-volumes.ts";
import { reportTotals } from "../../read/report-totals.ts";
import { total, type Volume } from "../../read/volume.ts";
import type { SiteDatabase } from "../../site/site-database.ts";
import { TAPS } from "../network/truth-network.ts";
import type { SceneTruth } from "../truth-scene.ts";
import { probeName } from "../truth-settings.ts";
import type { TruthRow } from "../truth-table.ts";
import { passed } from "./wire-rows.ts";

/** Tables and reports against the lines' ledgers and the interfaces' counters: nothing was lost on the way. */
export async function databaseRows(
  truths: readonly SceneTruth[],
  database: SiteDatabase,
  folder: string,
): Promise<TruthRow[]> {
  const rows: TruthRow[] = [];
  const accounts = new Map<string, ReadonlyMap<string, Volume>>();
  for (const table of IP_COUNTER_TABLES) accounts.set(table, await accountVolumes(database, table));
  for (const table of PREPARED_TABLES) accounts.set(table, await preparedVolumes(database, table));
  const captured = new Map<string, Awaited<ReturnType<typeof captureFigures>>>();
  for (const table of CAPTURE_TABLES) captured.set(table, await captureFigures(database, table));
  const tcp = await tcpVolumes(database);
  for (const truth of truths) {
    for (const tap of TAPS) {
      const probe = probeName(truth.script.name, tap);
      const tuples = passed(truth, tap);
      const expected = total(Object.values(tuples));
      const report = await reportTotals(database, folder, probe);
      const places = new Map([...accounts].map(([table, volumes]) => [table, volumes.get(probe)]));
      places.set("services.csv", report.services);
      const row = { scene: truth.script.name, at: tap };
      const figureOf = (figure: keyof Volume) =>
        new Map([...places].map(([place, volume]) => [place, volume?.[figure] ?? 0]));
      const bytes = figureOf("bytes").set("activities.csv", report.activitiesBytes);
      rows.push(
        ...everywhere({ ...row, what: "IP packets", expected: expected.packets, places: figureOf("packets") }),
        ...everywhere({ ...row, what: "IP bytes", expected: expected.bytes, places: bytes }),
      );
      const segments = total(Object.entries(tuples).flatMap(([key, volume]) => (key.startsWith("6 ") ? [volume] : [])));
      const records = total(Object.values(tcp.get(probe) ?? {}));
      for (const figure of ["packets", "bytes"] as const)
        rows.push({
          ...row,
          what: `tcpcxtable: ${figure} of all connections`,
          expected: segments[figure],
          measured: records[figure],
        });
      const frames = new Map([...captured].map(([table, figures]) => [table, figures.get(probe)?.packets ?? 0]));
      rows.push(
        ...everywhere({ ...row, what: "frames captured", expected: truth.devices[tap].frames, places: frames }),
      );
    }
  }
  return rows;
}

/** One row where all places say the same, else one for each. */
function everywhere({ scene, at, what, expected, places }: Places): TruthRow[] {
  const [first] = places.values();
  const rows = [...places].map(([place, measured]) => ({ scene, at, what: `${what}: ${place}`, expected, measured }));
  if (rows.some(({ measured }) => measured !== first)) return rows;
  return [{ scene, at, what: `${what}: ${shortened([...places.keys()])}`, expected, measured: first! }];
}

interface Places {
  readonly scene: string;
  readonly at: string;
  readonly what: string;
  readonly expected: number;
  readonly places: ReadonlyMap<string, number>;
}

/** `ipcttable ipcttable_1m` is `ipcttable _1m`: a table in its spans. */
function shortened(places: readonly string[]): string {
  return places.map((place, index) => shortOf(place, places[index - 1])).join(" ");
}

function shortOf(place: string, before = ""): string {
  const table = before.replace(/_1[mhd]$/, "");
  return table !== "" && place.startsWith(`${table}_`) ? place.slice(table.length) : place;
}
