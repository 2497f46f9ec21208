import { isUtf8 } from "node:buffer";
import { parseAddress } from "@trafmon/address";
import { MAX_TEXT_BYTES } from "../codec/text-table.ts";
import type { Column } from "../column.ts";
import type { LineFaultReason } from "./line-fault.ts";

/** Checks one field, `bytes[from .. until)`, tabs excluded: null when it is good. It looks at bytes and makes nothing. */
export type FieldCheck = (bytes: Uint8Array, from: number, until: number) => LineFaultReason | null;

const MAX_COUNT = "9007199254740991";
/** -2^53 is what a zigzag can still hold. */
const MAX_NEGATIVE = "9007199254740992";
const MAX_WIDE = "340282366920938463463374607431768211455";
/** 2^32 seconds less one nanosecond. */
const MAX_INSTANT = "4294967295999999999";

/** Decimal digits without leading zeros, at most `greatest`. */
function integerCheck(greatest: string): FieldCheck {
  const bounds = Buffer.from(greatest, "latin1");
  const length = bounds.length;
  return (bytes, from, until) => {
    const digits = until - from;
    if (digits === 0) return "not a number";
    for (let i = from; i < until; i++) {
      const digit = bytes[i]! - 48;
      if (digit < 0 || digit > 9) return "not a number";
    }
    if (bytes[from] === 48 && digits > 1) return "not a number";
    if (digits < length) return null;
    if (digits > length) return "out of range";
    for (let i = 0; i < length; i++) {
      if (bytes[from + i]! !== bounds[i]!) return bytes[from + i]! < bounds[i]! ? null : "out of range";
    }
    return null;
  };
}

const checkCount = integerCheck(MAX_COUNT);
const checkMagnitude = integerCheck(MAX_NEGATIVE);
const checkWide = integerCheck(MAX_WIDE);
const checkInstant = integerCheck(MAX_INSTANT);

const checkSecond: FieldCheck = (bytes, from, until) => {
  const reason = checkInstant(bytes, from, until);
  if (reason !== null || (until - from === 1 && bytes[from] === 48)) return reason;
  if (until - from < 10) return "out of range";
  for (let i = until - 9; i < until; i++) if (bytes[i] !== 48) return "out of range";
  return null;
};

const checkSigned: FieldCheck = (bytes, from, until) => {
  if (bytes[from] !== 0x2d || from === until) return checkCount(bytes, from, until);
  if (bytes[from + 1] === 48) return "not a number";
  return checkMagnitude(bytes, from + 1, until);
};

/** Dotted quads are looked at in place; IPv6 and broken ones by the parser. */
const checkAddress: FieldCheck = (bytes, from, until) => {
  let value = -1;
  let dots = 0;
  for (let i = from; i < until; i++) {
    const unit = bytes[i]!;
    if (unit === 0x2e && value >= 0) {
      dots++;
      value = -1;
    } else if (unit >= 48 && unit <= 57 && value !== 0) {
      value = value < 0 ? unit - 48 : value * 10 + unit - 48;
      if (value > 255) return checkGroups(bytes, from, until);
    } else return checkGroups(bytes, from, until);
  }
  return dots === 3 && value >= 0 ? null : "not an address";
};

const checkGroups: FieldCheck = (bytes, from, until) => {
  if (until - from > 45) return "not an address";
  return parseAddress(Buffer.from(bytes.subarray(from, until)).toString("latin1")) === null ? "not an address" : null;
};

const checkText: FieldCheck = (bytes, from, until) => checkEscaped(bytes, from, until, MAX_TEXT_BYTES);

function checkEscaped(bytes: Uint8Array, from: number, until: number, maxBytes: number): LineFaultReason | null {
  let isAscii = true;
  let escapes = 0;
  for (let i = from; i < until; i++) {
    const unit = bytes[i]!;
    if (unit === 0x5c) {
      if (++i >= until) return "bad escape";
      escapes++;
    } else if (unit > 127) isAscii = false;
    else if (unit === 0 || unit === 10 || unit === 13) return "bad escape";
  }
  if (until - from - escapes > maxBytes) return "too long";
  return isAscii || isUtf8(bytes.subarray(from, until)) ? null : "not UTF-8";
}

const checkBoolean: FieldCheck = (bytes, from, until) =>
  until - from === 1 && (bytes[from] === 48 || bytes[from] === 49) ? null : "not a boolean";

function symbolCheck(symbols: readonly string[]): FieldCheck {
  const names = symbols.map((symbol) => Buffer.from(symbol, "latin1"));
  return (bytes, from, until) => {
    next: for (const name of names) {
      if (name.length !== until - from) continue;
      for (let i = 0; i < name.length; i++) if (name[i] !== bytes[from + i]) continue next;
      return null;
    }
    return "unknown name";
  };
}

const checkHistogram: FieldCheck = (bytes, from, until) => {
  let before = -1;
  for (let at = from; at < until; ) {
    const colon = bytes.indexOf(0x3a, at);
    if (colon < 0 || colon >= until) return "not a histogram";
    const comma = bytes.indexOf(0x2c, colon);
    const end = comma < 0 || comma > until ? until : comma;
    if (checkCount(bytes, at, colon) !== null || checkCount(bytes, colon + 1, end) !== null) return "not a histogram";
    let bucket = 0;
    for (let i = at; i < colon; i++) bucket = bucket * 10 + bytes[i]! - 48;
    // A comma promises a further pair.
    if (bucket <= before || end === until - 1) return "not a histogram";
    before = bucket;
    at = end + 1;
  }
  return null;
};

const checkTally: FieldCheck = (bytes, from, until) => {
  const reason = checkEscaped(bytes, from, until, Number.POSITIVE_INFINITY);
  if (reason !== null || from === until) return reason;
  for (let at = from; ; ) {
    const colon = bytes.indexOf(0x3a, at);
    if (colon < 0 || colon >= until) return "not a tally";
    let comma = bytes.indexOf(0x2c, at);
    // Whoever reads it divides at commas first.
    if (comma >= 0 && comma < colon) return "not a tally";
    comma = bytes.indexOf(0x2c, colon);
    const end = comma < 0 || comma > until ? until : comma;
    if (checkCount(bytes, colon + 1, end) !== null) return "not a tally";
    if (end === until) return null;
    at = end + 1;
  }
};

/** The check of a column's fields, null or not. */
export function fieldCheckOf(column: Column): FieldCheck {
  const check = kindCheck(column);
  const isNullable = column.nullable === true;
  return (bytes, from, until) => {
    if (until - from === 2 && bytes[from] === 0x5c && bytes[from + 1] === 0x4e) return isNullable ? null : "null";
    return check(bytes, from, until);
  };
}

function kindCheck(column: Column): FieldCheck {
  switch (column.kind) {
    case "count":
    case "duration":
      return checkCount;
    case "signed":
    case "offset":
      return checkSigned;
    case "wide":
      return checkWide;
    case "second":
      return checkSecond;
    case "instant":
      return checkInstant;
    case "address":
      return checkAddress;
    case "text":
      return checkText;
    case "symbol":
      return symbolCheck(column.symbols!);
    case "bool":
      return checkBoolean;
    case "histogram":
      return checkHistogram;
    case "tally":
      return checkTally;
  }
}
