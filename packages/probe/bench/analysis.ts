/**
 * How fast the analysis alone is: `node --import tsx --conditions=source packages/probe/bench/analysis.ts FILE [ROUNDS [NAME]]`.
 * The capture's records are made first, so that reading and dissecting are not in the figure; every measurement is on.
 */
import { type ObservationSink, observationTypes } from "@trafmon/observation";
import { FLAGS, KIND_PACKET, KIND_SHIFT, LENGTH } from "@trafmon/packet";
import { Analysis } from "../src/analysis/analysis.ts";
import { FileCapture } from "../src/capture/file-capture.ts";
import { InlineFeed } from "../src/capture/inline-feed.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass, HOST_PAIR } from "../src/testing/analysis-settings.ts";

const [path, rounds = "3", only = ""] = process.argv.slice(2);
if (path === undefined) throw new Error("usage: analysis.ts FILE [ROUNDS [NAME]]");

const classSets = {
  "ports, all measurements": [flowClass({ measure: ALL_MEASUREMENTS })],
  "ports, IP counters": [flowClass()],
  "host pair and service, all; ports, connections": [
    flowClass({ partition: { ...HOST_PAIR, service: true }, measure: ALL_MEASUREMENTS }),
    flowClass({ name: "connections", account: false, measure: { tcpConnections: ALL_MEASUREMENTS.tcpConnections } }),
  ],
};

/** Counts what it is given. */
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

const batches: Int32Array[] = [];
let packets = 0;
const feed = new InlineFeed(new FileCapture([{ path, interfaceNumber: 0 }]), {
  probe: "north",
  interfaces: ["eth0"],
  classes: classSets["ports, IP counters"],
  payload: [[]],
  followsTcp: false,
  copies: null,
  statisticsIntervalS: 60,
});
await feed.run((words, from, until) => {
  for (let at = from; at < until; at += words[at + LENGTH]!) {
    if (words[at + FLAGS]! >>> KIND_SHIFT === KIND_PACKET) packets++;
  }
  batches.push(words.slice(from, until));
});

for (const [name, classes] of Object.entries(classSets)) {
  if (!name.includes(only)) continue;
  for (let round = 0; round < Number(rounds); round++) {
    const { sink, written } = countingSink();
    const limits = { maxFlows: 1_500_000, maxConnections: 500_000, maxStepS: 3600 };
    const analysis = new Analysis(analysisSettings(classes, limits), {
      sink,
      serviceOf: (_, one, other) =>
        Math.min(one, other) < 1024 ? { name: "known", port: Math.min(one, other) } : null,
    });
    // CPU time: other work on the machine does not blur it.
    const before = process.cpuUsage();
    for (const batch of batches) analysis.consume(batch, 0, batch.length);
    const consumed = process.cpuUsage(before);
    analysis.finish();
    const seconds = consumed.user / 1e6;
    const finishSeconds = (process.cpuUsage(before).user - consumed.user) / 1e6;
    const records = [...written].flatMap(([type, count]) => (count > 0 ? [`${type} ${count}`] : [])).join(", ");
    console.log(
      `${name}: ${(packets / seconds / 1e6).toFixed(2)} M packets/s, ${packets} packets in ${seconds.toFixed(2)} s of CPU, ` +
        `finish ${finishSeconds.toFixed(2)} s, ` +
        `${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB resident; ${records}`,
    );
  }
}
