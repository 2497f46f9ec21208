import type { Period } from "../../period.ts";
import type { AddressPattern } from "./address-patterns.ts";

/** What a set of detail reports is about. */
export interface DetailScope {
  readonly patterns: readonly AddressPattern[];
  readonly period: Period;
  /** Numbers of the probes told of; null: all. */
  readonly probes: readonly number[] | null;
  readonly flowClass: string | null;
  /** So many flow instances of each protocol have pages of their own. */
  readonly most: number;
}
