import type { ObservationType } from "../observation-type.ts";
import { type FieldCheck, fieldCheckOf } from "./field-check.ts";
import { logColumns } from "./format-line.ts";
import type { LineFault, LineFaultReason } from "./line-fault.ts";

const SHOWN_CHARACTERS = 200;

/**
 * Checks one line, `bytes[from .. until)` without its newline: null when every field is of its column's kind. `ends`,
 * where given, is told where each field of a good line ends: as many places as the line has fields.
 */
export type CheckLine = (bytes: Uint8Array, from: number, until: number, ends?: Int32Array) => LineFault | null;

const checkProbe = fieldCheckOf({ name: "probe", kind: "text", meaning: "" });
const checkRecordNo = fieldCheckOf({ name: "record_no", kind: "count", meaning: "" });

const checkRun: FieldCheck = (bytes, from, until) => {
  if (until - from !== 16) return "not a run";
  for (let i = from; i < until; i++) {
    const unit = bytes[i]!;
    if (!((unit >= 48 && unit <= 57) || (unit >= 97 && unit <= 102))) return "not a run";
  }
  return null;
};

/** The check of this type's lines. Over a million lines of counters a second: nothing is made but the fault. */
export function checkLine(type: ObservationType): CheckLine {
  const names = logColumns(type);
  const checks = [checkProbe, checkRun, checkRecordNo, ...type.columns.map(fieldCheckOf)];
  const last = checks.length - 1;
  return (bytes, from, until, ends) => {
    let start = from;
    for (let i = 0; i <= last; i++) {
      let end = start;
      while (end < until && bytes[end] !== 9) end++;
      if (end === until ? i !== last : i === last) return fault(null, "field count", bytes, from, until);
      const reason = checks[i]!(bytes, start, end);
      if (reason !== null) return fault(names[i]!, reason, bytes, start, end);
      if (ends !== undefined) ends[i] = end;
      start = end + 1;
    }
    return null;
  };
}

function fault(column: string | null, reason: LineFaultReason, bytes: Uint8Array, from: number, until: number) {
  const shown = Buffer.from(bytes.subarray(from, Math.min(until, from + 4 * SHOWN_CHARACTERS))).toString("utf8");
  return { column, reason, text: shown.slice(0, SHOWN_CHARACTERS) } satisfies LineFault;
}
