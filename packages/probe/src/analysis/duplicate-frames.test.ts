import {
  addressBytes,
  ethernetIp,
  type IpPayload,
  icmp,
  ipv4,
  ipv6,
  TCP_ACK,
  TCP_RST,
  TCP_SYN,
  tcp,
  udp,
} from "@trafmon/packet";
import { expect, test } from "vitest";
import { labelledTraffic } from "../testing/labelled/labelled-traffic.ts";
import type { LabelledFrame } from "../testing/labelled/mirror.ts";
import { type Outcome, verdictsOn } from "../testing/labelled/verdicts.ts";

/** Sums of all patterns, by label. */
function byLabel(outcomes: ReadonlyMap<string, Outcome>): Map<string, Outcome> {
  const sums = new Map<string, Outcome>();
  for (const [key, { frames, takenForCopies }] of outcomes) {
    const label = key.split(": ")[1]!;
    const sum = sums.get(label) ?? { frames: 0, takenForCopies: 0 };
    sums.set(label, { frames: sum.frames + frames, takenForCopies: sum.takenForCopies + takenForCopies });
  }
  return sums;
}

// The same over a million frames: bench/duplicates.ts; its figures are in docs/duplicates.md.
test("copies are found and nothing sent again is taken for one, whatever the mirror port's pattern", () => {
  const { outcomes, kept } = verdictsOn(labelledTraffic(45_000, 7, 5000));
  const patterns = new Set([...outcomes.keys()].map((key) => key.split(": ")[0]));
  expect(patterns.size).toBe(9);
  for (const [key, { frames, takenForCopies }] of outcomes) {
    if (key.endsWith("copy")) expect([key, takenForCopies / frames]).toEqual([key, expect.closeTo(1, 3)]);
    if (key.endsWith("again")) expect([key, takenForCopies]).toEqual([key, 0]);
  }
  const sums = byLabel(outcomes);
  expect(sums.get("again")!.frames).toBeGreaterThan(200);
  expect(sums.get("copy")!.frames).toBeGreaterThan(30_000);
  const taken = [...sums.values()].reduce((sum, each) => sum + each.takenForCopies, 0);
  const { frames } = [...sums.values()].reduce((a, b) => ({ frames: a.frames + b.frames, takenForCopies: 0 }));
  expect(kept.sum("ipct", "fwd_duplicate_packets") + kept.sum("ipct", "rev_duplicate_packets")).toBe(taken);
  expect(kept.sum("ipct", "fwd_packets") + kept.sum("ipct", "rev_packets")).toBe(frames);
  expect(kept.sum("capst", "fwd_packets") + kept.sum("capst", "rev_packets")).toBe(kept.sum("capst", "matched"));
  expect(kept.sum("capst", "fwd_duplicate_packets") + kept.sum("capst", "rev_duplicate_packets")).toBe(taken);
});

const v4 = [addressBytes("10.0.0.1"), addressBytes("10.0.0.2")] as const;
const v6 = [addressBytes("2001:db8::1"), addressBytes("2001:db8::2")] as const;

/** A frame at so many microseconds. */
function frame(atUs: number, packet: Uint8Array): LabelledFrame {
  return { atNs: atUs * 1000, frame: ethernetIp(packet), label: "first", pattern: "none", direction: 0 };
}

/** How many of the frames are taken for copies. */
function copiesAmong(frames: readonly LabelledFrame[]): number {
  return verdictsOn(frames).outcomes.get("none: first")!.takenForCopies;
}

/** A connection over IPv6 without anything that tells an acknowledgement from an equal one, and with a known round trip. */
const opened = (roundTripUs: number) => [
  frame(0, ipv6(...v6, tcp({ sourcePort: 9, destinationPort: 80, flags: TCP_SYN, sequence: 99 }))),
  frame(
    roundTripUs / 2,
    ipv6(
      v6[1],
      v6[0],
      tcp({ sourcePort: 80, destinationPort: 9, flags: TCP_SYN | TCP_ACK, sequence: 0, acknowledgement: 100 }),
    ),
  ),
  frame(
    roundTripUs,
    ipv6(...v6, tcp({ sourcePort: 9, destinationPort: 80, flags: TCP_ACK, sequence: 100, acknowledgement: 1 })),
  ),
];
const data = (sequence: number): IpPayload =>
  tcp({
    sourcePort: 9,
    destinationPort: 80,
    sequence,
    acknowledgement: 1,
    flags: TCP_ACK,
    payload: new Uint8Array(100),
  });
const ack = (acknowledgement: number): IpPayload =>
  tcp({ sourcePort: 80, destinationPort: 9, sequence: 1, acknowledgement, flags: TCP_ACK });

test("an equal segment is a copy within the round trip and the window, and sent again beyond", () => {
  const at = (roundTripUs: number, afterUs: number) =>
    copiesAmong([
      ...opened(roundTripUs),
      frame(100_000, ipv6(...v6, data(100))),
      frame(100_000 + afterUs, ipv6(...v6, data(100))),
    ]);
  expect([at(4000, 3999), at(4000, 4001)]).toEqual([1, 0]);
  expect([at(40_000, 10_000), at(40_000, 10_001)]).toEqual([1, 0]);
});

test("without a known round trip the limit is a millisecond", () => {
  const twice = (packet: Uint8Array, afterUs: number) => copiesAmong([frame(0, packet), frame(afterUs, packet)]);
  for (const packet of [ipv6(...v6, data(1)), ipv4(...v4, udp(1, 2)), ipv4(...v4, icmp(8, 0, 7))]) {
    expect([twice(packet, 1000), twice(packet, 1001)]).toEqual([1, 0]);
  }
});

test("a segment sent again has copies of its own", () => {
  const packet = ipv6(...v6, data(100));
  const frames = [0, 10, 5000, 5010, 10_001, 10_020].map((atUs) => frame(100_000 + atUs, packet));
  expect(copiesAmong([...opened(4000), ...frames])).toBe(3);
});

test("where the receiver told of a loss since, only what comes before any news could is a copy", () => {
  // The round trip seems long, for an acknowledgement was held back; a retransmission comes sooner.
  const slow = [
    ...opened(1000),
    frame(10_000, ipv6(...v6, data(100))),
    frame(50_000, ipv6(v6[1], v6[0], ack(200))),
    frame(60_000, ipv6(...v6, data(200))),
    frame(60_010, ipv6(...v6, data(300))),
    frame(60_020, ipv6(...v6, data(400))),
    frame(60_030, ipv6(...v6, data(500))),
  ];
  const news = [600, 610, 620, 630].map((us) => frame(60_000 + us, ipv6(v6[1], v6[0], ack(200))));
  const again = frame(61_100, ipv6(...v6, data(200)));
  expect(copiesAmong([...slow, again])).toBe(1);
  expect(copiesAmong([...slow, ...news, again])).toBe(0);
  expect(copiesAmong([...slow, ...news, frame(60_640, ipv6(...v6, data(500)))])).toBe(1);
});

test("equal acknowledgements are duplicate ACKs, unless the interface is known to copy", () => {
  const flight = [0, 1, 2, 3].map((index) => frame(10_000 + index, ipv6(...v6, data(100 + 100 * index))));
  const acks = [0, 1, 2, 3].map((index) => frame(10_600 + index, ipv6(v6[1], v6[0], ack(100))));
  expect(copiesAmong([...opened(1000), ...flight, ...acks])).toBe(0);
  const copied = flight.flatMap((each) => [each, { ...each, atNs: each.atNs + 100 }]);
  expect(copiesAmong([...opened(1000), ...copied, ...acks])).toBe(4 + 3);
});

test("equal resets are what a closed port answers with, unless the interface is known to copy", () => {
  const reset = frame(
    20_000,
    ipv4(...v4, tcp({ sourcePort: 80, destinationPort: 9, sequence: 5, flags: TCP_RST }), { identification: 0 }),
  );
  const resets = [0, 5, 9].map((us) => ({ ...reset, atNs: reset.atNs + us * 1000 }));
  expect(copiesAmong(resets)).toBe(0);
  const numbered = [1, 2, 3].map((index) => frame(index, ipv4(...v4, udp(1, 2), { identification: index })));
  const copied = numbered.flatMap((each) => [each, { ...each, atNs: each.atNs + 100 }]);
  expect(copiesAmong([...copied, ...resets])).toBe(3 + 2);
});

test("the event names interface, direction and share, once an interval", () => {
  const packets = Array.from({ length: 40 }, (_, index) => {
    const packet = ipv4(...v4, udp(7, 9, Uint8Array.of(index)), { identification: index + 1 });
    const back = ipv4(v4[1], v4[0], udp(9, 7, Uint8Array.of(index)), { identification: index + 1 });
    const isCopied = index % 2 === 0;
    const atUs = index * 10_000;
    return [frame(atUs, packet), ...(isCopied ? [frame(atUs + 5, packet)] : []), frame(atUs + 10, back)];
  }).flat();
  const { kept } = verdictsOn(packets);
  expect(kept.of("event").map(({ code, origin, parameters }) => [code, origin, JSON.parse(parameters)])).toEqual([
    [
      "duplicate_frames",
      "eth0",
      {
        interface: "eth0",
        direction: "fwd",
        share_percent: 33.33,
        duplicates: 20,
        packets: 60,
        interval_start_s: 1_699_999_980,
        interval_s: 60,
      },
    ],
  ]);
  expect(kept.of("capst")[0]).toMatchObject({
    matched: 100,
    fwd_packets: 60,
    rev_packets: 40,
    fwd_duplicate_packets: 20,
    rev_duplicate_packets: 0,
    fwd_duplicate_bytes: 20 * 29,
  });
});
