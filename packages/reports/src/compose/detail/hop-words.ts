import type { Hop, HopPair } from "../../ask/detail/hop-pairs.ts";
import type { Table } from "../model.ts";

/** `paris eth1`, or the hop's number where the database does not know more. */
function hopLabel({ number, probe, interface: port }: Hop): string {
  if (probe === null) return `hop ${number}`;
  return port === null ? probe : `${probe} ${port}`;
}

export function pairTitle({ className, from, to }: HopPair): string {
  return `${className}: ${hopLabel(from)} to ${hopLabel(to)}`;
}

export function pairIntro({ className, from, to }: HopPair): string {
  return `Packets of class ${className} from hop ${from.number} (${hopLabel(from)}) to hop ${to.number} (${hopLabel(to)}).`;
}

export const PAIR_COLUMNS: Table["columns"] = [
  { label: "Class", kind: "text", csv: "flow_class" },
  { label: "From", kind: "text", csv: "from" },
  { label: "To", kind: "text", csv: "to" },
  { label: "From hop", kind: "count", csv: "from_hop", csvOnly: true },
  { label: "To hop", kind: "count", csv: "to_hop", csvOnly: true },
];

export function pairCells({ className, from, to }: HopPair) {
  return [className, hopLabel(from), hopLabel(to), BigInt(from.number), BigInt(to.number)];
}

export function pairId(at: number): string {
  return `hops-${String(at + 1).padStart(2, "0")}`;
}

export const NO_PAIRS =
  "No class of these hosts follows packets from hop to hop (oneWay), or no packet was seen in this period.";
