import { type LedgerRow, ledgerRows } from "@trafmon/trafgen";
import type { SiteDatabase } from "../../site/site-database.ts";
import type { SceneTruth } from "../truth-scene.ts";
import { probeName } from "../truth-settings.ts";
import type { TruthRow } from "../truth-table.ts";
import { agreement } from "./agreement.ts";

/** Ledgers of clients against the tables of transactions, two-way delays and FTP transfers, at the probe beside them. */
export async function itemTableRows(truth: SceneTruth, database: SiteDatabase): Promise<TruthRow[]> {
  const scene = truth.script.name;
  const asked = truth.exchangeLedgers.flatMap((folder) => ledgerRows(folder, "transactions"));
  const transferred = truth.exchangeLedgers.flatMap((folder) => ledgerRows(folder, "transfers"));
  if (asked.length === 0) return [];
  const protocols = new Set(asked.map(({ protocol }) => protocol!));
  const from = (table: string) =>
    `${table} x JOIN probe_run r ON r.run_no = x.run_no JOIN probe p ON p.probe_no = r.probe_no
      WHERE p.name = '${probeName(scene, "near")}'`;
  const sums = async (key: string, figure: string, table: string) => {
    const rows = await database.rows(
      `SELECT ${key} AS k, CAST(SUM(${figure}) AS CHAR) AS n FROM ${from(table)} GROUP BY 1`,
    );
    return new Map(rows.map(({ k, n }) => [String(k), Number(n)]));
  };
  const ofLedger = (all: ReadonlyMap<string, number>) =>
    new Map([...all].filter(([protocol]) => protocols.has(protocol)));
  const rows: TruthRow[] = [];
  const compare = (what: string, expected: ReadonlyMap<string, number>, measured: ReadonlyMap<string, number>) =>
    rows.push(...agreement({ scene, at: "near", what, expected, measured }));
  const requests = added(asked, "protocol", () => 1);
  compare("transtable: requests by protocol", requests, ofLedger(await sums("x.protocol", "1", "transtable")));
  compare(
    "twowaytable: requests by protocol",
    requests,
    ofLedger(await sums("x.protocol", "x.requests", "twowaytable")),
  );
  compare(
    "twowaytable: replied by protocol",
    added(asked, "protocol", ({ outcome }) => (outcome === "replied" ? 1 : 0)),
    ofLedger(await sums("x.protocol", "x.replied", "twowaytable")),
  );
  compare(
    "ftptftable: transfers by outcome",
    added(transferred, "outcome", () => 1),
    await sums("x.outcome", "1", "ftptftable"),
  );
  compare(
    "ftptftable: bytes by outcome",
    added(transferred, "outcome", ({ bytes }) => Number(bytes)),
    await sums("x.outcome", "x.bytes", "ftptftable"),
  );
  return rows;
}

function added(rows: readonly LedgerRow[], column: string, figure: (row: LedgerRow) => number): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(row[column]!, (sums.get(row[column]!) ?? 0) + figure(row));
  return sums;
}
