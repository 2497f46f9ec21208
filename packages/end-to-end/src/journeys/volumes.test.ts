import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ALL_CAPTURES, OWN_CAPTURES } from "../captures/capture-files.ts";
import { hasTshark } from "../captures/oracle-answer.ts";
import { oracleByHosts, oracleTcp, reasonsSideBySide } from "../read/oracle-volumes.ts";
import { brokenNumbering } from "../read/record-numbers.ts";
import { type CaptureJourney, captureJourney, type Travelled } from "./capture-journey.ts";

test("there are captures of our own, and each capture has a probe of its own", () => {
  expect(OWN_CAPTURES.length).toBeGreaterThan(0);
  expect(new Set(ALL_CAPTURES.map(({ probe }) => probe)).size).toBe(ALL_CAPTURES.length);
});

describe.skipIf(!hasTshark())("captures through probe, collector, loader, database and report", () => {
  let journey: CaptureJourney;
  const of = (probe: string): Travelled => journey.travelled.get(probe)!;

  beforeAll(async () => {
    journey = await captureJourney();
  });

  afterAll(async () => {
    await journey?.remove();
  });

  test("no record is missing or there twice: each run and type counts from 1", () => {
    const { records } = journey;
    expect(records.types).toEqual(
      expect.arrayContaining(["capst", "event", "flow", "icmpct", "ipct", "tcpcx", "trans", "twoway", "udpct"]),
    );
    for (const type of records.types) expect(brokenNumbering(records.of(type)), type).toEqual([]);
  });

  test("events tell no fault of ours, and nothing but good of our own captures", () => {
    const events = journey.records.of("event").filter(({ severity }) => severity !== "info");
    expect(events.filter(({ severity }) => severity === "error")).toEqual([]);
    const own = new Set(OWN_CAPTURES.map(({ probe }) => probe));
    expect(events.filter(({ probe }) => own.has(probe!))).toEqual([]);
    const damaged = ALL_CAPTURES.filter(({ probe }) => of(probe).oracle.complaint !== null).map(({ probe }) => probe);
    expect(events.filter(({ code }) => code === "capture_file_damaged").map(({ probe }) => probe)).toEqual(damaged);
  });

  test("the loader took every line", () => {
    expect(journey.load).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/ lines loaded$/m) });
  });

  describe.each(ALL_CAPTURES)("$name", ({ probe }) => {
    test("the replay ends by itself, with a code that says whether the file was whole", () => {
      const isDamaged = of(probe).oracle.complaint !== null;
      expect(of(probe).replay).toMatchObject({ exitCode: isDamaged ? 65 : 0, signal: null, isOverdue: false });
    });

    test("the account class has tshark's packets and bytes, in the log and in all tables", () => {
      const { log, accounts, oracle } = of(probe);
      const { packets, bytes } = oracle;
      expect(log.account()).toEqual({ packets, bytes });
      // Where no packet is, no row is.
      const expected = packets === 0 ? undefined : { packets, bytes };
      expect(accounts.size).toBeGreaterThan(0);
      for (const [table, volume] of accounts) expect(volume, table).toEqual(expected);
    });

    test("the account class has them in every direction between two hosts", () => {
      expect(of(probe).log.accountByHosts()).toEqual(oracleByHosts(of(probe).oracle));
    });

    test("connection records of each TCP tuple add up to tshark's, in the log and in the table", () => {
      const expected = oracleTcp(of(probe).oracle);
      expect(of(probe).log.tcp()).toEqual(expected);
      expect(of(probe).tcp).toEqual(expected);
    });

    test("capture statistics account for every frame, and name why some are undecodable", () => {
      const { log, captureFigures, oracle } = of(probe);
      const { frames, frameBytes, packets, bytes, nonIp, undecodable } = oracle;
      expect({
        frames: log.statistic("packets"),
        frameBytes: log.statistic("bytes"),
        packets: log.statistic("ip_packets"),
        bytes: log.statistic("ip_bytes"),
        nonIp: log.statistic("non_ip"),
        undecodable: log.statistic("undecodable"),
      }).toEqual({ frames, frameBytes, packets, bytes, nonIp, undecodable });
      expect(log.statistic("matched")).toBe(packets);
      const reasons = reasonsSideBySide(oracle.reasons, log.tally("undecodable_reasons"));
      expect(reasons.ours).toEqual(reasons.oracle);
      const expected = { packets: frames, bytes: frameBytes, ipPackets: packets, ipBytes: bytes, undecodable };
      for (const [table, figures] of captureFigures) expect(figures, table).toEqual(expected);
    });

    test("the manager report totals to the same", () => {
      const { packets, bytes } = of(probe).oracle;
      expect(of(probe).report).toEqual({ services: { packets, bytes }, activitiesBytes: bytes });
    });
  });
});
