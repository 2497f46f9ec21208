/**
 * What two-way delays cost: `node --import tsx --conditions=source packages/probe/bench/two-way.ts FILE [ROUNDS]`.
 * Reading, capture stage and analysis in one thread, with the other measurements of the shipped configuration; without
 * two-way delays, with them, and with a record of each transaction, in turn, so that other work on the machine blurs all
 * alike. The figures are CPU time.
 */
import { type ObservationSink, observationTypes } from "@trafmon/observation";
import type { FlowClassSettings } from "@trafmon/settings";
import { Analysis } from "../src/analysis/analysis.ts";
import { FileCapture } from "../src/capture/file-capture.ts";
import { InlineFeed } from "../src/capture/inline-feed.ts";
import { followsTcp, payloadWishes } from "../src/measure/catalogue.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass, HOST_PAIR } from "../src/testing/analysis-settings.ts";

const [path, rounds = "5"] = process.argv.slice(2);
if (path === undefined) throw new Error("usage: two-way.ts FILE [ROUNDS]");

const partition = { ...HOST_PAIR, service: true };
const { twoWayDelays, transactions, ...others } = ALL_MEASUREMENTS;
const only = (...protocols: NonNullable<typeof twoWayDelays>["protocols"]) => ({ ...twoWayDelays!, protocols });
const classSets: { readonly [name: string]: FlowClassSettings } = {
  without: flowClass({ partition, measure: others }),
  "datagrams only": flowClass({
    partition,
    measure: { ...others, twoWayDelays: only("icmp", "dns", "ntp", "snmp", "tcp-handshake", "udp") },
  }),
  "all but TLS": flowClass({
    partition,
    measure: { ...others, twoWayDelays: only("icmp", "dns", "ntp", "snmp", "tcp-handshake", "http") },
  }),
  "two-way delays": flowClass({ partition, measure: { ...others, twoWayDelays } }),
  "and transactions": flowClass({ partition, measure: ALL_MEASUREMENTS }),
};

function countingSink(): { sink: ObservationSink; written: Map<string, number> } {
  const written = new Map(Object.keys(observationTypes).map((name) => [name, 0]));
  return {
    written,
    sink: {
      writerOf: ({ name }) => ({ write: () => void written.set(name, written.get(name)! + 1) }),
      advance: () => {},
    },
  };
}

/** CPU nanoseconds a packet of each round; the first round warms up. */
const figures: { [name: string]: number[] } = {};
const remarks: { [name: string]: string } = {};
for (let round = 0; round <= Number(rounds); round++) {
  for (const [name, flowClassOf] of Object.entries(classSets)) {
    const { sink, written } = countingSink();
    const classes = [flowClassOf];
    const limits = { maxFlows: 1_500_000, maxConnections: 500_000, maxStepS: 3600, maxRequests: 65_536 };
    const analysis = new Analysis(analysisSettings(classes, limits), {
      sink,
      serviceOf: (_, one, other) =>
        Math.min(one, other) < 1024 ? { name: "known", port: Math.min(one, other) } : null,
    });
    const feed = new InlineFeed(new FileCapture([{ path, interfaceNumber: 0 }]), {
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
    const { user } = process.cpuUsage(before);
    const { memoryBytes } = analysis.figures;
    remarks[name] =
      `${(memoryBytes / 2 ** 20).toFixed(0)} MiB, twoway ${written.get("twoway")}, trans ${written.get("trans")}`;
    if (round > 0) {
      figures[name] ??= [];
      figures[name].push((user * 1000) / analysis.packets);
    }
  }
}
for (const [name, ns] of Object.entries(figures)) {
  const sorted = ns.sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)]!;
  console.log(`${name}: least ${sorted[0]!.toFixed(0)}, median ${median.toFixed(0)} ns a packet; ${remarks[name]}`);
}
