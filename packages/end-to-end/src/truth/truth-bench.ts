import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eachAtMost } from "../captures/at-most.ts";
import { LogRecords } from "../read/log-records.ts";
import { LogVolumes } from "../read/log-volumes.ts";
import { SiteDatabase } from "../site/site-database.ts";
import { TestSite } from "../site/test-site.ts";
import { databaseRows } from "./compare/database-rows.ts";
import { exchangeRows } from "./compare/exchange-rows.ts";
import { itemTableRows } from "./compare/item-table-rows.ts";
import { sceneKernelRows } from "./compare/kernel-rows.ts";
import { socketRows } from "./compare/socket-rows.ts";
import { wireRows } from "./compare/wire-rows.ts";
import { HistoryTruth } from "./history-truth.ts";
import { TruthNetwork } from "./network/truth-network.ts";
import { playScene } from "./play-scene.ts";
import { runPlace } from "./run-place.ts";
import type { SampleTruth } from "./sample-truth.ts";
import type { SceneScript, SceneTruth } from "./truth-scene.ts";
import { probeName, probeNames, truthXml } from "./truth-settings.ts";
import { TruthTable } from "./truth-table.ts";

const LOAD_LIMIT_MS = 900_000;

export interface TruthRun {
  readonly table: TruthTable;
  /** Everything of the run; removed when all holds, unless it was to be kept. */
  readonly folder: string;
}

export interface TruthOptions {
  readonly scenes: readonly SceneScript[];
  readonly samples: readonly SampleTruth[];
  /** Whether a week that never was is loaded and reported as well. */
  readonly history: boolean;
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

/** Plays scenes over a network of our own, with everything real, and compares what was measured with what is known. */
export async function runTruthBench({ scenes, samples, history, keep, say }: TruthOptions): Promise<TruthRun> {
  const network = TruthNetwork.make();
  const table = new TruthTable();
  const captures = samples.flatMap((each) => each.captures);
  let site: TestSite | null = null;
  let database: SiteDatabase | null = null;
  let isGood = false;
  try {
    site = await TestSite.make({
      probes: [...probeNames(scenes.map(({ name }) => name)), ...captures.map(({ probe }) => probe)],
      xml: (settings) => truthXml(network.tapDevices, settings),
      within: network.lab.within,
      parent: runPlace(),
    });
    // FTP users have their homes below it.
    chmodSync(site.folder, 0o711);
    database = await SiteDatabase.make(site);
    await site.startCollector();
    const truths: SceneTruth[] = [];
    for (const script of scenes) {
      say(`scene ${script.name}`);
      truths.push(await playScene(script, network, site));
    }
    if (captures.length > 0) say(`${captures.length} sample captures`);
    const place = site;
    const replays = await eachAtMost(2, captures, ({ probe, path }) => place.replay(probe, [path]));
    for (const [index, { exitCode, stderr }] of replays.entries())
      if (exitCode !== 0) throw new Error(`the replay of ${captures[index]!.path} ended with ${exitCode}: ${stderr}`);
    await site.stopCollector();
    const logs = new LogRecords(site.logs);
    for (const truth of truths) {
      const volumes = (tap: Parameters<typeof probeName>[1]) => new LogVolumes(logs, probeName(truth.script.name, tap));
      table.add(...wireRows(truth, volumes), ...sceneKernelRows(truth, logs), ...socketRows(truth, logs));
      table.add(...exchangeRows(truth, logs));
    }
    for (const each of samples) table.add(...each.rows(logs));
    if (history) say("writing a week that never was");
    const week = history ? await HistoryTruth.make(site) : null;
    say("loading, adding up, reporting");
    const loaded = await database.load(LOAD_LIMIT_MS);
    if (loaded.exitCode !== 0) throw new Error(`the loader ended with ${loaded.exitCode}: ${loaded.stderr}`);
    if (week !== null) await week.describe(database);
    await database.call("aggregate_stale_days", true);
    table.add(...(await databaseRows(truths, database, site.folder)));
    for (const truth of truths) table.add(...(await itemTableRows(truth, database)));
    if (week !== null) table.add(...(await week.rows(database, site.folder)));
    writeFileSync(join(site.folder, "truth.txt"), table.toString());
    isGood = table.broken.length === 0;
    return { table, folder: site.folder };
  } finally {
    await database?.remove();
    network.remove();
    if (isGood && !keep) await site?.remove();
    else await site?.stop();
  }
}
