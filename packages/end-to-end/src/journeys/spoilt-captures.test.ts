import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eachAtMost } from "../captures/at-most.ts";
import { ownCapture } from "../captures/capture-files.ts";
import { hasTshark, type OracleAnswer, oracleAnswer } from "../captures/oracle-answer.ts";
import { spoilCapture } from "../captures/spoilt-capture.ts";
import { LogRecords } from "../read/log-records.ts";
import { LogVolumes } from "../read/log-volumes.ts";
import { oracleTcp } from "../read/oracle-volumes.ts";
import { brokenNumbering } from "../read/record-numbers.ts";
import type { Ended } from "../site/built-programs.ts";
import { TestSite } from "../site/test-site.ts";

const SPOILT = ["morning.office.pcap.gz", "ftp-active.office.pcap.gz", "slow-reader.office.pcap.gz"].flatMap((name) =>
  [1, 2, 3].map((seed) => ({ name, seed, probe: `${name.split(".")[0]}-${seed}` })),
);

describe.skipIf(!hasTshark())("captures with wrong bytes, cut frames and no end", () => {
  const folder = mkdtempSync(join(tmpdir(), "tm-spoilt-"));
  let site: TestSite;
  let records: LogRecords;
  const replays = new Map<string, Ended>();
  const answers = new Map<string, OracleAnswer>();

  beforeAll(async () => {
    site = await TestSite.make({ probes: SPOILT.map(({ probe }) => probe) });
    await site.startCollector();
    await eachAtMost(2, SPOILT, async ({ name, seed, probe }) => {
      const path = join(folder, `${probe}.pcap`);
      spoilCapture(ownCapture(name).path, path, seed);
      replays.set(probe, await site.replay(probe, [path]));
      answers.set(probe, await oracleAnswer(path));
    });
    await site.stopCollector();
    records = new LogRecords(site.logs);
  });

  afterAll(async () => {
    await site?.remove();
    rmSync(folder, { recursive: true });
  });

  test("no record is missing", () => {
    for (const type of records.types) expect(brokenNumbering(records.of(type)), type).toEqual([]);
  });

  test.each(SPOILT)("$probe: counted as tshark counts, and why the rest is not", ({ probe }) => {
    expect(replays.get(probe)).toMatchObject({ exitCode: 65, signal: null, isOverdue: false });
    const answer = answers.get(probe)!;
    expect(answer.complaint).toMatch(/cut short/);
    expect(answer.undecodable).toBeGreaterThan(0);
    const log = new LogVolumes(records, probe);
    expect(log.account()).toEqual({ packets: answer.packets, bytes: answer.bytes });
    expect(log.tcp()).toEqual(oracleTcp(answer));
    // A header may be cut and wrong, and then either is a reason; so the names are not held against each other.
    expect(log.statistic("undecodable")).toBe(answer.undecodable);
    expect(Object.values(log.tally("undecodable_reasons")).reduce((sum, frames) => sum + frames)).toBe(
      answer.undecodable,
    );
    expect(log.statistic("packets")).toBe(answer.frames);
    expect(log.statistic("bytes")).toBe(answer.frameBytes);
    expect(log.statistic("non_ip")).toBe(answer.nonIp);
  });
});
