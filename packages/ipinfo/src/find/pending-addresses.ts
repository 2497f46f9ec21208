import type { Connection, RowDataPacket } from "@trafmon/database";
import { addressOfBytes } from "../resolve/address.ts";
import { NO_NAME } from "../resolve/reverse-dns.ts";
import type { AddressRow } from "./address-row.ts";

const ROWS_AT_ONCE = 5000;
/** An address without a name may be given one; a server in trouble may be back sooner. */
const NO_NAME_RETRY_S = 86_400;
const TROUBLE_RETRY_S = 3600;

const COLUMNS = `address, DATE_FORMAT(discovered_at, '%Y-%m-%d %H:%i:%s.%f') AS discovered_at,
  kind, host_name, activity, location, country_code, country, city, latitude, longitude, asn, as_name, sources,
  DATE_FORMAT(host_name_tried_at, '%Y-%m-%d %H:%i:%s.%f') AS host_name_tried_at, host_name_error,
  DATE_FORMAT(resolved_at, '%Y-%m-%d %H:%i:%s.%f') AS resolved_at,
  DATE_FORMAT(changed_at, '%Y-%m-%d %H:%i:%s.%f') AS changed_at`;

/**
 * The addresses to be looked at, in batches: all, or those not yet resolved whose last DNS failure is old enough.
 * A batch may be written to while the next is awaited. `nowUtc`: as the database writes instants.
 */
export async function* pendingAddresses(
  connection: Connection,
  all: boolean,
  nowUtc: string,
): AsyncGenerator<AddressRow[]> {
  const retry = `CASE host_name_error WHEN '${NO_NAME}' THEN ${NO_NAME_RETRY_S} ELSE ${TROUBLE_RETRY_S} END`;
  const due = `resolved_at IS NULL
    AND (host_name_tried_at IS NULL OR TIMESTAMPDIFF(SECOND, host_name_tried_at, ?) >= ${retry})`;
  let after: Buffer = Buffer.alloc(0);
  for (;;) {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT ${COLUMNS} FROM ipInfotable
        WHERE address > ? ${all ? "" : `AND ${due}`}
        ORDER BY address LIMIT ${ROWS_AT_ONCE}`,
      all ? [after] : [after, nowUtc],
    );
    if (rows.length === 0) return;
    after = rows.at(-1)!.address as Buffer;
    yield rows.flatMap(rowOf);
  }
}

function rowOf(row: RowDataPacket): AddressRow[] {
  const bytes = row.address as Buffer;
  const address = addressOfBytes(bytes);
  // Flows of classes that do not tell addresses apart have none.
  if (address === null) return [];
  const decimal = (value: unknown) => (value === null ? null : Number(value).toFixed(6));
  return [
    {
      address,
      bytes,
      discoveredAt: row.discovered_at as string,
      description: {
        kind: row.kind,
        host_name: row.host_name,
        activity: row.activity,
        location: row.location,
        country_code: row.country_code,
        country: row.country,
        city: row.city,
        latitude: decimal(row.latitude),
        longitude: decimal(row.longitude),
        asn: row.asn === null ? null : Number(row.asn),
        as_name: row.as_name,
        sources: row.sources,
      },
      hostNameTriedAt: row.host_name_tried_at,
      hostNameError: row.host_name_error,
      resolvedAt: row.resolved_at,
      changedAt: row.changed_at,
    },
  ];
}
