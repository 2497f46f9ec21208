/**
 * What FTP costs traffic that has none: `node --expose-gc --import tsx --conditions=source packages/probe/bench/ftp.ts
 * FILE [ROUNDS]`. The capture is read and analysed in turn with everything measured but FTP, and with FTP too; CPU time of
 * each, least, lower quartile and median, and their ratios. What one run leaves behind is collected before the next.
 */
import type { ObservationSink } from "@trafmon/observation";
import type { FlowClassSettings } from "@trafmon/settings";
import { Analysis } from "../src/analysis/analysis.ts";
import { FileCapture } from "../src/capture/file-capture.ts";
import { InlineFeed } from "../src/capture/inline-feed.ts";
import { followsTcp, payloadWishes } from "../src/measure/catalogue.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass, HOST_PAIR } from "../src/testing/analysis-settings.ts";

const [path, rounds = "7"] = process.argv.slice(2);
if (path === undefined) throw new Error("usage: ftp.ts FILE [ROUNDS]");

const NOTHING: ObservationSink = { writerOf: () => ({ write: () => {} }), advance: () => {} };
const partition = { ...HOST_PAIR, service: true };
const { ipCounters, ipSizes, icmpCounters, udpCounters, tcpCounters, tcpConnections, ftpCounters, ftpTransfers } =
  ALL_MEASUREMENTS;
const withoutFtp = { ipCounters, ipSizes, icmpCounters, udpCounters, tcpCounters, tcpConnections };
const without = [flowClass({ partition, measure: withoutFtp })];
const withFtp = [flowClass({ partition, measure: { ...withoutFtp, ftpCounters, ftpTransfers } })];

async function secondsOf(classes: readonly FlowClassSettings[]): Promise<number> {
  const settings = analysisSettings(classes, {
    maxFlows: 1_500_000,
    maxConnections: 500_000,
    maxStreams: 32_768,
    maxStepS: 3600,
  });
  const analysis = new Analysis(settings, {
    sink: NOTHING,
    serviceOf: (_, one, other) => (Math.min(one, other) < 1024 ? { name: "known", port: Math.min(one, other) } : null),
  });
  const feed = new InlineFeed(new FileCapture([{ path: path!, interfaceNumber: 0 }]), {
    probe: "north",
    interfaces: ["eth0"],
    classes,
    payload: classes.map(({ measure }) => payloadWishes(measure)),
    followsTcp: followsTcp(classes),
    copies: null,
    statisticsIntervalS: 60,
  });
  globalThis.gc?.();
  const before = process.cpuUsage();
  await feed.run((words, from, until) => analysis.consume(words, from, until));
  analysis.finish();
  const used = process.cpuUsage(before);
  return used.user / 1e6;
}

// The compiler settles meanwhile.
for (let warming = 0; warming < 4; warming++) {
  await secondsOf(without);
  await secondsOf(withFtp);
}
const seconds = { without: [] as number[], withFtp: [] as number[] };
for (let round = 0; round < Number(rounds); round++) {
  // In turn, and each first every other time.
  if (round % 2 === 0) seconds.without.push(await secondsOf(without));
  seconds.withFtp.push(await secondsOf(withFtp));
  if (round % 2 !== 0) seconds.without.push(await secondsOf(without));
}
for (const [name, share] of [
  ["least", 0],
  ["lower quartile", 0.25],
  ["median", 0.5],
] as const) {
  const [base, ftp] = [seconds.without, seconds.withFtp].map(
    (each) => each.toSorted((a, b) => a - b)[Math.floor(share * (each.length - 1))]!,
  ) as [number, number];
  console.log(`${name}: without ${base.toFixed(2)} s, with FTP ${ftp.toFixed(2)} s, ratio ${(ftp / base).toFixed(3)}`);
}
