import { type LedgerRow, ledgerRows } from "@trafmon/trafgen";
import type { LogRecords } from "../../read/log-records.ts";
import { LogVolumes } from "../../read/log-volumes.ts";
import type { SceneTruth } from "../truth-scene.ts";
import { probeName } from "../truth-settings.ts";
import type { TruthRow } from "../truth-table.ts";
import { agreement } from "./agreement.ts";
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
    ...trafgenRows(truth, logs, near),
    ...transactionRows(scene, "near", asked, logs, near, copiesSeen(truth, "near") ?? Number.NaN),
    ...transferRows(scene, "near", transferred, logs, near),
    ...ftpServerRows(scene, "far", truth.receiversFolder, logs, far),
  ];
}

/** What trafgen says it sent, tuple by tuple, against what passed the tap beside it. */
function trafgenRows(truth: SceneTruth, logs: LogRecords, probe: string): TruthRow[] {
  if (truth.trafgenLedger === null) return [];
  const sent = ledgerRows(truth.trafgenLedger, "flows").filter(({ hop }) => hop === "0");
  const seen = new LogVolumes(logs, probe).byTuple("tuples");
  const tuple = (row: LedgerRow) =>
    `${row.protocol} ${row.source} ${row.source_port} ${row.destination} ${row.destination_port}`;
  return (["packets", "bytes"] as const).flatMap((figure) =>
    agreement({
      ...{ scene: truth.script.name, at: "near", what: `${figure} trafgen sent, by five-tuple` },
      expected: new Map(sent.map((row) => [tuple(row), Number(row[figure])])),
      measured: new Map(sent.map((row) => [tuple(row), seen[tuple(row)]?.[figure] ?? 0])),
    }),
  );
}
