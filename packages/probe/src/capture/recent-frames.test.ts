import {
  addressBytes,
  COPY_AGE,
  Dissector,
  ethernetIp,
  FLAG_COPY,
  FLAGS,
  INTERFACE,
  ipv4,
  ipv6,
  LINK_ETHERNET,
  NANOS,
  PAYLOAD,
  SECONDS,
  type Tag,
  TCP_ACK,
  tcp,
  udp,
  vlanTag,
} from "@trafmon/packet";
import fc from "fast-check";
import { expect, test } from "vitest";
import { RecentFrames } from "./recent-frames.ts";

const WINDOW_NS = 10_000_000;
const plan = { windowNs: WINDOW_NS, tapGroupOf: [0, 0, 1, -1] };

interface Sighting {
  readonly packet: Uint8Array;
  readonly atNs: number;
  readonly interface?: number;
  readonly tags?: readonly Tag[];
  readonly snapLength?: number;
}

/** Age of the equal frame of each sighting, -1 where there is none. */
function agesOf(
  sightings: readonly Sighting[],
  recent: Pick<RecentFrames, "take" | "settle"> = new RecentFrames(plan),
): number[] {
  const dissector = new Dissector();
  const words = new Int32Array(PAYLOAD);
  return sightings.map(({ packet, atNs, tags = [], snapLength = 65_535, ...where }) => {
    const frame = ethernetIp(packet, tags);
    const captured = Math.min(frame.length, snapLength);
    dissector.dissect(frame, 0, captured, frame.length, LINK_ETHERNET, words, 0);
    words[INTERFACE] = where.interface ?? 0;
    words[SECONDS] = 1_700_000_000 + Math.floor(atNs / 1e9);
    words[NANOS] = atNs % 1e9;
    recent.take(words, 0, dissector.walk, new DataView(frame.buffer, 0, captured));
    recent.settle(words);
    return words[FLAGS]! & FLAG_COPY ? words[COPY_AGE]! : -1;
  });
}

const v4 = [addressBytes("10.0.0.1"), addressBytes("10.0.0.2")] as const;
const v6 = [addressBytes("2001:db8::1"), addressBytes("2001:db8::2")] as const;
const body = (bytes: number, fill = 7) => new Uint8Array(bytes).fill(fill);
const segment = (sequence: number, bytes = 100, fill = 7) =>
  tcp({ sourcePort: 1, destinationPort: 2, sequence, flags: TCP_ACK, payload: body(bytes, fill) });

test("a copy is told with its age, across tags, interfaces of the group, TTL one less and DSCP", () => {
  const packet = ipv4(...v4, segment(1), { identification: 5, ttl: 64 });
  const routed = ipv4(...v4, segment(1), { identification: 5, ttl: 63, tos: 0xb8 });
  expect(
    agesOf([
      { packet, atNs: 0 },
      { packet, atNs: 1000, tags: [vlanTag(7)] },
      { packet: routed, atNs: 2000, interface: 1 },
      { packet, atNs: 3000, interface: 2 },
      { packet, atNs: 4000, interface: 3 },
      { packet, atNs: 5000, interface: 3 },
    ]),
  ).toEqual([-1, 1000, 2000, -1, -1, -1]);
});

test("what comes after the window, or with a higher TTL, is no copy and may have copies of its own", () => {
  const packet = (ttl: number) => ipv6(...v6, udp(1, 2, body(20)), { hopLimit: ttl });
  expect(
    agesOf([
      { packet: packet(60), atNs: 0 },
      { packet: packet(61), atNs: 1000 },
      { packet: packet(61), atNs: 1500 },
      { packet: packet(61), atNs: 1000 + WINDOW_NS },
      { packet: packet(61), atNs: 1001 + WINDOW_NS },
      { packet: packet(61), atNs: 999_999_999 },
      { packet: packet(61), atNs: 1_000_000_001 },
      { packet: packet(61), atNs: 999_999_990 },
    ]),
  ).toEqual([-1, -1, 500, WINDOW_NS, WINDOW_NS + 1, -1, 2, 9]);
});

test("frames cut at the snap length are copies of each other though their tags leave different lengths", () => {
  const packet = ipv4(...v4, segment(1, 500), { identification: 5 });
  const datagram = ipv6(...v6, udp(1, 2, body(500)));
  for (const snapLength of [64, 68, 86, 96, 128, 200]) {
    expect([
      snapLength,
      ...agesOf([
        { packet, atNs: 0, snapLength },
        { packet, atNs: 10, snapLength, tags: [vlanTag(7), vlanTag(8)] },
        { packet: ipv4(...v4, segment(101, 500), { identification: 6 }), atNs: 20, snapLength },
        { packet: datagram, atNs: 30, snapLength: snapLength + 26 },
        { packet: datagram, atNs: 40, snapLength: snapLength + 26, tags: [vlanTag(7)] },
      ]),
    ]).toEqual([snapLength, -1, 10, -1, -1, 10]);
  }
});

test("a payload that differs anywhere makes another frame, by its bytes or its checksum", () => {
  const changed = Array.from({ length: 400 }, (_, at) => {
    const payload = body(400);
    // Another sum for each, for in the midst of a datagram only the checksum tells.
    payload[at] = 8 + (at >> 1);
    return payload;
  });
  const datagrams = changed.map((payload) => ({ packet: ipv4(...v4, udp(1, 2, payload)), atNs: 0 }));
  const segments = changed.map((payload) => ({
    packet: ipv6(...v6, tcp({ sourcePort: 1, destinationPort: 2, payload })),
    atNs: 0,
  }));
  expect(agesOf([...datagrams, ...segments]).every((age) => age === -1)).toBe(true);
  // At either end of a datagram without a checksum that helps, the bytes themselves.
  const ends = [...Array(100).keys(), ...Array.from({ length: 16 }, (_, index) => 384 + index)].map((at) => {
    const payload = body(400);
    payload[at] = 8;
    const packet = ipv4(...v4, udp(1, 2, payload));
    packet.fill(0, 26, 28);
    return { packet, atNs: 0 };
  });
  expect(agesOf(ends).every((age) => age === -1)).toBe(true);
});

test("it agrees with a comparison of all bytes, whatever comes in whichever order", () => {
  const packet = fc.record({
    isV6: fc.boolean(),
    isTcp: fc.boolean(),
    identification: fc.nat(1),
    sequence: fc.nat(1),
    bytes: fc.constantFrom(0, 1, 6, 7, 13, 100),
    ttl: fc.constantFrom(63, 64),
    dscp: fc.constantFrom(0, 0xb8),
    ecn: fc.constantFrom(0, 3),
    group: fc.constantFrom(0, 1, 2),
    gapNs: fc.constantFrom(0, 100, 6_000_000, 2_000_000_000),
  });
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 40 }), (packets) => {
      const equal = new Map<string, { firstNs: number; lastNs: number; ttl: number }>();
      let atNs = 0;
      const sightings: Sighting[] = [];
      const expected: number[] = [];
      for (const { isV6, isTcp, identification, sequence, bytes, ttl, dscp, ecn, group, gapNs } of packets) {
        atNs += gapNs;
        const carried = isTcp ? segment(sequence, bytes) : udp(1, sequence, body(bytes));
        const made = isV6
          ? ipv6(...v6, carried, { hopLimit: ttl, trafficClass: dscp | ecn })
          : ipv4(...v4, carried, { ttl, tos: dscp | ecn, identification });
        sightings.push({ packet: made, atNs, interface: group });
        const key = JSON.stringify([isV6, isTcp, isV6 ? 0 : identification, sequence, bytes, ecn, group >> 1]);
        const earlier = equal.get(key);
        const isCopy =
          earlier !== undefined &&
          atNs - earlier.lastNs <= WINDOW_NS &&
          atNs - earlier.firstNs <= 1e9 &&
          ttl <= earlier.ttl;
        expected.push(isCopy ? atNs - earlier.firstNs : -1);
        equal.set(key, isCopy ? { ...earlier, lastNs: atNs } : { firstNs: atNs, lastNs: atNs, ttl });
      }
      expect(agesOf(sightings)).toEqual(expected);
    }),
  );
});

test("what had to be forgotten too early is told", () => {
  const recent = new RecentFrames(plan);
  const forgottenOf = (count: number, atNs: number) => {
    let forgotten = 0;
    const sprayed = Array.from({ length: count }, (_, index) => ({ packet: ipv4(...v4, segment(index)), atNs }));
    agesOf(sprayed, {
      take: (...args) => recent.take(...args),
      settle: (words) => {
        forgotten += recent.settle(words);
        return forgotten;
      },
    });
    return forgotten;
  };
  expect(forgottenOf(1000, 0)).toBe(0);
  const forgotten = forgottenOf(70_000, 50_000_000);
  expect(forgotten).toBeGreaterThan(70_000 - 24_576);
  expect(forgotten).toBeLessThan(50_000);
});
