import type { ObservationType, RecordOf } from "../observation-type.ts";
import { type ColumnLayout, fieldsOf, layoutOf } from "./layout.ts";
import * as values from "./put-values.ts";
import { TextTableWriter } from "./text-table.ts";
import * as varint from "./varint.ts";

/** Writes records of one type, one after the other, into the body of a PDU. */
export interface RecordEncoder<T extends ObservationType> {
  /** Forgets the records before: each PDU is read by itself. */
  reset(): void;
  /**
   * Writes one record and returns the position after it. A position beyond `into.length` means that it did not fit;
   * then, and after an error, what the body holds before this record is good and the encoder wants a `reset`.
   * @throws {RefusedValueError} for a value outside its column's range
   */
  encode(record: RecordOf<T>, into: Uint8Array, at: number): number;
}

/**
 * Each type gets a function of its own, written from the declaration and compiled once by `new Function`: with every
 * field access fixed, it runs several times faster than a loop over columns (bench/codec.bench.ts). The text holds
 * nothing but names and symbols from our own declarations.
 */
type Make = (v: typeof varint & typeof values, texts: TextTableWriter) => RecordEncoder<ObservationType>;

const made = new Map<ObservationType, Make>();

/** A new encoder; encoders hold the state of a body, so each pending PDU has its own. */
export function encoderOf<T extends ObservationType>(type: T): RecordEncoder<T> {
  let make = made.get(type);
  if (make === undefined) {
    make = new Function("v", "texts", encoderSource(type)) as Make;
    made.set(type, make);
  }
  return make({ ...varint, ...values }, new TextTableWriter()) as unknown as RecordEncoder<T>;
}

/** The text of the function that makes an encoder of this type. */
export function encoderSource(type: ObservationType): string {
  const layout = layoutOf(type);
  const { columns, bitmapBytes, maskBytes } = layout;
  const bitmap = Array.from({ length: bitmapBytes }, (_, i) => i);
  const before: [string, string][] = [
    ...columns.flatMap(beforeNames),
    ...(maskBytes === 0 ? [] : bitmap.map((i): [string, string] => [`p_m${i}`, "0"])),
  ];
  const first = columns.find((each) => each.chained);
  return [
    "const { putCount, putSigned, putDuration, putWide, putInstant, putSecond, putFollowing, putAddress, putHistogram,",
    "  putTally, refuseSymbol } = v;",
    ...before.map(([name, empty]) => `let ${name} = ${empty};`),
    ...columns.flatMap(symbolTable),
    "return {",
    "reset() { texts.clear();",
    ...before.map(([name, empty]) => `${name} = ${empty};`),
    "},",
    "encode(r, b, at) {",
    ...bitmap.map((i) => `let m${i} = 0;`),
    first === undefined ? "let rs = 0, rn = 0;" : `let rs = p_${first.column.name}_s, rn = p_${first.column.name}_n;`,
    // What stands there is known before the first byte is written, for the bitmap's length hangs on it.
    ...columns.map(markColumn),
    maskBytes === 0 ? "b[at++] = m0;" : writeBitmap(bitmapBytes, maskBytes),
    ...columns.map(writeColumn),
    // Only now: a record that was refused half way must leave no trace.
    ...columns.map(remember),
    ...(maskBytes === 0 ? [] : bitmap.map((i) => `p_m${i} = m${i};`)),
    "return at; } };",
  ].join("\n");
}

/** Bytes of the bitmap that are not as in the record before, and ahead of them which these are. */
function writeBitmap(bitmapBytes: number, maskBytes: number): string {
  const bitmap = Array.from({ length: bitmapBytes }, (_, i) => i);
  const masks = Array.from({ length: maskBytes }, (_, i) => i);
  const changed = (i: number) => `(m${i} !== p_m${i} ? ${1 << (i & 7)} : 0)`;
  return [
    ...masks.map(
      (each) =>
        `b[at++] = ${bitmap
          .filter((i) => i >> 3 === each)
          .map(changed)
          .join(" | ")};`,
    ),
    ...bitmap.map((i) => `if (m${i} !== p_m${i}) b[at++] = m${i};`),
  ].join("\n");
}

/** Variables that hold the record before, with their value before the first record. */
function beforeNames(each: ColumnLayout): [string, string][] {
  const { name, kind } = each.column;
  if (each.chained) {
    return [
      [`p_${name}_s`, "0"],
      [`p_${name}_n`, "0"],
    ];
  }
  if (kind === "second") return [[`p_${name}`, "0"]];
  if (!each.follows) return [];
  return [[`p_${name}`, kind === "text" ? '""' : "0"]];
}

function symbolTable(each: ColumnLayout): string[] {
  const { name, kind, symbols } = each.column;
  return kind === "symbol" ? [`const y_${name} = new Map(${JSON.stringify(symbols!.map((s, i) => [s, i]))});`] : [];
}

function remember(each: ColumnLayout): string {
  const { name, kind } = each.column;
  if (each.chained) {
    const store = `p_${name}_s = c_${name}; p_${name}_n = r.${name}_nanos;`;
    return each.nullable ? `if (c_${name} !== null) { ${store} }` : store;
  }
  return kind === "second" || each.follows ? `p_${name} = c_${name};` : "";
}

const mark = (bit: number) => `m${bit >> 3} |= ${1 << (bit & 7)};`;
const isMarked = (bit: number) => `(m${bit >> 3} & ${1 << (bit & 7)}) !== 0`;

/** Reads a column's value from the record and sets its bits. */
function markColumn(each: ColumnLayout): string {
  const { name, kind } = each.column;
  const value = `c_${name}`;
  const read = `const ${value} = r.${fieldsOf(each.column)[0]};`;
  const here = mark(each.bit);
  const isHere = (plain: string) => `${read} if (${each.nullable ? `${value} !== null` : plain}) ${here}`;
  if (each.sameAs !== null) return isHere(`${value} !== c_${each.sameAs}`);
  if (each.follows) return isHere(`${value} !== p_${name}`);
  switch (kind) {
    case "count":
    case "signed":
    case "offset":
    case "duration":
      return isHere(`${value} !== 0`);
    case "wide":
      return isHere(`${value} !== 0n`);
    case "second":
      return `${isHere(`${value} !== p_${name}`)} rs = ${value}; rn = 0;`;
    case "instant":
      return `${read} ${markInstant(each, value, `r.${name}_nanos`)}`;
    case "address": {
      const six = `if (${value}.length === 16) ${here}`;
      return `${read} ${each.nullable ? `if (${value} !== null) { ${mark(each.secondBit)} ${six} }` : six}`;
    }
    case "text":
      return isHere(`${value} !== ""`);
    case "symbol": {
      const number = `y_${name}.get(${value})`;
      const known = `if (s_${name} === undefined) refuseSymbol(${value});`;
      if (each.nullable)
        return `${read} const s_${name} = ${value} === null ? 0 : ${number}; ${known} if (${value} !== null) ${here}`;
      return `${read} const s_${name} = ${number}; ${known} if (s_${name} !== 0) ${here}`;
    }
    case "bool": {
      const truth = `if (${value}) ${here}`;
      return `${read} ${each.nullable ? `if (${value} !== null) { ${mark(each.secondBit)} ${truth} }` : truth}`;
    }
    case "histogram":
      return isHere(`${value}.length !== 0`);
    case "tally":
      return isHere(`${value}.size !== 0`);
  }
}

/** Keeps what the instant refers to beside it. */
function markInstant(each: ColumnLayout, s: string, nanos: string): string {
  const { name } = each.column;
  const here = `${mark(each.bit)} if (${nanos} % 1000 !== 0) ${mark(each.secondBit)}`;
  const reference = `const f_${name} = rs, g_${name} = rn;`;
  const follow = `rs = ${s}; rn = ${nanos};`;
  return each.nullable
    ? `${reference} if (${s} !== null) { ${here} ${follow} }`
    : `${reference} if (${s} !== rs || ${nanos} !== rn) { ${here} } ${follow}`;
}

function writeColumn(each: ColumnLayout): string {
  const { name, kind } = each.column;
  const value = `c_${name}`;
  const whenHere = (write: string) => `if (${isMarked(each.bit)}) { ${write} }`;
  switch (kind) {
    case "count": {
      const before = each.sameAs !== null ? `c_${each.sameAs}` : each.follows ? `p_${name}` : null;
      if (before !== null) return whenHere(`at = putFollowing(b, at, ${value}, ${before});`);
      return whenHere(`if ((${value} & 127) === ${value}) b[at++] = ${value}; else at = putCount(b, at, ${value});`);
    }
    case "signed":
    case "offset":
      return whenHere(`at = putSigned(b, at, ${value});`);
    case "duration":
      return whenHere(`at = putDuration(b, at, ${value});`);
    case "wide":
      return whenHere(`at = putWide(b, at, ${value});`);
    case "second":
      return whenHere(`at = putSecond(b, at, ${value}, p_${name});`);
    case "instant":
      return whenHere(`at = putInstant(b, at, ${value}, r.${name}_nanos, f_${name}, g_${name});`);
    case "address": {
      const put = `at = putAddress(b, at, ${value});`;
      return each.nullable ? `if (${isMarked(each.secondBit)}) ${put}` : put;
    }
    case "text":
      return whenHere(`at = texts.put(b, at, ${value});`);
    case "symbol":
      return whenHere(`b[at++] = s_${name};`);
    case "bool":
      return "";
    case "histogram":
      return whenHere(`at = putHistogram(b, at, ${value});`);
    case "tally":
      return whenHere(`at = putTally(b, at, ${value}, texts);`);
  }
}
