/**
 * What a million packets between random ends leave in memory, with the limits that hold where the configuration says
 * nothing: `node --expose-gc --import tsx --conditions=source packages/probe/bench/random-tuples.ts`
 */
import { ethernetIp, ipv4, tcp, udp } from "@trafmon/packet";
import { Analysis } from "../src/analysis/analysis.ts";
import { InlineFeed } from "../src/capture/inline-feed.ts";
import { followsTcp, payloadWishes } from "../src/measure/catalogue.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass } from "../src/testing/analysis-settings.ts";
import { MadeFrames } from "../src/testing/made-frames.ts";
import { ToldCounts } from "../src/testing/told-counts.ts";

const PACKETS = 1_000_000;
/** As packages/settings/src/schema/probe-element.ts has them. */
const USUAL = {
  maxFlows: 262_144,
  maxConnections: 262_144,
  maxStreams: 32_768,
  maxFragments: 16_384,
  maxRequests: 65_536,
  maxStepS: 300,
};

/** A number that looks random, the same one each time. */
function random(n: number): number {
  let x = Math.imul(n + 1, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
  return (x ^ (x >>> 13)) >>> 0;
}

function host(n: number): Uint8Array {
  return Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n);
}

function frame(n: number): Uint8Array {
  const [source, destination] = [random(6 * n) & 0xffff, random(6 * n + 1) & 0xffff];
  const numbers = { sequence: random(6 * n + 2), flags: random(6 * n + 3) & 0x3f };
  const segment =
    n % 2 === 0 ? udp(source, destination) : tcp({ sourcePort: source, destinationPort: destination, ...numbers });
  return ethernetIp(ipv4(host(random(6 * n + 4)), host(random(6 * n + 5)), segment));
}

const classes = [flowClass({ measure: ALL_MEASUREMENTS })];
const told = new ToldCounts();
const settings = analysisSettings(classes, USUAL);
const analysis = new Analysis(settings, { sink: told, serviceOf: () => null });
const feed = new InlineFeed(new MadeFrames(PACKETS, frame, async () => {}), {
  probe: settings.probe.name,
  interfaces: settings.interfaces.map(({ name }) => name),
  classes,
  payload: classes.map(({ measure }) => payloadWishes(measure)),
  followsTcp: followsTcp(classes),
  copies: { windowNs: 10_000_000, tapGroupOf: [0, 1] },
  statisticsIntervalS: 60,
});
await feed.run((words, from, until) => analysis.consume(words, from, until));
globalThis.gc?.();
const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
const { rss, heapUsed } = process.memoryUsage();
console.log(
  `tables ${mebibytes(analysis.figures.memoryBytes)}, heap ${mebibytes(heapUsed)}, process ${mebibytes(rss)}`,
);
analysis.finish();
console.log(`accounted ${told.accounted} of ${PACKETS} packets; given up: ${JSON.stringify(told.counts)}`);
