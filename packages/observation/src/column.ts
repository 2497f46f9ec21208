/**
 * The columns an observation is made of. One declaration feeds the record's type, the PDU codec, the log line,
 * the loader's checks and the reference documentation.
 */

/**
 * What a column holds, and how it stands in a record, on the wire and in a log line:
 *
 * | kind      | in a record (TypeScript)                  | in a log line                                   |
 * |-----------|-------------------------------------------|-------------------------------------------------|
 * | count     | number, integer, 0 .. 2^53-1              | decimal                                         |
 * | signed    | number, integer, +-2^53                   | decimal                                         |
 * | wide      | bigint, 0 .. 2^128-1                      | decimal                                         |
 * | second    | `<name>_s`: seconds since the epoch, UTC  | `<name>_ns`: nanoseconds since the epoch        |
 * | instant   | `<name>_s` and `<name>_nanos` (0..999999999) | `<name>_ns`: nanoseconds since the epoch     |
 * | duration  | `<name>_ns`: number of nanoseconds, >= 0  | `<name>_ns`, decimal                            |
 * | offset    | `<name>_ns`: nanoseconds, may be negative | `<name>_ns`, decimal                            |
 * | address   | Uint8Array of 4 (IPv4) or 16 (IPv6) bytes | RFC 5952 text                                   |
 * | text      | string                                    | escaped as MySQL's LOAD DATA reads it           |
 * | symbol    | one of the declared names                 | the name                                        |
 * | bool      | boolean                                   | 0 or 1                                          |
 * | histogram | sparse pairs [bucket, count, bucket, ...] | `bucket:count,bucket:count`, buckets rising     |
 * | tally     | Map from name to count                    | `name:count,name:count`, names sorted           |
 *
 * A nullable column is `null` in a record and `\N` in a log line. An empty histogram or tally is an empty string.
 * A duration beyond 2^53-1 (104 days) is written as that.
 */
export type ColumnKind =
  | "count"
  | "signed"
  | "wide"
  | "second"
  | "instant"
  | "duration"
  | "offset"
  | "address"
  | "text"
  | "symbol"
  | "bool"
  | "histogram"
  | "tally";

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** What it means, in one sentence without full stop; the unit is in it where the kind does not say it. */
  readonly meaning: string;
  readonly nullable?: boolean;
  /** Only for `symbol`: the allowed names. Their order is the wire code, so names are only ever appended. */
  readonly symbols?: readonly string[];
  /**
   * Usually equal or near to the same column of the record before: a PDU carries the difference, and nothing where
   * there is none. Only for count and text, never nullable.
   */
  readonly follows?: boolean;
  /**
   * Name of an earlier column of the record that this one usually equals: a PDU carries nothing where it does. Only for
   * count and duration, never nullable, neither this one nor that.
   */
  readonly sameAs?: string;
}

/** What a column may say beyond name, kind and meaning. */
export interface ColumnOptions {
  readonly nullable?: boolean;
  readonly symbols?: readonly string[];
  readonly follows?: boolean;
  readonly sameAs?: string;
}

export interface Bare<N extends string, K extends ColumnKind> {
  readonly name: N;
  readonly kind: K;
  readonly meaning: string;
}

/** Declares one column. */
export function column<const N extends string, const K extends ColumnKind>(
  name: N,
  kind: K,
  meaning: string,
): Bare<N, K>;
export function column<const N extends string, const K extends ColumnKind, const O extends ColumnOptions>(
  name: N,
  kind: K,
  meaning: string,
  options: O,
): Bare<N, K> & O;
export function column(name: string, kind: ColumnKind, meaning: string, options?: ColumnOptions): Column {
  return { name, kind, meaning, ...options };
}

type Directed<C, D extends string> = C extends { readonly name: infer N extends string }
  ? Omit<C, "name"> & { readonly name: `${D}_${N}` }
  : never;

type BothWays<C extends readonly Column[]> = C extends readonly [infer Head, ...infer Rest extends readonly Column[]]
  ? readonly [Directed<Head, "fwd">, Directed<Head, "rev">, ...BothWays<Rest>]
  : readonly [];

/** Declares each column twice: `fwd_<name>` and `rev_<name>`; what one equals is of its own direction. */
export function bothWays<const C extends readonly Column[]>(...columns: C): BothWays<C> {
  return columns.flatMap((each) => [
    directed(each, "fwd", "forward"),
    directed(each, "rev", "reverse"),
  ]) as unknown as BothWays<C>;
}

function directed(each: Column, direction: string, word: string): Column {
  const twin = { ...each, name: `${direction}_${each.name}`, meaning: `${word}: ${each.meaning}` };
  return each.sameAs === undefined ? twin : { ...twin, sameAs: `${direction}_${each.sameAs}` };
}
