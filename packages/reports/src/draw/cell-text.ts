import { change, count, duration, percent, rate, volume } from "../compose/figures.ts";
import type { Cell, ColumnKind } from "../compose/model.ts";

/** A cell as people read it. */
export function cellText(kind: ColumnKind, cell: Cell): string {
  if (cell === null) return "\u2013";
  if (typeof cell === "string") return cell;
  switch (kind) {
    case "text":
      return String(cell);
    case "volume":
      return volume(BigInt(cell));
    case "count":
      return count(cell);
    case "share":
    case "percent":
      return percent(Number(cell));
    case "change":
      return change(Number(cell));
    case "rate":
      return rate(Number(cell));
    case "duration":
      return duration(Number(cell));
  }
}
