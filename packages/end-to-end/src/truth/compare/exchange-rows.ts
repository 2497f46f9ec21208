import { ledgerRows } from "@trafmon/trafgen";
import type { LogRecords } from "../../read/log-records.ts";
import type { SceneTruth } from "../truth-scene.ts";
import { probeName } from "../truth-settings.ts";
import type { TruthRow } from "../truth-table.ts";
import { transactionRows } from "./transaction-rows.ts";
import { ftpServerRows, transferRows } from "./transfer-rows.ts";
import { copiesSeen } from "./wire-rows.ts";

/** What clients and servers say of their exchanges, each against the probe beside it. */
export function exchangeRows(truth: SceneTruth, logs: LogRecords): TruthRow[] {
  const scene = truth.script.name;
  if (truth.exchangeLedgers.length === 0) return [];
  const [near, far] = [probeName(scene, "near"), probeName(scene, "far")];
  const asked = truth.exchangeLedgers.flatMap((folder) => ledgerRows(folder, "transactions"));
  const transferred = truth.exchangeLedgers.flatMap((folder) => ledgerRows(folder, "transfers"));
  return [
    ...transactionRows(scene, "near", asked, logs, near, copiesSeen(truth, "near") ?? Number.NaN),
    ...transferRows(scene, "near", transferred, logs, near),
    ...ftpServerRows(scene, "far", truth.receiversFolder, logs, far),
  ];
}
