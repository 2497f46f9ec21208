import type { Column, ColumnKind } from "../column.ts";
import { tallyText } from "../line/field-text.ts";
import * as fields from "../line/put-field.ts";
import type { ObservationType } from "../observation-type.ts";
import { ByteReader } from "./byte-reader.ts";
import * as values from "./get-values.ts";
import { type ColumnLayout, layoutOf } from "./layout.ts";
import { LineBuffer } from "./line-buffer.ts";
import { declareBefore, readBitmap, readColumn, remember } from "./read-column.ts";
import { MalformedError, TruncatedError } from "./refused.ts";
import { TextTableReader } from "./text-table.ts";

/** Told each record's flow id, where the type has one. */
export interface FlowIdVisitor {
  flowId(id: number): void;
}

/**
 * Turns a body of `count` records straight into the bytes of log lines, each ended by a newline, without building
 * records or strings. `prefix` is what `linePrefix` gives; the first record has the number `firstRecordNo`. The bytes are
 * good until the next call of any of these.
 * @throws {MalformedError}
 */
export type LineDecoder = (
  bytes: Uint8Array,
  count: number,
  prefix: string,
  firstRecordNo: number,
  visitor: FlowIdVisitor | null,
) => Uint8Array;

/** One for all: what it holds is taken before the next body is read. */
const lines = new LineBuffer();

const noText = new Uint8Array(0);

const errors = { MalformedError, TruncatedError };
const tools = { ...values, ...fields, ...errors, ByteReader, TextTableReader, tallyText, lines, noText };

const lineDecoders = new Map<ObservationType, LineDecoder>();

/** Compiled from the declaration once (see encoder.ts for why). */
export function lineDecoderOf(type: ObservationType): LineDecoder {
  let decode = lineDecoders.get(type);
  if (decode === undefined) {
    decode = new Function("tools", lineDecoderSource(type))(tools) as LineDecoder;
    lineDecoders.set(type, decode);
  }
  return decode;
}

/** The text of the function. */
export function lineDecoderSource(type: ObservationType): string {
  const layout = layoutOf(type);
  const { columns, bitmapBytes } = layout;
  const first = columns.find((each) => each.chained);
  const hasFlow = columns.some(({ column }) => column.name === "flow_id");
  return [
    `const { ${Object.keys(tools).join(", ")} } = tools;`,
    "const texts = new TextTableReader();",
    ...columns.flatMap((each) =>
      each.column.kind === "symbol" ? [`const y_${each.column.name} = ${JSON.stringify(each.column.symbols)};`] : [],
    ),
    "return (b, count, prefix, no, visitor) => {",
    "texts.clear();",
    "const rd = new ByteReader(b), end = b.length, start = lines.prefixBytes(prefix);",
    // What has no bound of its own sees to its own room, and leaves as much behind it.
    `const room = start.length + ${fixedBytesOf(type)};`,
    "let w = lines.bytes, to = 0;",
    "let at = 0;",
    ...columns.map((each) => declareBefore(each, true)),
    ...Array.from({ length: bitmapBytes }, (_, i) => `let m${i} = 0;`),
    "for (let i = 0; i < count; i++) {",
    "if (w.length - to < room) w = lines.withRoom(to, room);",
    "to = putNumber(w, putBytes(w, to, start), no + i);",
    readBitmap(layout),
    first === undefined ? "let rs = 0, rn = 0;" : `let rs = p_${first.column.name}_s, rn = p_${first.column.name}_n;`,
    ...columns.flatMap((each) => [readColumn(each, true), putField(each)]),
    'if (at > end) throw new TruncatedError("cannot read past the end");',
    ...columns.map(remember),
    "w[to++] = 10;",
    hasFlow ? "if (visitor !== null) visitor.flowId(c_flow_id);" : "",
    "}",
    'if (at !== end) throw new MalformedError("cannot understand the bytes after the last record");',
    "return w.subarray(0, to);",
    "};",
  ].join("\n");
}

function putField(each: ColumnLayout): string {
  const { column, nullable } = each;
  const put = putValue(column, `c_${column.name}`);
  return nullable
    ? `w[to++] = 9; if (c_${column.name} === null) { w[to++] = 92; w[to++] = 78; } else { ${put} }`
    : `w[to++] = 9; ${put}`;
}

function putValue({ name, kind }: Column, value: string): string {
  switch (kind) {
    case "count":
    case "duration":
      // Most counts of most records are 0 or little more.
      return `if (${value} < 10) w[to++] = 48 + ${value}; else to = putNumber(w, to, ${value});`;
    case "signed":
    case "offset":
      return `to = putSignedNumber(w, to, ${value});`;
    case "wide":
      return `to = putAscii(w, to, String(${value}));`;
    case "second":
      return `to = putInstantText(w, to, ${value}, 0);`;
    case "instant":
      return `to = putInstantText(w, to, ${value}, n_${name});`;
    case "address":
      return `to = putAddressText(w, to, ${value});`;
    case "symbol":
      return `to = putAscii(w, to, ${value});`;
    case "bool":
      return `w[to++] = ${value} ? 49 : 48;`;
    case "text":
      return `w = lines.withRoom(to, ${value}.length + room); to = putBytes(w, to, ${value});`;
    case "histogram":
      return `w = lines.withRoom(to, ${value}.length * ${LONGEST.count + 1} + room); to = putHistogramText(w, to, ${value});`;
    case "tally":
      return `const t_${name} = lines.utf8(tallyText(${value})); w = lines.withRoom(to, t_${name}.length + room); to = putBytes(w, to, t_${name});`;
  }
}

/** Most bytes that a value of these kinds takes; the others have no such bound. */
const LONGEST: Readonly<Record<Exclude<ColumnKind, "text" | "histogram" | "tally" | "symbol">, number>> = {
  count: 16,
  duration: 16,
  signed: 17,
  offset: 17,
  wide: 39,
  second: 19,
  instant: 19,
  address: 45,
  bool: 1,
};

/** Most bytes of a line without its prefix and without what has no bound: number, tabs, values, newline. */
function fixedBytesOf({ columns }: ObservationType): number {
  const longestOf = ({ kind, symbols = [] }: Column): number => {
    if (kind === "symbol") return Math.max(...symbols.map(({ length }) => length));
    return kind === "text" || kind === "histogram" || kind === "tally" ? 0 : LONGEST[kind];
  };
  return columns.reduce((sum, column) => sum + 1 + Math.max(2, longestOf(column)), LONGEST.count + 1);
}
