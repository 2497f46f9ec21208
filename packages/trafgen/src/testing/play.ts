import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { type LedgerFile, type LedgerRow, ledgerRows } from "../ledger/ledger-rows.ts";
import { type FarSite, fromSource } from "./far-site.ts";
import type { Play, PlayResult } from "./play-program.ts";

export interface Played {
  readonly results: readonly PlayResult[];
  rows(file: LedgerFile): LedgerRow[];
}

/** Plays exchanges in the near namespace of a site. */
export async function play(site: FarSite, plays: readonly Play[]): Promise<Played> {
  const ledger = join(mkdtempSync(join(site.folder, "run-")), "ledger");
  const task = JSON.stringify({ ledger, plays });
  const stdout = await site.near(process.execPath, [...fromSource("play-program.ts"), task]);
  return { results: JSON.parse(stdout) as PlayResult[], rows: (file) => ledgerRows(ledger, file) };
}
