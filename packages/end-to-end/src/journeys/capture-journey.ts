import { eachAtMost } from "../captures/at-most.ts";
import { ALL_CAPTURES } from "../captures/capture-files.ts";
import { type OracleAnswer, oracleAnswer } from "../captures/oracle-answer.ts";
import {
  accountVolumes,
  CAPTURE_TABLES,
  type CaptureFigures,
  captureFigures,
  IP_COUNTER_TABLES,
  PREPARED_TABLES,
  preparedVolumes,
  tcpVolumes,
} from "../read/database-volumes.ts";
import { LogRecords } from "../read/log-records.ts";
import { LogVolumes } from "../read/log-volumes.ts";
import { reportTotals } from "../read/report-totals.ts";
import type { PayloadVolume, Volume } from "../read/volume.ts";
import type { Ended } from "../site/built-programs.ts";
import { SiteDatabase } from "../site/site-database.ts";
import { TestSite } from "../site/test-site.ts";

/** What one capture became on its way. */
export interface Travelled {
  readonly oracle: OracleAnswer;
  readonly replay: Ended;
  readonly log: LogVolumes;
  /** By table. Absent: no row. */
  readonly accounts: ReadonlyMap<string, Volume | undefined>;
  readonly captureFigures: ReadonlyMap<string, CaptureFigures | undefined>;
  readonly tcp: Record<string, PayloadVolume>;
  readonly report: { services: Volume; activitiesBytes: number };
}

/** All captures, each by a probe of its own, through one collector into one database and into reports. */
export interface CaptureJourney {
  readonly records: LogRecords;
  readonly load: Ended;
  /** By probe. */
  readonly travelled: ReadonlyMap<string, Travelled>;
  remove(): Promise<void>;
}

export async function captureJourney(): Promise<CaptureJourney> {
  const site = await TestSite.make({ probes: ALL_CAPTURES.map(({ probe }) => probe) });
  const database = await SiteDatabase.make(site);
  const remove = async () => {
    await database.remove();
    await site.remove();
  };
  try {
    await site.startCollector();
    const replays = await eachAtMost(2, ALL_CAPTURES, ({ probe, path }) => site.replay(probe, [path]));
    await site.stopCollector();
    const records = new LogRecords(site.logs);
    const load = await database.load();
    await database.call("aggregate_stale_days", true);
    const tables = await readTables(database);
    const travelled = await eachAtMost(2, [...ALL_CAPTURES.entries()], async ([index, { probe, path }]) => {
      const what: Travelled = {
        oracle: await oracleAnswer(path),
        replay: replays[index]!,
        log: new LogVolumes(records, probe),
        accounts: ofProbe(tables.accounts, probe),
        captureFigures: ofProbe(tables.captureFigures, probe),
        tcp: tables.tcp.get(probe) ?? {},
        report: await reportTotals(database, site.folder, probe),
      };
      return [probe, what] as const;
    });
    return { records, load, travelled: new Map(travelled), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** By table, and there by probe. */
type Tables<V> = ReadonlyMap<string, ReadonlyMap<string, V>>;

async function readTables(database: SiteDatabase) {
  const accounts = new Map<string, Map<string, Volume>>();
  for (const table of IP_COUNTER_TABLES) accounts.set(table, await accountVolumes(database, table));
  for (const table of PREPARED_TABLES) accounts.set(table, await preparedVolumes(database, table));
  const figures = new Map<string, Map<string, CaptureFigures>>();
  for (const table of CAPTURE_TABLES) figures.set(table, await captureFigures(database, table));
  return { accounts, captureFigures: figures, tcp: await tcpVolumes(database) };
}

function ofProbe<V>(tables: Tables<V>, probe: string): Map<string, V | undefined> {
  return new Map([...tables].map(([table, byProbe]) => [table, byProbe.get(probe)]));
}
