/**
 * What FTP costs traffic that has none: `node --import tsx --conditions=source packages/probe/bench/ftp.ts FILE [ROUNDS]`.
 * The capture is read and analysed in turn with everything measured but FTP, and with FTP too; CPU time, and the median
 * of the rounds' ratios.
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
const ratios: number[] = [];
for (let round = 0; round < Number(rounds); round++) {
  // In turn, and each first every other time.
  const isFirst = round % 2 === 0;
  const one = await secondsOf(isFirst ? without : withFtp);
  const other = await secondsOf(isFirst ? withFtp : without);
  const [base, ftp] = isFirst ? [one, other] : [other, one];
  ratios.push(ftp / base);
  console.log(`without ${base.toFixed(2)} s, with FTP ${ftp.toFixed(2)} s, ratio ${(ftp / base).toFixed(3)}`);
}
const sorted = ratios.toSorted((a, b) => a - b);
console.log(`median ratio ${sorted[sorted.length >> 1]!.toFixed(3)} of ${rounds} rounds`);
