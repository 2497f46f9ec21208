import { addressText } from "@trafmon/address";
import type { Column } from "../column.ts";
import { escapeText } from "./escape-text.ts";

/** Nanoseconds since the epoch in decimal. They pass 2^53, so seconds and padded nanoseconds are put side by side. */
export function instantText(s: number, nanos: number): string {
  if (s === 0) return `${nanos}`;
  const digits = `${nanos}`;
  return s + ZEROS[9 - digits.length]! + digits;
}

const ZEROS = Array.from({ length: 10 }, (_, i) => "0".repeat(i));

export function secondText(s: number): string {
  return s === 0 ? "0" : `${s}000000000`;
}

/** `bucket:count,bucket:count` of pairs [bucket, count, ...]. */
export function histogramText(pairs: readonly number[]): string {
  let text = "";
  for (let i = 0; i < pairs.length; i += 2) text += `${i === 0 ? "" : ","}${pairs[i]}:${pairs[i + 1]}`;
  return text;
}

/** `name:count,name:count`, names sorted by code unit. In a name, `,` `:` and `%` stand as `%` and their hex code. */
export function tallyText(tally: ReadonlyMap<string, number>): string {
  const names = [...tally.keys()].sort();
  return names.map((name) => `${tallyName(name)}:${tally.get(name)}`).join(",");
}

export function tallyName(name: string): string {
  return escapeText(name.replace(/[%,:]/g, (c) => `%${c.charCodeAt(0).toString(16)}`));
}

export const fieldTexts = { instantText, secondText, histogramText, tallyText, addressText, escapeText };

/**
 * The JavaScript expression that gives a column's text, for the functions compiled from the declarations (see
 * codec/encoder.ts). `value` is an expression for the value, `nanos` for an instant's second field. `isEscaped`: texts
 * come escaped already.
 */
export function fieldExpression(column: Column, value: string, nanos: string, isEscaped: boolean): string {
  const text = textExpression(column, value, nanos, isEscaped);
  return column.nullable === true ? `(${value} === null ? "\\\\N" : ${text})` : text;
}

function textExpression(column: Column, value: string, nanos: string, isEscaped: boolean): string {
  switch (column.kind) {
    case "instant":
      return `instantText(${value}, ${nanos})`;
    case "second":
      return `secondText(${value})`;
    case "address":
      return `addressText(${value})`;
    case "text":
      return isEscaped ? value : `escapeText(${value})`;
    case "bool":
      return `(${value} ? "1" : "0")`;
    case "histogram":
      return `histogramText(${value})`;
    case "tally":
      return `tallyText(${value})`;
    default:
      return value;
  }
}
