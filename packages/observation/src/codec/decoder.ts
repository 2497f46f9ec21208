import { fieldExpression, fieldTexts } from "../line/field-text.ts";
import type { ObservationType, RecordOf } from "../observation-type.ts";
import { ByteReader } from "./byte-reader.ts";
import * as values from "./get-values.ts";
import { type ColumnLayout, fieldsOf, layoutOf } from "./layout.ts";
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

/** Told each record's flow id, where the type has one. */
export interface FlowIdVisitor {
  flowId(id: number): void;
}

/**
 * Turns a body of `count` records straight into log lines, each ended by a newline, without building records. `prefix`
 * is what `linePrefix` gives; the first record has the number `firstRecordNo`.
 * @throws {MalformedError}
 */
export type LineDecoder = (
  bytes: Uint8Array,
  count: number,
  prefix: string,
  firstRecordNo: number,
  visitor: FlowIdVisitor | null,
) => string;

type Tools = typeof values & typeof fieldTexts & Record<string, unknown>;

const tools = { ...values, ...fieldTexts, ByteReader, TextTableReader, MalformedError, TruncatedError } as Tools;

const decoders = new Map<ObservationType, unknown>();
const lineDecoders = new Map<ObservationType, LineDecoder>();

/** The reader of this type's bodies; compiled from the declaration once (see encoder.ts for why). */
export function decoderOf<T extends ObservationType>(type: T): RecordDecoder<T> {
  let decode = decoders.get(type);
  if (decode === undefined) {
    decode = compile(type, false);
    decoders.set(type, decode);
  }
  return decode as RecordDecoder<T>;
}

export function lineDecoderOf(type: ObservationType): LineDecoder {
  let decode = lineDecoders.get(type);
  if (decode === undefined) {
    decode = compile(type, true) as LineDecoder;
    lineDecoders.set(type, decode);
  }
  return decode;
}

function compile(type: ObservationType, isLines: boolean): unknown {
  return new Function("tools", decoderSource(type, isLines))(tools);
}

/**
 * The text of the function. Plain byte reads may run past the end while within a record and give 0 there; that shows
 * at the record's end at the latest, before anything of the record is given out.
 */
export function decoderSource(type: ObservationType, isLines: boolean): string {
  const { columns, bitmapBytes, maskBytes } = layoutOf(type);
  const bitmap = Array.from({ length: bitmapBytes }, (_, i) => i);
  const first = columns.find((each) => each.chained);
  const parameters = isLines ? "b, count, prefix, no, visitor" : "b, count, take";
  return [
    `const { ${Object.keys(tools).join(", ")} } = tools;`,
    "const texts = new TextTableReader();",
    ...columns.flatMap((each) =>
      each.column.kind === "symbol" ? [`const y_${each.column.name} = ${JSON.stringify(each.column.symbols)};`] : [],
    ),
    `return (${parameters}) => {`,
    "texts.clear();",
    "const rd = new ByteReader(b), end = b.length;",
    isLines ? 'let out = "";' : "const r = {};",
    "let at = 0;",
    ...columns.map(declareBefore),
    ...bitmap.map((i) => `let m${i} = 0;`),
    "for (let i = 0; i < count; i++) {",
    maskBytes === 0 ? "m0 = b[at++] | 0;" : readBitmap(bitmapBytes, maskBytes),
    first === undefined ? "let rs = 0, rn = 0;" : `let rs = p_${first.column.name}_s, rn = p_${first.column.name}_n;`,
    ...columns.map((each) => readColumn(each, isLines)),
    'if (at > end) throw new TruncatedError("cannot read past the end");',
    ...columns.map(remember),
    isLines ? giveLine(columns) : giveRecord(columns),
    "}",
    'if (at !== end) throw new MalformedError("cannot understand the bytes after the last record");',
    isLines ? "return out;" : "",
    "};",
  ].join("\n");
}

/** What does not stand here is as in the record before. */
function readBitmap(bitmapBytes: number, maskBytes: number): string {
  const bitmap = Array.from({ length: bitmapBytes }, (_, i) => i);
  const masks = Array.from({ length: maskBytes }, (_, i) => `const d${i} = b[at++] | 0;`);
  const bytes = bitmap.map((i) => `if ((d${i >> 3} & ${1 << (i & 7)}) !== 0) m${i} = b[at++] | 0;`);
  return [...masks, ...bytes].join("\n");
}

function declareBefore(each: ColumnLayout): string {
  const { name, kind } = each.column;
  if (each.chained) return `let p_${name}_s = 0, p_${name}_n = 0;`;
  if (kind === "second") return `let p_${name} = 0;`;
  return each.follows ? `let p_${name} = ${kind === "text" ? '""' : "0"};` : "";
}

function remember(each: ColumnLayout): string {
  const { name, kind } = each.column;
  if (each.chained) return `if (c_${name} !== null) { p_${name}_s = c_${name}; p_${name}_n = n_${name}; }`;
  return kind === "second" || each.follows ? `p_${name} = c_${name};` : "";
}

const isSet = (bit: number) => `(m${bit >> 3} & ${1 << (bit & 7)}) !== 0`;

function readColumn(each: ColumnLayout, isLines: boolean): string {
  const { name, kind } = each.column;
  const value = `c_${name}`;
  const otherwise = (empty: string, read: string) =>
    `let ${value} = ${each.nullable ? "null" : empty}; if (${isSet(each.bit)}) { ${read} }`;
  /** Through the bounds-checked reader. */
  const byReader = (call: string) => `rd.at = at; ${value} = ${call}; at = rd.at;`;
  switch (kind) {
    case "count":
      if (each.sameAs !== null) return otherwise(`c_${each.sameAs}`, byReader(`getFollowing(rd, c_${each.sameAs})`));
      if (each.follows) return otherwise(`p_${name}`, byReader(`getFollowing(rd, p_${name})`));
      return otherwise("0", `${value} = b[at] | 0; if (${value} < 128) at++; else { ${byReader("rd.count()")} }`);
    case "signed":
    case "offset":
      return otherwise("0", byReader("rd.signed()"));
    case "duration":
      return otherwise(each.sameAs === null ? "0" : `c_${each.sameAs}`, byReader("rd.duration()"));
    case "wide":
      return otherwise("0n", byReader("rd.wide()"));
    case "second":
      return `${otherwise(`p_${name}`, byReader(`getSecond(rd, p_${name})`))} rs = ${value}; rn = 0;`;
    case "instant": {
      const read = byReader(`getInstant(rd, ${isSet(each.secondBit)}, rs, rn)`);
      const follow = `rs = ${value}; rn = n_${name};`;
      return each.nullable
        ? `let n_${name} = null; ${otherwise("", `${read} n_${name} = nanosOfInstant(); ${follow}`)}`
        : `let n_${name} = rn; ${otherwise("rs", `${read} n_${name} = nanosOfInstant();`)} ${follow}`;
    }
    case "address": {
      const read = `rd.at = at; ${value} = rd.take(${isSet(each.bit)} ? 16 : 4); at = rd.at;`;
      return `let ${value} = null; ${each.nullable ? `if (${isSet(each.secondBit)}) { ${read} }` : read}`;
    }
    case "text":
      return otherwise(each.follows ? `p_${name}` : '""', byReader(`texts.read(rd, ${isLines})`));
    case "symbol":
      return otherwise(`y_${name}[0]`, byReader(`getSymbol(rd, y_${name})`));
    case "bool":
      return `const ${value} = ${each.nullable ? `${isSet(each.secondBit)} ? ${isSet(each.bit)} : null` : isSet(each.bit)};`;
    case "histogram":
      return otherwise("[]", byReader("getHistogram(rd)"));
    case "tally":
      return otherwise("new Map()", byReader("getTally(rd, texts)"));
  }
}

function giveRecord(columns: readonly ColumnLayout[]): string {
  const fills = columns.flatMap(({ column }) => {
    const [value, nanos] = fieldsOf(column);
    return [`r.${value} = c_${column.name};`, nanos === undefined ? "" : `r.${nanos} = n_${column.name};`];
  });
  return `${fills.join(" ")} take(r, i);`;
}

function giveLine(columns: readonly ColumnLayout[]): string {
  const fields = columns.map(
    ({ column }) => ` + "\\t" + ${fieldExpression(column, `c_${column.name}`, `n_${column.name}`, true)}`,
  );
  const visit = columns.some(({ column }) => column.name === "flow_id")
    ? "if (visitor !== null) visitor.flowId(c_flow_id);"
    : "";
  return `${visit} out += prefix + (no + i)${fields.join("")} + "\\n";`;
}
