/**
 * What a version of the probe makes of captures, to be compared with what another version makes of them:
 * `node --import tsx --conditions=source packages/probe/bench/records.ts OUT FILE...`
 *
 * For each file and set of flow classes it writes OUT/FILE.SET.lines, every record as a log line, sorted: where two
 * versions differ only in the order of an interval's records, these are equal. OUT/digests tells the records' digest
 * and that of the PDUs, which has their order too.
 */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { lineDecoderOf, readDataPdu, typeByCode } from "@trafmon/observation";
import { Counters } from "@trafmon/runtime";
import type { FlowClassSettings } from "@trafmon/settings";
import { Analysis } from "../src/analysis/analysis.ts";
import { FileCapture } from "../src/capture/file-capture.ts";
import { InlineFeed } from "../src/capture/inline-feed.ts";
import type { ServiceLookup } from "../src/classify/service-lookup.ts";
import { followsTcp, payloadWishes } from "../src/measure/catalogue.ts";
import { PduBuilder } from "../src/send/pdu-builder.ts";
import {
  ALL_MEASUREMENTS,
  analysisSettings,
  FIVE_TUPLE,
  flowClass,
  HOST_PAIR,
} from "../src/testing/analysis-settings.ts";

const serviceOf: ServiceLookup = (_, one, other) =>
  Math.min(one, other) < 1024 ? { name: `known ${Math.min(one, other)}`, port: Math.min(one, other) } : null;

const prefixes = { ...HOST_PAIR, addresses: { v4Bits: 16, v6Bits: 48 }, protocol: false };
const short = { ...ALL_MEASUREMENTS, ipCounters: { intervalS: 1 }, tcpCounters: { intervalS: 5 } };
const sets: { readonly [name: string]: readonly FlowClassSettings[] } = {
  ports: [flowClass({ measure: ALL_MEASUREMENTS })],
  mixed: [
    flowClass({ name: "services", partition: { ...HOST_PAIR, service: true }, measure: short, idleS: 10 }),
    flowClass({ name: "prefixes", account: false, partition: prefixes, measure: ALL_MEASUREMENTS }),
    flowClass({ name: "one way", account: false, partition: { ...FIVE_TUPLE, twoWay: false, tos: true, vlan: true } }),
    flowClass({
      name: "web",
      account: false,
      match: { kind: "port", side: "either", ranges: [{ from: 80, to: 80 }] },
      measure: { tcpConnections: ALL_MEASUREMENTS.tcpConnections, ipSizes: ALL_MEASUREMENTS.ipSizes },
    }),
  ],
};
/** Small tables, so that evictions and overflows take place too. */
const limits = { large: { maxFlows: 1_500_000, maxConnections: 500_000 }, small: { maxFlows: 20, maxConnections: 10 } };

async function run(path: string, classes: readonly FlowClassSettings[], limit: keyof typeof limits) {
  const lines: string[] = [];
  const whole = createHash("sha256");
  const outlet = {
    take: ({ bytes }: { readonly bytes: Buffer }) => {
      whole.update(bytes);
      const pdu = readDataPdu(bytes);
      const type = typeByCode(pdu.type);
      if (type === undefined) return;
      // All with the same number, for the order may differ.
      const text = lineDecoderOf(type)(pdu.body, pdu.recordCount, `${type.name}\t`, 0, null);
      for (const line of Buffer.from(text).toString("utf8").split("\n"))
        if (line !== "") lines.push(line.replace(/\t\d+\t/, "\t"));
    },
  };
  const counters = new Counters();
  const sink = new PduBuilder(
    { maxPduBytes: 1400, flushIntervalS: 2, configurationHash: "0000000000000000", counters },
    outlet,
  );
  const settings = analysisSettings(classes, { ...limits[limit], maxStepS: 3600 });
  const analysis = new Analysis(settings, { sink, serviceOf });
  const feed = new InlineFeed(new FileCapture([{ path, interfaceNumber: 0 }]), {
    probe: settings.probe.name,
    interfaces: settings.interfaces.map(({ name }) => name),
    classes,
    payload: classes.map(({ measure }) => payloadWishes(measure)),
    followsTcp: followsTcp(classes),
    copies: { windowNs: 10_000_000, tapGroupOf: [0, 1] },
    statisticsIntervalS: 60,
  });
  await feed.run((words, from, until) => analysis.consume(words, from, until));
  analysis.finish();
  sink.end();
  lines.push(`refused\t${JSON.stringify(counters.byReason("records_refused").entries())}`);
  return { lines: lines.sort(), pdus: whole.digest("hex").slice(0, 16) };
}

const [out, ...files] = process.argv.slice(2);
if (out === undefined || files.length === 0) throw new Error("usage: records.ts OUT FILE...");
mkdirSync(out, { recursive: true });
const digests: string[] = [];
for (const file of files) {
  for (const [set, classes] of Object.entries(sets)) {
    for (const limit of ["large", "small"] as const) {
      const { lines, pdus } = await run(file, classes, limit);
      const name = `${basename(file)}.${set}.${limit}`;
      const text = lines.join("\n");
      if (text.length < 1 << 28) writeFileSync(join(out, `${name}.lines`), text);
      const digest = createHash("sha256").update(text).digest("hex").slice(0, 16);
      digests.push(`${name} records ${lines.length} ${digest} pdus ${pdus}`);
      console.log(digests.at(-1));
    }
  }
}
writeFileSync(join(out, "digests"), `${digests.join("\n")}\n`);
