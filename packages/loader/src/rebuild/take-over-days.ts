import { type Connection, callRoutine, type RowDataPacket } from "@trafmon/database";
import type { ObservationName } from "@trafmon/observation";
import { sharedColumns } from "./bring-over.ts";
import { type DaySums, daySums, holds, isSame } from "./day-sums.ts";
import { type Family, familiesOf, PREPARED, type TimedTable, timedTables } from "./table-roles.ts";

/** Days of a type that the old database has and the kept logs do not give, or not whole. */
export interface OlderDays {
  readonly type: ObservationName;
  /** `YYYY-MM-DD`, rising: what the old database has is all of what the logs give, and more. */
  readonly days: readonly string[];
  /** Days of which each side has something that the other one lacks. */
  readonly torn: readonly string[];
}

interface Databases {
  readonly connection: Connection;
  readonly template: string;
  readonly from: string;
  readonly into: string;
}

/**
 * Finds the days that only the old database holds whole. Only types of which it has loaded files that the new one has
 * not, and only days until the last such file was loaded: of later ones the logs tell everything. (Days to come are
 * looked at too: a clock was wrong.)
 */
export async function findOlderDays(databases: Databases, today: string): Promise<OlderDays[]> {
  const { connection, from, into } = databases;
  const until = await gapsUntil(databases);
  const found: OlderDays[] = [];
  for (const family of await familiesOf(connection, into)) {
    const last = until.get(family.type);
    if (last === undefined) continue;
    const { top, hasSums } = family;
    const [old, fresh] = [await daySums(connection, from, top), await daySums(connection, into, top)];
    const days: string[] = [];
    const torn: string[] = [];
    for (const [day, has] of [...old].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (day > last && day <= today) continue;
      // How many rows sums are in depends on how FTP data connections were attributed, the sums do not.
      const own = hasSums ? has.slice(1) : has;
      const given = sumsOf(fresh.get(day), hasSums, own.length);
      if (isSame(own, given)) continue;
      if (holds(own, given) || !hasSums) days.push(day);
      else if (!holds(given, own)) torn.push(day);
    }
    if (days.length + torn.length > 0) found.push({ type: family.type, days, torn });
  }
  return found;
}

/** Takes those days over, and the history of the files that told them. Sums replace sums; rows come beside rows. */
export async function takeOverDays(databases: Databases, older: readonly OlderDays[]): Promise<void> {
  const { connection, from, into } = databases;
  const families = new Map<ObservationName, Family>();
  for (const family of await familiesOf(connection, into)) families.set(family.type, family);
  for (const { type, days } of older) {
    const { tables, hasSums } = families.get(type)!;
    for (const table of tables) await copyDays(databases, table, days, { replace: hasSums });
  }
  await takeOverPrepared(databases, older);
  // Last, for it tells which files the new database lacked.
  const columns = await sharedColumns(connection, from, into, "load_history");
  await connection.query(
    `INSERT INTO \`${into}\`.load_history (${columns}) SELECT ${columns} FROM \`${from}\`.load_history o
      WHERE NOT EXISTS (SELECT 1 FROM \`${into}\`.load_history n WHERE n.file_name = o.file_name)`,
  );
}

/**
 * By type, the day on which the last file was loaded that the new database lacks. One that it has is told whole: lines of
 * it that were refused now, as not the feed's, are refused for good.
 */
async function gapsUntil({ connection, from, into }: Databases): Promise<Map<string, string>> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT o.type, CAST(DATE(MAX(o.loaded_at)) AS CHAR) AS day
       FROM \`${from}\`.load_history o
       LEFT JOIN \`${into}\`.load_history n ON n.file_name = o.file_name AND n.sha256 = o.sha256
      WHERE n.file_name IS NULL
      GROUP BY o.type`,
  );
  return new Map(rows.map((row) => [row.type as string, row.day as string]));
}

function sumsOf(has: DaySums | undefined, hasSums: boolean, length: number): DaySums {
  if (has === undefined) return Array<bigint>(length).fill(0n);
  return hasSums ? has.slice(1) : has;
}

/**
 * Prepared tables of days taken over are taken over as well, since what they were made of may have gone since; so are
 * those of which the old database keeps no volumes any more.
 */
async function takeOverPrepared(databases: Databases, older: readonly OlderDays[]): Promise<void> {
  const { connection, from, into } = databases;
  const until = await gapsUntil(databases);
  const timed = await timedTables(connection, into);
  for (const [source, { tables, types, volumes }] of Object.entries(PREPARED)) {
    const days = new Set<string>();
    for (const { type, days: taken } of older) {
      if ((types as readonly string[]).includes(type)) for (const day of taken) days.add(day);
    }
    const [bare] = await connection.query<RowDataPacket[]>(
      `SELECT CAST(a.day AS CHAR) AS day FROM \`${from}\`.aggregated_day a
        WHERE a.source = ? AND NOT EXISTS (SELECT 1 FROM \`${from}\`.\`${volumes}\` v WHERE v.bucket_start = a.day)`,
      [source],
    );
    const last = types
      .map((type) => until.get(type) ?? "")
      .sort()
      .at(-1)!;
    for (const { day } of bare) if (day <= last) days.add(day);
    const sorted = [...days].sort();
    for (const table of tables) await copyDays(databases, timed.get(table)!, sorted, { replace: true });
    for (const table of ["aggregated_day", "stale_day"]) {
      for (const day of sorted) {
        await connection.query(`DELETE FROM \`${into}\`.${table} WHERE source = ? AND day = ?`, [source, day]);
        await connection.query(
          `INSERT INTO \`${into}\`.${table} SELECT * FROM \`${from}\`.${table} WHERE source = ? AND day = ?`,
          [source, day],
        );
      }
    }
  }
}

/** Copies a table's rows of days: in place of those that are there, or those that are not there. */
async function copyDays(
  { connection, template, from, into }: Databases,
  { name, time, key }: TimedTable,
  days: readonly string[],
  { replace }: { readonly replace: boolean },
): Promise<void> {
  const columns = await sharedColumns(connection, from, into, name);
  const span = (of: string) => `${of}.\`${time}\` >= ? AND ${of}.\`${time}\` < ? + INTERVAL 1 DAY`;
  const there: string[] = [];
  for (const day of days) {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT 1 FROM \`${from}\`.\`${name}\` o WHERE ${span("o")} LIMIT 1`,
      [day, day],
    );
    if (rows.length > 0) there.push(day);
  }
  if (there.length > 0) await callRoutine(connection, template, "partition_add", [into, name, there.join(",")]);
  const same = key.map((each) => `n.\`${each}\` = o.\`${each}\``).join(" AND ");
  for (const day of days) {
    if (replace) await connection.query(`DELETE n FROM \`${into}\`.\`${name}\` n WHERE ${span("n")}`, [day, day]);
    await connection.query(
      `INSERT INTO \`${into}\`.\`${name}\` (${columns}) SELECT ${columns} FROM \`${from}\`.\`${name}\` o
        WHERE ${span("o")}${replace ? "" : ` AND NOT EXISTS (SELECT 1 FROM \`${into}\`.\`${name}\` n WHERE ${same})`}`,
      [day, day],
    );
  }
}
