import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CaptureFile, OWN_CAPTURES, ownCapture } from "../captures/capture-files.ts";
import { hasTshark, oracleAnswer } from "../captures/oracle-answer.ts";
import { LogRecords, logLines } from "../read/log-records.ts";
import { LogVolumes } from "../read/log-volumes.ts";
import { oracleTcp } from "../read/oracle-volumes.ts";
import { brokenNumbering } from "../read/record-numbers.ts";
import { type PayloadVolume, total, type Volume, VolumeSums } from "../read/volume.ts";
import { TestSite } from "../site/test-site.ts";

let site: TestSite;

afterEach(async () => {
  await site.remove();
});

describe.skipIf(!hasTshark())("a collector that is killed during a replay", () => {
  beforeEach(async () => {
    // Slow enough to be killed several times on the way.
    site = await TestSite.make({ probes: ["p"], rate: "60kbit" });
  });

  test("loses nothing and doubles nothing", async () => {
    await site.startCollector();
    let isReplaying = true;
    const files = OWN_CAPTURES.map(({ path }) => path);
    const replay = site.replay("p", files).finally(() => {
      isReplaying = false;
    });
    for (const lines of [1, 60, 120]) {
      while (isReplaying && lineCount() < lines) await sleep(20);
      await site.stopCollector("SIGKILL");
      expect(isReplaying).toBe(true);
      await site.startCollector();
    }
    expect(await replay).toMatchObject({ exitCode: 0 });
    await site.stopCollector();
    await expectAll(OWN_CAPTURES);
  });
});

describe.skipIf(!hasTshark())("a probe without its collector", () => {
  beforeEach(async () => {
    site = await TestSite.make({ probes: ["p"] });
  });

  test("says so, keeps what it has, and the next run delivers it, once", async () => {
    const [early, late] = [ownCapture("morning.office.pcap.gz"), ownCapture("snmp.office.pcapng")];
    const alone = await site.replay("p", [early.path], 1);
    expect(alone).toMatchObject({ exitCode: 75, stderr: expect.stringContaining("PROBE_NOT_ACKNOWLEDGED") });
    expect(readdirSync(join(site.folder, "spool-p"), { recursive: true }).length).toBeGreaterThan(0);

    await site.startCollector();
    expect(await site.replay("p", [late.path])).toMatchObject({ exitCode: 0 });
    expect(await site.replay("p", [late.path])).toMatchObject({ exitCode: 0 });
    await site.stopCollector();
    await expectAll([early, late, late]);
    expect(new Set(new LogRecords(site.logs).of("ipct").map(({ run }) => run)).size).toBe(3);
  });
});

function lineCount(): number {
  return logLines(site.logs, "ipct").length;
}

/** The logs hold these captures, each as often as it is listed, and nothing else. */
async function expectAll(captures: readonly CaptureFile[]): Promise<void> {
  expect(readdirSync(site.logs).filter((name) => name.endsWith(".part"))).toEqual([]);
  const records = new LogRecords(site.logs);
  for (const type of records.types) expect(brokenNumbering(records.of(type)), type).toEqual([]);
  const volumes: Volume[] = [];
  const tcp = new VolumeSums<PayloadVolume>();
  for (const { path } of captures) {
    const answer = await oracleAnswer(path);
    volumes.push(answer);
    for (const [tuple, volume] of Object.entries(oracleTcp(answer))) tcp.add(tuple, volume);
  }
  const log = new LogVolumes(records, "p");
  expect(log.account()).toEqual(total(volumes));
  expect(log.tcp()).toEqual(tcp.byKey());
}
