import { join } from "node:path";
import {
  addressBytes,
  CAPTURED_PAYLOAD,
  CLASSES,
  Dissector,
  ethernet,
  ethernetIp,
  FLAG_COPY,
  FLAGS,
  icmp,
  ipv4,
  LENGTH,
  LINK_ETHERNET,
  NANOS,
  PAYLOAD,
  PcapWriter,
  SECONDS,
  tcp,
  udp,
} from "@trafmon/packet";
import { expect, test } from "vitest";
import { hear } from "../testing/heard-records.ts";
import { writeMixedCapture } from "../testing/mixed-capture.ts";
import { packetRecord } from "../testing/packet-record-builder.ts";
import { withFolder } from "../testing/temporary-folder.ts";
import type { CapturePlan } from "./capture-stage.ts";
import { CaptureStatistics } from "./capture-statistics.ts";
import { FileCapture } from "./file-capture.ts";
import { InlineFeed } from "./inline-feed.ts";
import { ALL_PORTS, type PayloadPlan } from "./payload-plan.ts";
import { RecentFrames } from "./recent-frames.ts";

const START_S = 1_699_999_980;
const from = addressBytes("10.0.0.1");
const to = addressBytes("10.0.0.2");
const everything = { header: "outer", match: { kind: "any" } } as const;
const onlyUdp = { header: "outer", match: { kind: "protocol", protocols: [17] } } as const;

const plan: CapturePlan = {
  probe: "probe",
  interfaces: ["eth0", "eth1"],
  classes: [everything],
  payload: [[]],
  followsTcp: false,
  copies: null,
  statisticsIntervalS: 60,
};

interface Frame {
  readonly s: number;
  /** Default: 0. */
  readonly nanos?: number;
  readonly bytes: Uint8Array;
}

async function hearFrames(frames: readonly Frame[], changes: Partial<CapturePlan> = {}) {
  return withFolder(async (folder) => {
    const path = join(folder, "frames.pcap");
    const writer = new PcapWriter(path);
    for (const { s, nanos = 0, bytes } of frames) writer.write(START_S + s, nanos, bytes);
    writer.close();
    return hear(new InlineFeed(new FileCapture([{ path, interfaceNumber: 1 }]), { ...plan, ...changes }));
  });
}

const datagram = (bytes: number) => ethernetIp(ipv4(from, to, udp(1, 2, new Uint8Array(bytes).fill(7))));

test("every frame is counted once, in the interval of its own time", async () => {
  const short = ethernetIp(ipv4(from, to, udp(1, 2)));
  short[14 + 3] = 1;
  const malformed = ethernetIp(ipv4(from, to, tcp({ sourcePort: 1, destinationPort: 2 })));
  malformed[14 + 20 + 12] = 0;
  const heard = await hearFrames(
    [
      { s: 0, bytes: datagram(10) },
      { s: 59, bytes: ethernet(0x0806, new Uint8Array(28)) },
      { s: 60, bytes: short },
      { s: 60, bytes: malformed },
      { s: 61, bytes: ethernetIp(ipv4(from, to, icmp(8, 0, 1))) },
      // Late, and so late that its interval was still open.
      { s: 59, bytes: datagram(20) },
      { s: 250, bytes: ethernet(0x88cc, new Uint8Array(28)) },
      { s: 400, bytes: datagram(1) },
      // Its interval was the last one used of those open.
      { s: 0, bytes: datagram(0) },
      { s: 500, bytes: datagram(0) },
      // Its interval has been written.
      { s: 61, bytes: datagram(0) },
    ],
    { classes: [onlyUdp] },
  );
  expect(heard.packets).toHaveLength(6);
  expect(heard.ends).toBe(1);
  const view = heard.statistics.map((record) => ({
    at: record.interval_start_s - START_S,
    counts: [record.packets, record.ip_packets, record.matched, record.unmatched, record.non_ip, record.undecodable],
    bytes: record.ip_bytes,
    tallies: [record.ethertypes, record.undecodable_reasons, record.malformed_reasons].map((tally) => [...tally]),
  }));
  expect(view).toEqual([
    {
      at: 60,
      counts: [3, 2, 0, 2, 0, 1],
      bytes: 68,
      tallies: [[], [["ipv4_total_short", 1]], [["tcp_header_length", 1]]],
    },
    { at: 240, counts: [1, 0, 0, 0, 1, 0], bytes: 0, tallies: [[["88cc", 1]], [], []] },
    { at: 360, counts: [1, 1, 1, 0, 0, 0], bytes: 29, tallies: [[], [], []] },
    { at: 0, counts: [4, 3, 3, 0, 1, 0], bytes: 114, tallies: [[["0806", 1]], [], []] },
    { at: 60, counts: [1, 1, 1, 0, 0, 0], bytes: 28, tallies: [[], [], []] },
    { at: 480, counts: [1, 1, 1, 0, 0, 0], bytes: 28, tallies: [[], [], []] },
  ]);
  expect(heard.statistics.every((record) => record.interface === "eth1" && record.interval_s === 60)).toBe(true);
});

test("classes are told by their bits", async () => {
  const frames = [
    { s: 0, bytes: datagram(1) },
    { s: 0, bytes: ethernetIp(ipv4(from, to, icmp(8, 0, 1))) },
  ];
  const { packets } = await hearFrames(frames, { classes: [onlyUdp, everything] });
  expect(packets.map(({ words }) => words[CLASSES])).toEqual([3, 2]);
});

test("as much payload is copied as any class that matches wants", async () => {
  const wanted = Uint8Array.from({ length: 11 }, (_, index) => 200 + index);
  const frames = [
    { s: 0, bytes: ethernetIp(ipv4(from, to, udp(1, 2, wanted))) },
    { s: 0, bytes: ethernetIp(ipv4(from, to, udp(1, 2, wanted.subarray(0, 3)))) },
    { s: 0, bytes: ethernetIp(ipv4(from, to, tcp({ sourcePort: 1, destinationPort: 2, payload: wanted }))) },
    { s: 0, bytes: ethernetIp(ipv4(from, to, icmp(8, 0, 1))) },
  ];
  const payload: PayloadPlan = [
    [
      { protocol: "tcp", ports: [{ from: 2, to: 2 }], bytes: 2 },
      { protocol: "udp", ports: ALL_PORTS, bytes: 3 },
    ],
    [{ protocol: "udp", ports: [{ from: 1, to: 1 }], bytes: 9 }],
  ];
  const { packets } = await hearFrames(frames, { classes: [everything, onlyUdp], payload });
  const copied = packets.map(({ words }) => {
    const bytes = new Uint8Array(Int32Array.from(words.slice(PAYLOAD)).buffer);
    return [words[LENGTH], [...bytes.subarray(0, words[CAPTURED_PAYLOAD])]];
  });
  expect(copied).toEqual([
    [PAYLOAD + 4, [...wanted.subarray(0, 9)]],
    [PAYLOAD + 2, [...wanted.subarray(0, 3)]],
    [PAYLOAD + 2, [200, 201]],
    [PAYLOAD, []],
  ]);
});

test("the largest packet finds room behind the statistics that its own time closes", async () => {
  // The empty datagrams leave less than one record's room; with a fourth interval the first one is written.
  const frames = Array.from({ length: 819 }, (_, index) => ({ s: 60 * (index % 3), bytes: datagram(0) }));
  const { packets } = await hearFrames([...frames, { s: 180, bytes: datagram(65_507) }], {
    payload: [[{ protocol: "udp", ports: ALL_PORTS, bytes: 65_535 }]],
  });
  expect(packets).toHaveLength(820);
  expect(packets.at(-1)!.words[CAPTURED_PAYLOAD]).toBe(65_507);
});

test("TCP segments of no class pass on as headers where somebody follows them, and count as unmatched all the same", async () => {
  const segment = ethernetIp(ipv4(from, to, tcp({ sourcePort: 1, destinationPort: 2, payload: new Uint8Array(9) })));
  const frames = [
    { s: 0, bytes: segment },
    { s: 0, bytes: datagram(3) },
    { s: 0, bytes: ethernetIp(ipv4(from, to, icmp(8, 0, 1))) },
  ];
  const payload: PayloadPlan = [[{ protocol: "tcp", ports: ALL_PORTS, bytes: 9 }]];
  for (const [followsTcp, passed] of [
    [true, [0, 1]],
    [false, [1]],
  ] as const) {
    const heard = await hearFrames(frames, { classes: [onlyUdp], payload, followsTcp });
    expect(heard.packets.map(({ words }) => words[CLASSES])).toEqual(passed);
    expect(heard.packets.map(({ words }) => words[CAPTURED_PAYLOAD])).toEqual(passed.map(() => 0));
    expect([heard.sum("matched"), heard.sum("unmatched")]).toEqual([1, 2]);
  }
});

test("a packet that found no room leaves the count it was in, matched or not", () => {
  const closed: { matched: number; unmatched: number; packets: number; queue_dropped: number }[] = [];
  const statistics = new CaptureStatistics(["eth0"], 60, (payload) => closed.push(JSON.parse(payload)));
  const tally = statistics.tallyOf(0, 0);
  tally.packets = tally.ipPackets = 2;
  tally.bytes = tally.ipBytes = 1000;
  tally.matched = tally.unmatched = 1;
  statistics.moveToQueueDropped(packetRecord({ classes: 0 }), 0);
  statistics.moveToQueueDropped(packetRecord({ classes: 1 }), 0);
  statistics.closeAll();
  expect(closed).toMatchObject([{ matched: 0, unmatched: 0, packets: 0, queue_dropped: 2 }]);
});

test("trailing bytes of a datagram are no payload", async () => {
  const padded = ethernetIp(ipv4(from, to, udp(1, 2, new Uint8Array(20).fill(7))));
  // UDP length: 8 bytes of header and 5 of payload.
  padded[14 + 20 + 5] = 13;
  const payload: PayloadPlan = [[{ protocol: "udp", ports: ALL_PORTS, bytes: 65_535 }]];
  const { packets } = await hearFrames([{ s: 0, bytes: padded }], { payload });
  expect(packets.map(({ words }) => words[CAPTURED_PAYLOAD])).toEqual([5]);
});

test("every record has an even number of words, whatever it carries, and its payload whole", async () => {
  const sizes = [...Array(17).keys(), 255, 256, 257, 1471];
  const frames = sizes.map((bytes) => ({ s: 0, bytes: datagram(bytes) }));
  const payload: PayloadPlan = [[{ protocol: "udp", ports: ALL_PORTS, bytes: 2000 }]];
  const lengths: number[] = [];
  await withFolder(async (folder) => {
    const path = join(folder, "frames.pcap");
    const writer = new PcapWriter(path);
    for (const { s, bytes } of frames) writer.write(START_S + s, 0, bytes);
    writer.close();
    const feed = new InlineFeed(new FileCapture([{ path, interfaceNumber: 0 }]), { ...plan, payload });
    await feed.run((words, start, until) => {
      for (let at = start; at < until; at += words[at + LENGTH]!) lengths.push(words[at + LENGTH]!);
    });
  });
  // Statistics and the end too.
  expect(lengths.length).toBeGreaterThan(sizes.length);
  expect(lengths.filter((length) => length % 2 !== 0)).toEqual([]);
  const heard = await hearFrames(frames, { payload });
  expect(heard.packets.map(({ words }) => words[CAPTURED_PAYLOAD])).toEqual(sizes);
  for (const { words } of heard.packets) {
    const carried = new Uint8Array(Int32Array.from(words.slice(PAYLOAD)).buffer, 0, words[CAPTURED_PAYLOAD]);
    expect(carried.every((byte) => byte === 7)).toBe(true);
  }
});

test("copies are marked, and frames forgotten counted in their interval, as if looked for one by one", async () => {
  // More frames within the window than are remembered, in turn from before and after the end of an interval.
  const frames: Required<Frame>[] = [];
  for (let number = 0; number < 30_000; number++) {
    const isLater = Math.floor(number / 70) % 2 === 1;
    const packet = ipv4(from, to, udp(1, 2), { identification: number });
    frames.push({ s: isLater ? 60 : 59, nanos: (isLater ? 0 : 999_000_000) + number * 10, bytes: ethernetIp(packet) });
    if (number % 5 === 4) frames.push({ ...frames.at(-1 - (number % 100))! });
  }
  const copies = { windowNs: 10_000_000, tapGroupOf: [0, 0] };
  const recent = new RecentFrames(copies);
  const dissector = new Dissector();
  const words = new Int32Array(PAYLOAD);
  const expected: boolean[] = [];
  const forgotten = new Map([
    [START_S, 0],
    [START_S + 60, 0],
  ]);
  for (const { s, nanos, bytes } of frames) {
    dissector.dissect(bytes, 0, bytes.length, bytes.length, LINK_ETHERNET, words, 0);
    words[SECONDS] = START_S + s;
    words[NANOS] = nanos;
    recent.take(words, 0, dissector.walk, new DataView(bytes.buffer));
    const interval = START_S + (s - (s % 60));
    forgotten.set(interval, forgotten.get(interval)! + recent.settle(words));
    expected.push((words[FLAGS]! & FLAG_COPY) !== 0);
  }
  const heard = await hearFrames(frames, { copies });
  expect(heard.packets.map(({ words: [, flags] }) => (flags! & FLAG_COPY) !== 0)).toEqual(expected);
  expect(new Map(heard.statistics.map((each) => [each.interval_start_s, each.forgotten_frames]))).toEqual(forgotten);
  expect(expected.filter((isCopy) => isCopy).length).toBeGreaterThan(5000);
  expect(Math.min(...forgotten.values())).toBeGreaterThan(100);
});

test("a frame equal to an earlier one is marked, whatever its padding, when copies are looked for", async () => {
  const frame = datagram(40);
  const frames = [
    { s: 0, bytes: frame },
    { s: 0, bytes: Uint8Array.from([...frame, 1, 2, 3]) },
    { s: 0, bytes: datagram(41) },
  ];
  const marksOf = async (copies: CapturePlan["copies"]) =>
    (await hearFrames(frames, { copies })).packets.map(({ words }) => (words[FLAGS]! & FLAG_COPY) !== 0);
  expect(await marksOf({ windowNs: 1, tapGroupOf: [0, 1] })).toEqual([false, true, false]);
  expect(await marksOf({ windowNs: 1, tapGroupOf: [0, -1] })).toEqual([false, false, false]);
  expect(await marksOf(null)).toEqual([false, false, false]);
});

test("a replay gives the same records every time, however the file is read", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "bench.pcap");
    writeMixedCapture(path, 20_000);
    const run = () =>
      hear(
        new InlineFeed(new FileCapture([{ path, interfaceNumber: 0 }]), {
          ...plan,
          followsTcp: false,
          copies: { windowNs: 10_000_000, tapGroupOf: [0, 1] },
        }),
      );
    const first = await run();
    expect(first.packets).toHaveLength(20_000);
    expect(first.sum("packets")).toBe(20_000);
    expect(first.statistics).toHaveLength(10);
    const second = await run();
    expect(second.statistics).toEqual(first.statistics);
    // Words that a record does not use hold what the batch held before.
    expect(second.packets.map(({ words }) => words.slice(0, 20))).toEqual(
      first.packets.map(({ words }) => words.slice(0, 20)),
    );
  });
});
