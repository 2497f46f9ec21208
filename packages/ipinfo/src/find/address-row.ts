import type { Address } from "../resolve/address.ts";
import type { Description } from "../resolve/description.ts";

/** A row of ipInfotable. */
export interface AddressRow {
  readonly address: Address;
  /** The same as the database has it. */
  readonly bytes: Buffer;
  readonly discoveredAt: string;
  readonly description: Description;
  /** Instants are UTC, as the database writes them. */
  readonly hostNameTriedAt: string | null;
  readonly hostNameError: string | null;
  readonly resolvedAt: string | null;
  readonly changedAt: string | null;
}
