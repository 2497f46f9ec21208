import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { LogRecords, logLines } from "../read/log-records.ts";
import { SiteDatabase } from "../site/site-database.ts";
import { TestSite } from "../site/test-site.ts";
import { ledgerAnswer, logAnswer, type OneWayAnswer } from "./one-way-answers.ts";
import { type CraftedWay, capturesAt, craftWays, oneWayXml, PLACES } from "./one-way-scenarios.ts";

let site: TestSite;

afterEach(async () => {
  await site?.remove();
});

/** Packets of a verdict in an answer, over all pairs and intervals of a class. */
function packetsOf({ sums }: OneWayAnswer, verdict: string): number {
  const found = Object.entries(sums).filter(([key]) => key.endsWith(` ${verdict}`));
  return found.reduce((sum, [, text]) => sum + Number.parseInt(text, 10), 0);
}

async function replayAll(ways: readonly CraftedWay[]): Promise<void> {
  const replays = await Promise.all(
    PLACES.map((place) => site.replay(place, capturesAt(site.folder, ways, place), 60)),
  );
  for (const { exitCode, stderr } of replays) expect(exitCode, stderr).toBe(0);
}

describe("a way over three hops and by two routes, with the truth of every packet", () => {
  test("every verdict is the ledger's, and every latency to the nanosecond", async () => {
    site = await TestSite.make({ probes: PLACES, xml: oneWayXml });
    const ways = await craftWays(site.folder, 60);
    await site.startCollector();
    await replayAll(ways);
    expect(await site.stopCollector()).toBe(0);
    const expected = ledgerAnswer(ways);
    for (const verdict of ["matched", "lost", "missed", "duplicate"])
      expect(packetsOf(expected, verdict), verdict).toBeGreaterThan(20);
    const records = new LogRecords(site.logs);
    expect(logAnswer(records)).toEqual(expected);
    const negative = records.of("event").filter(({ code }) => code === "latency_negative");
    expect(negative.length).toBeGreaterThan(5);
    for (const { origin, parameters } of negative) {
      expect(origin).toBe("way");
      // The satellite's clock is behind by more than the way there takes; so are those of all that is measured from it.
      expect(JSON.parse(parameters!)).toMatchObject({ from_hop: 1, to_hop: 3 });
    }
  });

  test("the tables and their views say what the logs say", async () => {
    site = await TestSite.make({ probes: PLACES, xml: oneWayXml });
    const database = await SiteDatabase.make(site);
    try {
      const ways = await craftWays(site.folder, 20);
      await site.startCollector();
      await replayAll(ways);
      await site.stopCollector();
      const expected = ledgerAnswer(ways);
      expect(await database.load()).toMatchObject({ exitCode: 0 });
      for (const suffix of ["1m", "1h", "1d"]) {
        const rows = await database.rows(
          `SELECT SUM(matched_packets) matched, SUM(lost_packets) lost, SUM(missed_packets) missed,
                  SUM(duplicate_packets) duplicate, SUM(unknown_packets + dropped_packets) AS others,
                  SUM(from_probe IS NULL OR to_probe IS NULL) nameless FROM v_one_way_${suffix}`,
        );
        const found = Object.fromEntries(Object.entries(rows[0]!).map(([name, value]) => [name, Number(value)]));
        const verdicts = ["matched", "lost", "missed", "duplicate"].map((each) => [each, packetsOf(expected, each)]);
        expect(found, suffix).toEqual({ ...Object.fromEntries(verdicts), others: 0, nameless: 0 });
      }
      const latencies = await database.rows(
        `SELECT CONCAT(from_probe, ' ', to_probe, ' ', COUNT(*), ' ', SUM(ROUND(latency_ms * 1000000))) line FROM v_owlat
          GROUP BY from_probe, to_probe`,
      );
      const sums = new Map<string, [count: number, sum: bigint]>();
      for (const line of expected.latencies) {
        const [name, pair, , ns] = line.split(" ") as [string, string, string, string];
        if (name !== "way") continue;
        const [from, to] = pair.split("-").map((hop) => PLACES[Number(hop) - 1]);
        const [count, sum] = sums.get(`${from} ${to}`) ?? [0, 0n];
        sums.set(`${from} ${to}`, [count + 1, sum + BigInt(ns)]);
      }
      const lines = [...sums].map(([pair, [count, sum]]) => `${pair} ${count} ${sum}`);
      expect(latencies.map(({ line }) => String(line).replace(/\.0*$/, "")).sort()).toEqual(lines.sort());
    } finally {
      await database.remove();
    }
  });

  test("a collector that is killed again and again says the same", async () => {
    site = await TestSite.make({ probes: PLACES, xml: oneWayXml, rate: "200kbit" });
    const ways = await craftWays(site.folder, 40);
    await site.startCollector();
    let isReplaying = true;
    const replays = replayAll(ways).finally(() => {
      isReplaying = false;
    });
    let kills = 0;
    for (let lines = 1; isReplaying && kills < 12; kills++) {
      for (; isReplaying && logLines(site.logs, "owlat").length < lines; ) await sleep(5);
      await site.stopCollector("SIGKILL");
      await site.startCollector();
      lines = logLines(site.logs, "owlat").length + 50 * kills;
    }
    await replays;
    expect(await site.stopCollector()).toBe(0);
    expect(kills).toBeGreaterThan(4);
    expect(logAnswer(new LogRecords(site.logs))).toEqual(ledgerAnswer(ways));
  });
});
