import type { DataPdu } from "@trafmon/observation";
import { parseConfiguration } from "@trafmon/settings";
import { expect, test } from "vitest";
import { flowPdu, ipPdu } from "../fixtures/test-probe.ts";
import { IntervalFigures } from "./interval-figures.ts";

const START_S = 1_700_000_040;

const configuration = parseConfiguration(
  `<trafMon><collectors><collector name="c"/></collectors>
     <probes><probe name="p"><sendTo collector="c"/>
       <alert name="drops" metric="dropped" above="1%"/></probe></probes>
     <flowClasses>
       <flowClass name="all" account="yes"><ipCounters/><tcpCounters/><twoWayDelays timeout="5s"/>
         <alert name="full" metric="bitRate" above="1Mbit"/><alert name="slow" metric="delay" above="100ms"/>
         <alert name="lossy" metric="retransmitted" above="1%"/></flowClass>
       <flowClass name="other"><ipCounters interval="30s"/><alert name="dead" metric="packetRate" below="1"/></flowClass>
     </flowClasses></trafMon>`,
  "test.xml",
);

const watermarked = (given: DataPdu, s: number): DataPdu => ({ ...given, watermark: { s, nanos: 0 } });

function figuresOf(figures: IntervalFigures, watermarkS: number, metric: string) {
  return [...figures.complete(watermarkS)]
    .filter((each) => each.metric === metric)
    .map(({ flowClass, value, fromS }) => [flowClass, value, fromS - START_S]);
}

test("bytes of all flows of a class make its bit rate, an interval after the other, empty ones too", () => {
  const figures = new IntervalFigures(configuration, "p");
  figures.take(watermarked(flowPdu(1, [1, 2]), START_S - 1));
  figures.take(ipPdu(2, 1, START_S, 10));
  figures.take(ipPdu(3, 2, START_S, 5));
  figures.take(ipPdu(4, 1, START_S + 120, 30));
  // A late delta of an interval that is not over.
  figures.take(ipPdu(5, 2, START_S, 3));
  expect(figuresOf(figures, START_S + 64, "bitRate")).toEqual([]);
  expect(figuresOf(figures, START_S + 200, "bitRate")).toEqual([
    ["all", (18 * 800) / 60, 0],
    ["all", 0, 60],
    ["all", (30 * 800) / 60, 120],
  ]);
  // What comes later still counts nowhere.
  figures.take(ipPdu(6, 2, START_S, 100));
  expect(figuresOf(figures, START_S + 250, "bitRate")).toEqual([["all", 0, 180]]);
});

test("each class has its own intervals, and the first that is not whole is left out", () => {
  const figures = new IntervalFigures(configuration, "p");
  figures.take(watermarked(flowPdu(1, [1]), START_S + 10));
  const seen = [...figures.complete(START_S + 125)].map(({ flowClass, metric, fromS }) => [
    flowClass,
    metric,
    fromS - START_S,
  ]);
  expect(seen).toContainEqual(["all", "bitRate", 60]);
  expect(seen).toContainEqual(["other", "packetRate", 30]);
  expect(seen).not.toContainEqual(["all", "bitRate", 0]);
  expect(seen).not.toContainEqual(["other", "packetRate", 0]);
});

test("flows that were described to nobody are asked for, and count from then on", () => {
  const figures = new IntervalFigures(configuration, "p");
  figures.take(watermarked(ipPdu(1, 7, START_S, 10), START_S - 1));
  expect(figures.wanted()).toEqual([7]);
  figures.take(flowPdu(0, [7], { isRepeat: true }));
  expect(figures.wanted()).toEqual([]);
  figures.take(ipPdu(2, 7, START_S, 6));
  expect(figuresOf(figures, START_S + 70, "bitRate")).toEqual([["all", (6 * 800) / 60, 0]]);
});

test("what nobody describes is not asked for for ever", () => {
  const figures = new IntervalFigures(configuration, "p");
  figures.take(watermarked(ipPdu(1, 7, START_S, 10), START_S - 1));
  for (let second = 0; second < 11; second++) figures.wanted();
  expect(figures.wanted()).toEqual([]);
  figures.take(ipPdu(2, 7, START_S, 6));
  expect(figures.wanted()).toEqual([]);
});

test("years without a packet cost no time", () => {
  const figures = new IntervalFigures(configuration, "p");
  figures.take(watermarked(flowPdu(1, [1]), START_S - 1));
  figures.take(ipPdu(2, 1, START_S, 10));
  figures.take(ipPdu(3, 1, 4_000_000_020, 10));
  const seen = figuresOf(figures, 4_000_000_200, "bitRate");
  expect(seen.length).toBeLessThan(2000);
  expect(seen.filter(([, value]) => value !== 0).map(([, , at]) => at)).toEqual([0, 4_000_000_020 - START_S]);
});
