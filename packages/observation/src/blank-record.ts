import type { Column } from "./column.ts";
import type { ObservationType, RecordOf } from "./observation-type.ts";

/** A record of this type with every column at zero, empty or null, for its maker to fill. */
export function blankRecord<T extends ObservationType>(type: T): RecordOf<T> {
  const record: Record<string, unknown> = {};
  for (const column of type.columns) {
    for (const [suffix, value] of blanksOf(column)) {
      record[`${column.name}${suffix}`] = column.nullable === true ? null : value;
    }
  }
  return record as RecordOf<T>;
}

/** Suffix and value of the fields a column has in code. */
function blanksOf(column: Column): readonly (readonly [suffix: string, value: unknown])[] {
  switch (column.kind) {
    case "instant":
      return [
        ["_s", 0],
        ["_nanos", 0],
      ];
    case "second":
      return [["_s", 0]];
    case "duration":
    case "offset":
      return [["_ns", 0]];
    case "text":
      return [["", ""]];
    case "address":
      return [["", Uint8Array.of(0, 0, 0, 0)]];
    case "bool":
      return [["", false]];
    case "symbol":
      return [["", column.symbols?.[0] ?? ""]];
    case "histogram":
      return [["", []]];
    case "tally":
      return [["", new Map()]];
    case "wide":
      return [["", 0n]];
    default:
      return [["", 0]];
  }
}
