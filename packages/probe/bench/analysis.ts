/**
 * What the analysis alone costs: `node --import tsx --conditions=source packages/probe/bench/analysis.ts FILE [ROUNDS [SET]]`;
 * `node packages/probe/bench/built.mjs packages/probe/bench/analysis.ts ...`, as users have it, which is faster.
 * The capture's records are made first, so that reading and dissecting are not in the figure. CPU time of the one
 * thread, so that other work on the machine blurs it less; least and median of the rounds. `encoded`: with records put into PDUs,
 * which are then let go.
 */
import { openSync, readSync } from "node:fs";
import { type ObservationSink, observationTypes } from "@trafmon/observation";
import { FLAGS, KIND_PACKET, KIND_SHIFT, LENGTH } from "@trafmon/packet";
import type { FlowClassSettings, Measurements } from "@trafmon/settings";
import { Analysis } from "../src/analysis/analysis.ts";
import { FileCapture } from "../src/capture/file-capture.ts";
import { InlineFeed } from "../src/capture/inline-feed.ts";
import { followsTcp, payloadWishes } from "../src/measure/catalogue.ts";
import { MemorySink } from "../src/send/memory-sink.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass, HOST_PAIR } from "../src/testing/analysis-settings.ts";

const [path, rounds = "3", only = ""] = process.argv.slice(2);
if (path === undefined) throw new Error("usage: analysis.ts FILE [ROUNDS [SET]]");

const { ipCounters, ipSizes, icmpCounters, udpCounters, tcpCounters, tcpConnections } = ALL_MEASUREMENTS;
const { ftpCounters, ftpTransfers, twoWayDelays, transactions } = ALL_MEASUREMENTS;
const counters: Partial<Measurements> = { ipCounters, ipSizes, icmpCounters, udpCounters };
const core = { ...counters, tcpCounters, tcpConnections };
const withoutTransactions = { ...core, ftpCounters, ftpTransfers, twoWayDelays };
const everything = { ...withoutTransactions, transactions };

const sets: { readonly [name: string]: readonly FlowClassSettings[] } = {
  ip: [flowClass()],
  counters: [flowClass({ measure: counters })],
  core: [flowClass({ measure: core })],
  "core and FTP": [flowClass({ measure: { ...core, ftpCounters, ftpTransfers } })],
  "core and two-way": [flowClass({ measure: { ...core, twoWayDelays } })],
  "without transactions": [flowClass({ measure: withoutTransactions })],
  everything: [flowClass({ measure: everything })],
  "by host pair": [
    flowClass({ partition: { ...HOST_PAIR, service: true }, measure: everything }),
    flowClass({ name: "connections", account: false, measure: { tcpConnections } }),
  ],
};

/** Counts what it is given. */
class CountingSink implements ObservationSink {
  readonly written = new Map(Object.keys(observationTypes).map((name) => [name, 0]));

  writerOf({ name }: { readonly name: string }) {
    return { write: () => void this.written.set(name, this.written.get(name)! + 1) };
  }

  advance(): void {}
}

async function recordsOf(classes: readonly FlowClassSettings[]): Promise<{ batches: Int32Array[]; packets: number }> {
  const batches: Int32Array[] = [];
  let packets = 0;
  const feed = new InlineFeed(new FileCapture([{ path: path!, interfaceNumber: 0 }]), {
    probe: "north",
    interfaces: ["eth0"],
    classes,
    payload: classes.map(({ measure }) => payloadWishes(measure)),
    followsTcp: followsTcp(classes),
    copies: { windowNs: 10_000_000, tapGroupOf: [0, 1] },
    statisticsIntervalS: 60,
  });
  await feed.run((words, from, until) => {
    for (let at = from; at < until; at += words[at + LENGTH]!) {
      if (words[at + FLAGS]! >>> KIND_SHIFT === KIND_PACKET) packets++;
    }
    batches.push(words.slice(from, until));
  });
  return { batches, packets };
}

function analyse(classes: readonly FlowClassSettings[], batches: readonly Int32Array[], sink: ObservationSink): number {
  const limits = {
    maxFlows: 1_500_000,
    maxConnections: 1_500_000,
    maxStreams: 32_768,
    maxRequests: 65_536,
    maxStepS: 3600,
  };
  const analysis = new Analysis(analysisSettings(classes, limits), {
    sink,
    serviceOf: (_, one, other) => (Math.min(one, other) < 1024 ? { name: "known", port: Math.min(one, other) } : null),
  });
  // As from the ring: the processor's cache has them.
  const ring = new Int32Array(Math.max(...batches.map(({ length }) => length)));
  let ns = 0;
  const timed = (work: () => void) => {
    const before = threadNs();
    work();
    ns += threadNs() - before;
  };
  for (const batch of batches) {
    ring.set(batch);
    timed(() => analysis.consume(ring, 0, batch.length));
  }
  timed(() => analysis.finish());
  return ns;
}

const schedstat = openSync(`/proc/self/task/${process.pid}/schedstat`, "r");
const schedstatText = Buffer.alloc(64);

/** CPU time of this thread alone, not of those that collect garbage beside it; Linux. */
function threadNs(): number {
  const length = readSync(schedstat, schedstatText, 0, 64, 0);
  return Number(schedstatText.toString("latin1", 0, length).split(" ")[0]);
}

function inWords(times: readonly number[], packets: number): string {
  const sorted = [...times].sort((a, b) => a - b).map((ns) => (ns / packets).toFixed(0));
  return `${sorted[0]} (${sorted[sorted.length >> 1]})`;
}

for (const [name, classes] of Object.entries(sets)) {
  if (only !== "" && name !== only) continue;
  const { batches, packets } = await recordsOf(classes);
  const counting = new CountingSink();
  analyse(classes, batches, counting);
  const measured: number[] = [];
  const encoded: number[] = [];
  for (let round = 0; round < Number(rounds); round++) {
    measured.push(analyse(classes, batches, new CountingSink()));
    const memory = new MemorySink({ maxPduBytes: 1400, flushIntervalS: 2, configurationHash: "0000000000000000" });
    encoded.push(analyse(classes, batches, memory));
  }
  const records = [...counting.written].flatMap(([type, count]) => (count > 0 ? [`${type} ${count}`] : [])).join(", ");
  console.log(
    `${name}: ${inWords(measured, packets)} ns a packet, encoded ${inWords(encoded, packets)}; ${packets} packets; ` +
      `${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB resident; ${records}`,
  );
}
