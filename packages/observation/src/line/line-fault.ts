/** What is wrong with a log line. */
export interface LineFault {
  /** Name of the offending column; null when the line as a whole is wrong. */
  readonly column: string | null;
  readonly reason: LineFaultReason;
  /** The offending field, or the line's beginning; at most 200 characters. */
  readonly text: string;
}

export type LineFaultReason =
  /** Fewer or more fields than the type has columns. */
  | "field count"
  /** `\N` in a column that is never null. */
  | "null"
  /** No integer in its canonical decimal form. */
  | "not a number"
  /** An integer outside its kind's range. */
  | "out of range"
  | "not an address"
  /** No name that the column declares. */
  | "unknown name"
  /** No 0 and no 1. */
  | "not a boolean"
  /** Pairs broken, or buckets that do not rise. */
  | "not a histogram"
  | "not a tally"
  /** A backslash before nothing, or a bare control character that would have been escaped. */
  | "bad escape"
  | "not UTF-8"
  /** A text longer than a record may hold. */
  | "too long"
  /** Not 16 lower-case hexadecimal digits. */
  | "not a run";
