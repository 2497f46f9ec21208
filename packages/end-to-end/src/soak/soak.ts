import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { buildPrograms } from "../site/built-programs.ts";
import { mulberry32 } from "../transport/lossy-path.ts";
import { judgeSoak, type SoakBalance } from "./soak-ledger.ts";
import { SITES, SoakNetwork } from "./soak-network.ts";
import { SoakPrograms } from "./soak-programs.ts";

export interface SoakPlan {
  readonly seed: number;
  /** Times that a probe or a collector is killed with SIGKILL, in turn. */
  readonly kills: number;
  /** Between two kills, at random from the first to the second. */
  readonly betweenKillsMs: readonly [number, number];
  /** How long the first collector is away altogether. */
  readonly collectorAwayMs: number;
  readonly packetsPerSecond: number;
  /** How long it may take in the end until everything is acknowledged. */
  readonly settleMs: number;
}

export const SHORT_SOAK: SoakPlan = {
  seed: 1,
  kills: 3,
  betweenKillsMs: [200, 800],
  collectorAwayMs: 1000,
  packetsPerSecond: 500,
  settleMs: 300_000,
};

export const FULL_SOAK: SoakPlan = {
  seed: 1,
  kills: 200,
  betweenKillsMs: [100, 2500],
  collectorAwayMs: 60_000,
  packetsPerSecond: 1000,
  settleMs: 300_000,
};

export interface SoakOutcome extends SoakBalance {
  /** Frames that the interfaces of the probe that was never killed received, by the kernel. */
  readonly received: number;
  /** Runs still in the spools; there may be none. */
  readonly spooledRuns: readonly string[];
  readonly folder: string;
}

/**
 * Lets two probes and two collectors work over bad lines while one probe and one collector are killed at random instants and the
 * collector is away for a while; then lets everything be sent, and judges the logs. Probe `a` and collector `d` are never
 * killed. The folder is removed unless something is wrong.
 */
export async function soak(plan: SoakPlan, say: (line: string) => void): Promise<SoakOutcome> {
  await buildPrograms();
  say("starting");
  const folder = mkdtempSync(join(tmpdir(), "tm-soak-"));
  const network = new SoakNetwork();
  const programs = new SoakPrograms(network, folder);
  try {
    await network.open(folder, plan.seed);
    // Any order of start: probes before their collectors, one of which comes late.
    await Promise.all([programs.start("a"), programs.start("d"), programs.start("b")]);
    const flooding = new AbortController();
    const floods = SITES.map(async (site) => {
      // In pieces, so that it ends soon when told to.
      while (!flooding.signal.aborted) await programs.flood(site, plan.packetsPerSecond, plan.packetsPerSecond);
    });
    await delay(500);
    await programs.start("c");
    await killBoth(plan, programs, say);
    say(`the collector is away for ${plan.collectorAwayMs / 1000} s`);
    await programs.stop("c");
    await delay(plan.collectorAwayMs);
    await programs.start("c");
    flooding.abort();
    await Promise.all(floods);
    say("restarting the probes, which send what earlier runs left");
    await ofSites(async (site) => {
      await programs.stop(site);
      // What was not acknowledged in time is sent by the next start.
      await programs.start(site);
      await programs.untilAcknowledged(site, plan.settleMs);
    });
    say("everything is acknowledged; stopping");
    const received = network.received("a");
    await ofSites(async (site) => {
      await programs.stop(site);
      // The very last words: that the probe has stopped.
      if (spoolOf(folder, site).length === 0) return;
      await programs.start(site);
      await programs.untilAcknowledged(site, plan.settleMs);
      await programs.stop(site);
    });
    for (const collector of ["c", "d"] as const) await programs.stop(collector);
    say("judging the logs");
    const balance = judgeSoak(programs, SITES);
    if (balance.faults.length === 0) rmSync(folder, { recursive: true });
    return { ...balance, received, folder, spooledRuns: SITES.flatMap((site) => spoolOf(folder, site)) };
  } finally {
    await programs.end();
    await network.remove();
  }
}

/** The probe and the collector are killed at instants of their own, so that both may be away at once. */
async function killBoth(
  { seed, kills, betweenKillsMs }: SoakPlan,
  programs: SoakPrograms,
  say: (line: string) => void,
) {
  const [least, most] = betweenKillsMs;
  let killed = 0;
  await Promise.all(
    (["b", "c"] as const).map(async (victim, index) => {
      const random = mulberry32(seed + index);
      while (killed < kills) {
        killed++;
        await delay(least + random() * (most - least));
        await programs.stop(victim, "SIGKILL");
        await programs.start(victim);
        if (killed % 20 === 0) say(`killed ${killed} of ${kills} times`);
      }
    }),
  );
}

/** At both sites at a time: nothing of one waits for the other. */
async function ofSites(work: (site: (typeof SITES)[number]) => Promise<void>): Promise<void> {
  await Promise.all(SITES.map(work));
}

function spoolOf(folder: string, site: string): string[] {
  const spool = join(folder, `spool-${site}`);
  return existsSync(spool) ? readdirSync(spool).filter((name) => /^[0-9a-f]{16}$/.test(name)) : [];
}
