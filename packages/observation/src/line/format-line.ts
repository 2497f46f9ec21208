import { fieldsOf, logNameOf } from "../codec/layout.ts";
import type { ObservationType, RecordOf } from "../observation-type.ts";
import { escapeText } from "./escape-text.ts";
import { fieldExpression, fieldTexts } from "./field-text.ts";

/** Columns that stand before the type's own in every line. */
export const LINE_COLUMNS = ["probe", "run", "record_no"] as const;

/** Column names of a type's log lines, in order. */
export function logColumns(type: ObservationType): readonly string[] {
  return [...LINE_COLUMNS, ...type.columns.map(logNameOf)];
}

/** First line of a log file, without newline. */
export function logHeader(type: ObservationType): string {
  return logColumns(type).join("\t");
}

/** What every line of one run begins with: probe, run and the tab after it. `run`: 16 hexadecimal digits. */
export function linePrefix(probe: string, run: string): string {
  return `${escapeText(probe)}\t${run}\t`;
}

/** A record as a log line, without newline. */
export type FormatLine<T extends ObservationType> = (
  record: RecordOf<T>,
  probe: string,
  run: string,
  recordNo: number,
) => string;

const made = new Map<ObservationType, FormatLine<ObservationType>>();

/** The function that writes this type's lines; compiled from the declaration once (see codec/encoder.ts for why). */
export function formatLine<T extends ObservationType>(type: T): FormatLine<T> {
  let format = made.get(type);
  if (format === undefined) {
    const fields = type.columns.map((column) => {
      const [value, nanos] = fieldsOf(column);
      return ` + "\\t" + ${fieldExpression(column, `r.${value}`, `r.${nanos}`, false)}`;
    });
    const make = new Function(
      "texts",
      "linePrefix",
      `const { ${Object.keys(fieldTexts).join(", ")} } = texts;
       return (r, probe, run, recordNo) => linePrefix(probe, run) + recordNo${fields.join("")};`,
    );
    format = make(fieldTexts, linePrefix) as FormatLine<ObservationType>;
    made.set(type, format);
  }
  return format as unknown as FormatLine<T>;
}
