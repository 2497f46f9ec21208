/**
 * How fast the capture stage alone is: `node --import tsx --conditions=source packages/probe/bench/capture.ts FILE [ROUNDS]`.
 * Files are read, dissected and matched; records are thrown away. Variants run in turn, so that other work on the
 * machine blurs them alike.
 */
import { FLAGS, KIND_PACKET, KIND_SHIFT, LENGTH } from "@trafmon/packet";
import type { CapturePlan } from "../src/capture/capture-stage.ts";
import { FileCapture } from "../src/capture/file-capture.ts";
import { InlineFeed } from "../src/capture/inline-feed.ts";
import { followsTcp, payloadWishes } from "../src/measure/catalogue.ts";
import { ALL_MEASUREMENTS, flowClass } from "../src/testing/analysis-settings.ts";

const [path, rounds = "5"] = process.argv.slice(2);
if (path === undefined) throw new Error("usage: capture.ts FILE [ROUNDS]");

const plain: CapturePlan = {
  probe: "north",
  interfaces: ["eth0"],
  classes: [flowClass()],
  payload: [[]],
  followsTcp: false,
  copies: null,
  statisticsIntervalS: 60,
};
const all = [flowClass({ measure: ALL_MEASUREMENTS })];
const variants: { readonly [name: string]: CapturePlan } = {
  plain,
  "looking for copies": { ...plain, copies: { windowNs: 10_000_000, tapGroupOf: [0] } },
  "for every measurement": {
    ...plain,
    payload: [payloadWishes(ALL_MEASUREMENTS)],
    followsTcp: followsTcp(all),
    copies: { windowNs: 10_000_000, tapGroupOf: [0] },
  },
};

const seconds = new Map<string, number[]>(Object.keys(variants).map((name) => [name, []]));
let packets = 0;
for (let round = 0; round < Number(rounds); round++) {
  for (const [name, plan] of Object.entries(variants)) {
    packets = 0;
    const feed = new InlineFeed(new FileCapture([{ path, interfaceNumber: 0 }]), plan);
    const before = process.cpuUsage();
    await feed.run((words, from, until) => {
      for (let at = from; at < until; at += words[at + LENGTH]!) {
        if (words[at + FLAGS]! >>> KIND_SHIFT === KIND_PACKET) packets++;
      }
    });
    const { user, system } = process.cpuUsage(before);
    seconds.get(name)!.push((user + system) / 1e6);
  }
}
for (const [name, each] of seconds) {
  const median = each.sort((a, b) => a - b)[Math.floor(each.length / 2)]!;
  const rate = (packets / median / 1e6).toFixed(2);
  console.log(
    `${name}: ${rate} M packets/s, ${((median / packets) * 1e9).toFixed(0)} ns a packet (CPU, median of ${each.length})`,
  );
}
