import { type Connection, errorNumber, serverError } from "@trafmon/database";
import type { AddressRow } from "../find/address-row.ts";
import type { Description } from "../resolve/description.ts";

const ROWS_AT_ONCE = 500;

/** Deadlock, lock wait time-out, and a row changed since it was read: the other one is done by the time we are back. */
const TRY_AGAIN = new Set([1213, 1205, 1020]);
const ATTEMPTS = 4;

const DESCRIPTION: readonly (keyof Description)[] = [
  "kind",
  "host_name",
  "activity",
  "location",
  "country_code",
  "country",
  "city",
  "latitude",
  "longitude",
  "asn",
  "as_name",
  "sources",
];
const TIMES = ["host_name_tried_at", "host_name_error", "resolved_at", "changed_at"];
const UPDATES = [...DESCRIPTION, ...TIMES].map((column) => `${column} = VALUES(${column})`).join(", ");

/** Writes what changed of rows back to ipInfotable, many in one statement. */
export class RowWriter {
  readonly #connection: Connection;
  #waiting: AddressRow[] = [];
  /** Rows written so far. */
  written = 0;
  /** Of these, rows whose description is another than before. */
  changed = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** `after`: the row as it is to be; nothing is written where it equals `before`. `changedAt` is set here. */
  async put(before: AddressRow, after: AddressRow, nowUtc: string): Promise<AddressRow> {
    const isChanged = DESCRIPTION.some((column) => before.description[column] !== after.description[column]);
    const row = isChanged ? { ...after, changedAt: nowUtc } : after;
    if (!isChanged && sameTimes(before, row)) return row;
    this.written++;
    if (isChanged) this.changed++;
    this.#waiting.push(row);
    if (this.#waiting.length >= ROWS_AT_ONCE) await this.flush();
    return row;
  }

  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const rows = this.#waiting.map((row) => [
      row.bytes,
      row.discoveredAt,
      ...DESCRIPTION.map((column) => row.description[column]),
      row.hostNameTriedAt,
      row.hostNameError,
      row.resolvedAt,
      row.changedAt,
    ]);
    this.#waiting = [];
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#connection.query(
          `INSERT INTO ipInfotable (address, discovered_at, ${[...DESCRIPTION, ...TIMES].join(", ")}) VALUES ?
             ON DUPLICATE KEY UPDATE ${UPDATES}`,
          [rows],
        );
        return;
      } catch (error) {
        // A loader holds rows that it has just met, in another order.
        if (TRY_AGAIN.has(errorNumber(error)) && attempt < ATTEMPTS) continue;
        throw serverError("write ipInfotable", error);
      }
    }
  }
}

function sameTimes(one: AddressRow, other: AddressRow): boolean {
  return (
    one.hostNameTriedAt === other.hostNameTriedAt &&
    one.hostNameError === other.hostNameError &&
    one.resolvedAt === other.resolvedAt
  );
}
