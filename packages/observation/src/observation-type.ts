import type { Column, ColumnKind } from "./column.ts";

/** One kind of observation: its name, its columns, and what it means. */
export interface ObservationType<N extends string = string, C extends readonly Column[] = readonly Column[]> {
  /** Name in code, log file names and, with `table` appended, in the database. */
  readonly name: N;
  /** Number on the wire. Never reused. */
  readonly code: number;
  /**
   * identity: describes ids used by others, sent once per run and again on demand, never dropped;
   * counter: a delta over an interval, consumers add; item: one record per happening.
   */
  readonly family: "identity" | "counter" | "item";
  /** False for what only probe and collector exchange. */
  readonly logged: boolean;
  readonly title: string;
  /** One paragraph for the reference documentation. */
  readonly meaning: string;
  readonly columns: C;
}

export function observationType<const N extends string, const C extends readonly Column[]>(
  declaration: Omit<ObservationType<N, C>, "logged"> & { readonly logged?: boolean },
): ObservationType<N, C> {
  return { logged: true, ...declaration };
}

interface ValueOfKind {
  count: number;
  signed: number;
  wide: bigint;
  second: number;
  instant: number;
  duration: number;
  offset: number;
  address: Uint8Array;
  text: string;
  symbol: string;
  bool: boolean;
  histogram: readonly number[];
  tally: ReadonlyMap<string, number>;
}

type FieldNames<C extends Column> = C["kind"] extends "instant"
  ? `${C["name"]}_s` | `${C["name"]}_nanos`
  : C["kind"] extends "second"
    ? `${C["name"]}_s`
    : C["kind"] extends "duration" | "offset"
      ? `${C["name"]}_ns`
      : C["name"];

type Value<C extends Column> =
  | (C extends { readonly symbols: readonly (infer S)[] } ? S : ValueOfKind[C["kind"] & ColumnKind])
  | (C extends { readonly nullable: true } ? null : never);

type Intersection<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never;

type Fields<C extends Column> = C extends Column ? { [K in FieldNames<C>]: Value<C> } : never;

/**
 * The record of an observation type as a plain, flat, mutable object: the measuring code fills one and hands it to the
 * encoder, which keeps nothing of it, so that one object per type can be used again and again.
 * A nullable instant is null in both its fields.
 */
export type RecordOf<T extends ObservationType> = Intersection<Fields<T["columns"][number]>>;
