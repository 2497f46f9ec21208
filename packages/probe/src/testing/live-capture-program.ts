/**
 * Captures what it sends to itself over a veth pair, and prints the counts as JSON. To be started in a network namespace
 * of its own (unshare -n), which takes the pair along when it ends.
 *
 *     unshare -n node live-capture-program.ts PACKETS RING_BYTES CONSUMER_DELAY_MS [package]
 *
 * With `package`, the pcap package captures in place of our addon; the addon still sends.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { addressBytes, ethernet, ethernetIp, FLAGS, ipv4, KIND_PACKET, KIND_SHIFT, LENGTH, udp } from "@trafmon/packet";
import type { CapturePlan } from "../capture/capture-stage.ts";
import { type CaptureStatisticsRecord, readStatistics } from "../capture/capture-statistics.ts";
import { CaptureThread } from "../capture/capture-thread.ts";
import { InlineFeed } from "../capture/inline-feed.ts";
import { loadNativeBinding } from "../capture/native-binding.ts";
import type { PacketFeed } from "../capture/packet-feed.ts";
import { PcapPackageCapture } from "../capture/pcap-package-capture.ts";

const [packets = 0, ringBytes = 0, delayMs = 0] = process.argv.slice(2).map(Number);

function run(command: string): string {
  const [program = "", ...args] = command.split(" ");
  return execFileSync(program, args, { encoding: "utf8" });
}

function receivedBy(name: string): number {
  return JSON.parse(run(`ip -s -j link show dev ${name}`))[0].stats64.rx.packets;
}

for (const each of ["all", "default"]) writeFileSync(`/proc/sys/net/ipv6/conf/${each}/disable_ipv6`, "1");
run("ip link set lo up");
run("ip link add near type veth peer name far");
run("ip link set near arp off up");
run("ip link set far arp off up");
const receivedBefore = receivedBy("far");

const seen = { records: 0, clocks: 0, ends: 0 };
const statistics: CaptureStatisticsRecord[] = [];
let opened = () => {};
const isOpen = new Promise<void>((resolve) => {
  opened = resolve;
});
const live = { snapLengthBytes: 262_144, bufferBytes: 8 << 20, promiscuous: true };
const plan: CapturePlan = {
  probe: "test",
  interfaces: ["far", "lo"],
  classes: [{ header: "outer", match: { kind: "any" } }],
  payload: [[]],
  followsTcp: false,
  copies: { windowNs: 10_000_000, tapGroupOf: [0, 1] },
  statisticsIntervalS: 60,
};
const interfaces = [
  { ...live, name: "far", filter: "" },
  { ...live, name: "lo", filter: "udp port 9" },
];
const feed: PacketFeed =
  process.argv[5] === "package"
    ? new InlineFeed(new PcapPackageCapture(interfaces), plan)
    : new CaptureThread({ plan, source: { kind: "live", interfaces }, ringBytes, onOpened: opened });
if (process.argv[5] === "package") opened();
let sentAll = () => {};
const allSent = new Promise<void>((resolve) => {
  sentAll = resolve;
});
const finished = feed.run(async (words, from, until) => {
  for (let at = from; at < until; at += words[at + LENGTH]!) {
    const kind = words[at + FLAGS]! >>> KIND_SHIFT;
    if (kind === KIND_PACKET) seen.records++;
    else if (kind === 1) statistics.push(readStatistics(words, at));
    else if (kind === 2) seen.clocks++;
    else seen.ends++;
  }
  // The slow reader is too slow for any sender.
  if (delayMs > 0) await Promise.all([setTimeout(delayMs), allSent]);
});

await isOpen;
// Idle for a while, so that the clock is heard.
await setTimeout(700);
const binding = loadNativeBinding();
const { handle } = binding.open("near", 64, 1 << 20, 10, false, "");
const frames = Array.from({ length: 20 }, (_, index) =>
  // Every twentieth is no IP packet.
  index === 0
    ? ethernet(0x88b5, new Uint8Array(60))
    : ethernetIp(ipv4(addressBytes("10.0.0.1"), addressBytes("10.0.0.2"), udp(index, 9, new Uint8Array(40 * index)))),
);
// The way from one end of the pair to the other has room for a thousand frames where the machine is busy
// (net.core.netdev_max_backlog), and the buffer for some thousands: as many go as have been read, unless the reader is
// to be too slow.
const BURST = 500;
for (let sent = 0; sent < packets; ) {
  for (const end = Math.min(packets, sent + BURST); sent < end; sent++) {
    const frame = frames[sent % frames.length]!;
    binding.inject(handle, frame, 0, frame.length);
  }
  const ipPackets = sent - Math.ceil(sent / frames.length);
  do await setTimeout(1);
  while (delayMs === 0 && seen.records < ipPackets);
}
sentAll();
await setTimeout(500);
const received = receivedBy("far") - receivedBefore;
feed.stop();
await finished;
const counts = JSON.stringify({
  received,
  ...seen,
  statistics: statistics.map((each) => ({ ...each, ethertypes: Object.fromEntries(each.ethertypes) })),
});
// The pcap package keeps the process alive after its sessions are closed.
process.stdout.write(counts, () => process.exit());
