import { ledgerRows } from "../ledger/ledger-rows.ts";
import { type FlowTotal, flowLines } from "./tshark.ts";

/** Flows of a ledger at a hop, in the form of `tsharkFlows`. */
export function ledgerFlows(folder: string, hop = 0): readonly string[] {
  const flows = new Map<string, FlowTotal>();
  for (const row of ledgerRows(folder, "flows")) {
    if (row.hop !== String(hop)) continue;
    const { protocol, source, source_port, destination, destination_port } = row;
    const key = [protocol, source, source_port ?? "\\N", destination, destination_port ?? "\\N"].join(" ");
    const total = flows.get(key) ?? { packets: 0, bytes: 0 };
    flows.set(key, { packets: total.packets + Number(row.packets), bytes: total.bytes + Number(row.bytes) });
  }
  return flowLines(flows);
}
