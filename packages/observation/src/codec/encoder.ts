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
  const bitmap = Array.from({ length: layout.bitmapBytes }, (_, i) => i);
  const before = layout.columns.flatMap(beforeNames);
  const first = layout.columns.find((each) => each.chained);
  return [
    "const { putCount, putSigned, putDuration, putWide, putInstant, putSecond, putFollowing, putAddress, putHistogram,",
    "  putTally, refuseSymbol } = v;",
    ...before.map(([name, empty]) => `let ${name} = ${empty};`),
    ...layout.columns.flatMap(symbolTable),
    "return {",
    "reset() { texts.clear();",
    ...before.map(([name, empty]) => `${name} = ${empty};`),
    "},",
    "encode(r, b, start) {",
    `let at = start + ${layout.bitmapBytes};`,
    ...bitmap.map((i) => `let m${i} = 0;`),
    first === undefined ? "let rs = 0, rn = 0;" : `let rs = p_${first.column.name}_s, rn = p_${first.column.name}_n;`,
    ...layout.columns.map(writeColumn),
    ...bitmap.map((i) => `b[start + ${i}] = m${i};`),
    // Only now: a record that was refused half way must leave no trace.
    ...layout.columns.map(remember),
    "return at; } };",
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

function writeColumn(each: ColumnLayout): string {
  const { name, kind } = each.column;
  const value = `c_${name}`;
  const read = `const ${value} = r.${fieldsOf(each.column)[0]};`;
  const here = mark(each.bit);
  const absent = (plain: string) => (each.nullable ? `${value} !== null` : plain);
  const when = (condition: string, write: string) => `${read} if (${condition}) { ${here} ${write} }`;
  const small = (put: string) => `if ((${value} & 127) === ${value}) b[at++] = ${value}; else ${put}`;
  switch (kind) {
    case "count":
      if (each.follows) return when(`${value} !== p_${name}`, `at = putFollowing(b, at, ${value}, p_${name});`);
      return when(absent(`${value} !== 0`), small(`at = putCount(b, at, ${value});`));
    case "signed":
    case "offset":
      return when(absent(`${value} !== 0`), `at = putSigned(b, at, ${value});`);
    case "duration":
      return when(absent(`${value} !== 0`), `at = putDuration(b, at, ${value});`);
    case "wide":
      return when(absent(`${value} !== 0n`), `at = putWide(b, at, ${value});`);
    case "second":
      return `${when(`${value} !== p_${name}`, `at = putSecond(b, at, ${value}, p_${name});`)} rs = ${value}; rn = 0;`;
    case "instant":
      return `${read} ${writeInstant(each, value, `r.${name}_nanos`)}`;
    case "address": {
      const six = `if (${value}.length === 16) { ${here} } at = putAddress(b, at, ${value});`;
      return `${read} ${each.nullable ? `if (${value} !== null) { ${mark(each.secondBit)} ${six} }` : six}`;
    }
    case "text":
      return when(
        each.follows ? `${value} !== p_${name}` : absent(`${value} !== ""`),
        `at = texts.put(b, at, ${value});`,
      );
    case "symbol": {
      const number = `const y = y_${name}.get(${value}); if (y === undefined) refuseSymbol(${value});`;
      if (each.nullable) return when(`${value} !== null`, `${number} b[at++] = y;`);
      return `${read} { ${number} if (y !== 0) { ${here} b[at++] = y; } }`;
    }
    case "bool": {
      const truth = `if (${value}) { ${here} }`;
      return `${read} ${each.nullable ? `if (${value} !== null) { ${mark(each.secondBit)} ${truth} }` : truth}`;
    }
    case "histogram":
      return when(absent(`${value}.length !== 0`), `at = putHistogram(b, at, ${value});`);
    case "tally":
      return when(absent(`${value}.size !== 0`), `at = putTally(b, at, ${value}, texts);`);
  }
}

function writeInstant(each: ColumnLayout, s: string, nanos: string): string {
  const write =
    `${mark(each.bit)} if (${nanos} % 1000 !== 0) { ${mark(each.secondBit)} } ` +
    `at = putInstant(b, at, ${s}, ${nanos}, rs, rn);`;
  const follow = `rs = ${s}; rn = ${nanos};`;
  return each.nullable
    ? `if (${s} !== null) { ${write} ${follow} }`
    : `if (${s} !== rs || ${nanos} !== rn) { ${write} } ${follow}`;
}
