import type { ObservationType, RecordOf } from "../observation-type.ts";
import { ByteReader } from "./byte-reader.ts";
import * as values from "./get-values.ts";
import { type ColumnLayout, fieldsOf, layoutOf } from "./layout.ts";
import { declareBefore, readBitmap, readColumn, remember } from "./read-column.ts";
import { MalformedError, TruncatedError } from "./refused.ts";
import { TextTableReader } from "./text-table.ts";

/**
 * Reads a body of `count` records. `take` gets each in turn in one object that is filled anew, with its number from 0.
 * @throws {MalformedError} also after some records have been given: a caller keeps them only when all came
 */
export type RecordDecoder<T extends ObservationType> = (
  bytes: Uint8Array,
  count: number,
  take: (record: RecordOf<T>, index: number) => void,
) => void;

const tools = { ...values, ByteReader, TextTableReader, MalformedError, TruncatedError };

const decoders = new Map<ObservationType, RecordDecoder<ObservationType>>();

/** The reader of this type's bodies; compiled from the declaration once (see encoder.ts for why). */
export function decoderOf<T extends ObservationType>(type: T): RecordDecoder<T> {
  let decode = decoders.get(type);
  if (decode === undefined) {
    decode = new Function("tools", decoderSource(type))(tools) as RecordDecoder<ObservationType>;
    decoders.set(type, decode);
  }
  return decode as unknown as RecordDecoder<T>;
}

/** The text of the function. */
export function decoderSource(type: ObservationType): string {
  const layout = layoutOf(type);
  const { columns, bitmapBytes } = layout;
  const first = columns.find((each) => each.chained);
  return [
    `const { ${Object.keys(tools).join(", ")} } = tools;`,
    "const texts = new TextTableReader();",
    ...columns.flatMap((each) =>
      each.column.kind === "symbol" ? [`const y_${each.column.name} = ${JSON.stringify(each.column.symbols)};`] : [],
    ),
    "return (b, count, take) => {",
    "texts.clear();",
    "const rd = new ByteReader(b), end = b.length;",
    "const r = {};",
    "let at = 0;",
    ...columns.map((each) => declareBefore(each, false)),
    ...Array.from({ length: bitmapBytes }, (_, i) => `let m${i} = 0;`),
    "for (let i = 0; i < count; i++) {",
    readBitmap(layout),
    first === undefined ? "let rs = 0, rn = 0;" : `let rs = p_${first.column.name}_s, rn = p_${first.column.name}_n;`,
    ...columns.map((each) => readColumn(each, false)),
    'if (at > end) throw new TruncatedError("cannot read past the end");',
    ...columns.map(remember),
    giveRecord(columns),
    "}",
    'if (at !== end) throw new MalformedError("cannot understand the bytes after the last record");',
    "};",
  ].join("\n");
}

function giveRecord(columns: readonly ColumnLayout[]): string {
  const fills = columns.flatMap(({ column }) => {
    const [value, nanos] = fieldsOf(column);
    return [`r.${value} = c_${column.name};`, nanos === undefined ? "" : `r.${nanos} = n_${column.name};`];
  });
  return `${fills.join(" ")} take(r, i);`;
}
