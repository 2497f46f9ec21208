import type { Connection, RowDataPacket } from "@trafmon/database";
import { type ObservationName, observationTypes } from "@trafmon/observation";
import { readTableColumns } from "../load/table-columns.ts";
import { planOf } from "../load/type-plan.ts";

/**
 * Tables that the logs tell nothing of: who addresses are, whose logs count, what is kept. They are read by a rebuilt
 * database as a copy, and stay where they are when the others change places, so that nobody's entry is lost meanwhile.
 */
export const STAYING = ["ipInfotable", "feed", "retention", "retention_history"] as const;

/** What numbers stand for. With the same numbers in both databases, rows can go from one to the other. */
export const LISTS = [
  "probe",
  "probe_run",
  "flow_class",
  "flow",
  "flow_instance",
  "slice",
  "run_slice",
  "hop",
  "objective",
] as const;

/** Ranges of time that are joined while logs are loaded, whatever their order. */
export const JOINED = "address_identity";

/** Which days the prepared tables were made of, and what was loaded. */
export const BOOKKEEPING = ["aggregated_day", "stale_day", "load_history", "schema_version"] as const;

/** What retention noted of rows that it removed: a copy, once the kept logs are loaded. */
export const REMOVALS = ["retention_mark", "removed_record", "removed_netflow_hour"] as const;

/** Prepared tables by the source that `aggregated_day` and `stale_day` name, and the types that they are made of. */
export const PREPARED = {
  probe: {
    tables: [
      "activityvolumetable_1h",
      "activityvolumetable_1d",
      "activityrtt_1h",
      "activityrtt_1d",
      "servicertt_1h",
      "servicertt_1d",
    ],
    types: ["ipct", "tcpct", "ftptf"],
    volumes: "ipcttable_1d",
  },
  netflow: {
    tables: ["activityvolumetable_netflow_1h", "activityvolumetable_netflow_1d"],
    types: ["netflow"],
    volumes: "netflowtable_1d",
  },
} as const satisfies Record<string, { tables: readonly string[]; types: readonly ObservationName[]; volumes: string }>;

/** A table with rows of time: what tells the day of a row, and what of it adds up. */
export interface TimedTable {
  readonly name: string;
  /** Column that the table is partitioned by. */
  readonly time: string;
  /** Numbers that are more or the same where there are more rows. */
  readonly sums: readonly string[];
  readonly key: readonly string[];
}

/** Tables that the lines of one type become. */
export interface Family {
  readonly type: ObservationName;
  readonly tables: readonly TimedTable[];
  /** The one that keeps everything longest: sums per day, of types without sums the rows. */
  readonly top: TimedTable;
  readonly hasSums: boolean;
}

const NUMBERS = new Set(["tinyint", "smallint", "mediumint", "int", "bigint", "decimal"]);

/** All partitioned tables of a database, by name. */
export async function timedTables(connection: Connection, database: string): Promise<ReadonlyMap<string, TimedTable>> {
  const [times] = await connection.query<RowDataPacket[]>(
    `SELECT TABLE_NAME AS t, MAX(PARTITION_EXPRESSION) AS expression FROM information_schema.PARTITIONS
      WHERE TABLE_SCHEMA = ? AND PARTITION_METHOD = 'RANGE' GROUP BY TABLE_NAME`,
    [database],
  );
  const [columns] = await connection.query<RowDataPacket[]>(
    `SELECT TABLE_NAME AS t, COLUMN_NAME AS c, DATA_TYPE AS type, COLUMN_KEY AS part FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION`,
    [database],
  );
  const tables = new Map<string, TimedTable>();
  for (const { t, expression } of times) {
    const time = /`(\w+)`/.exec(expression)?.[1];
    if (time === undefined) continue;
    const own = columns.filter((each) => each.t === t);
    tables.set(t, {
      name: t,
      time,
      // Least values and numbers of lists do not grow with the rows.
      sums: own
        .filter(({ c, type, part }) => NUMBERS.has(type) && part !== "PRI" && !/(_no|_min|_min_ns)$/.test(c))
        .map(({ c }) => c as string),
      key: own.filter(({ part }) => part === "PRI").map(({ c }) => c as string),
    });
  }
  return tables;
}

/** The types whose lines become rows of a database. */
export async function familiesOf(connection: Connection, database: string): Promise<Family[]> {
  const timed = await timedTables(connection, database);
  const columns = await readTableColumns(connection, database);
  const families: Family[] = [];
  for (const type of Object.keys(observationTypes) as ObservationName[]) {
    const rows = timed.get(`${type}table`);
    if (rows === undefined) continue;
    const { histogramStem } = planOf(type, columns);
    const stems = histogramStem === null ? [rows.name] : [rows.name, histogramStem];
    const sums = stems.flatMap((stem) => ["_1m", "_1h", "_1d"].flatMap((suffix) => timed.get(stem + suffix) ?? []));
    const top = timed.get(`${rows.name}_1d`);
    families.push({ type, tables: [rows, ...sums], top: top ?? rows, hasSums: top !== undefined });
  }
  return families;
}
