import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ethernet, ethernetIp, vlanTag } from "../build/frame.ts";
import { ipv4, ipv6 } from "../build/ip-packet.ts";
import { icmp, TCP_ACK, TCP_SYN, tcp, udp } from "../build/transport-header.ts";
import { LINK_ETHERNET, LINK_RAW } from "../link-type.ts";
import * as record from "../packet-record.ts";
import { frameSamples, v4Destination, v4Source, v6Destination, v6Source } from "../testing/frame-samples.ts";
import { Dissector } from "./dissector.ts";
import { IP_PACKET, isUndecodable, malformedName, verdictName } from "./verdict.ts";

interface Result {
  readonly verdict: string;
  readonly words: Int32Array;
  readonly malformed: string;
  readonly flags: number;
}

function dissect(frame: Uint8Array, wireBytes = frame.length, linkType = LINK_ETHERNET): Result {
  const dissector = new Dissector();
  const words = new Int32Array(record.PAYLOAD).fill(-1);
  const verdict = dissector.dissect(frame, 0, frame.length, wireBytes, linkType, words, 0);
  const malformed = malformedName(dissector.walk.malformed);
  return { verdict: verdictName(verdict), words, malformed, flags: words[record.FLAGS]! };
}

const addressWords = (words: Int32Array, at: number) => Array.from(words.subarray(at, at + 4), (word) => word >>> 0);
const payload = new Uint8Array(10);

test("an IPv4 packet's words", () => {
  const packet = ipv4(v4Source, v4Destination, udp(0xfffe, 53, payload), {
    tos: 0xb9,
    ttl: 7,
    identification: 0xabcd,
  });
  const { verdict, words, flags, malformed } = dissect(ethernetIp(packet, [vlanTag(0xfff), vlanTag(3)]), 100);
  expect([verdict, malformed]).toEqual(["", ""]);
  expect(flags).toBe(record.FLAG_TRANSPORT | record.FLAG_PORTS);
  expect(words[record.LENGTH]).toBe(record.PAYLOAD);
  expect(words[record.FRAME_BYTES]).toBe(100);
  expect(words[record.IP_BYTES]).toBe(38);
  expect(words[record.PROTOCOL_TOS_TTL]).toBe(17 | (0xb9 << 8) | (7 << 16));
  expect(words[record.VLAN]).toBe(0xfff);
  expect(addressWords(words, record.SOURCE)).toEqual([0xc0000201, 0, 0, 0]);
  expect(addressWords(words, record.DESTINATION)).toEqual([0xc6336407, 0, 0, 0]);
  expect(words[record.PORTS]! >>> 0).toBe(0xfffe0035);
  expect(words[record.IDENTIFICATION]).toBe(0xabcd);
  expect(words[record.FRAGMENT_OFFSET]).toBe(0);
  expect(words[record.PAYLOAD_BYTES]).toBe(10);
});

test("a frame longer than any is taken as the longest, so that its lengths stay positive", () => {
  const offloaded = ethernetIp(ipv4(v4Source, v4Destination, udp(1, 2, payload)));
  offloaded.fill(0, 16, 18);
  const { words } = dissect(offloaded, 0xffffffff);
  expect(words[record.FRAME_BYTES]).toBe(0x7fffffff);
  expect(words[record.IP_BYTES]).toBe(0x7fffffff - 14);
});

test("an IPv6 packet's words", () => {
  const packet = ipv6(v6Source, v6Destination, tcp({ sourcePort: 1, destinationPort: 2, payload }), {
    trafficClass: 0xb9,
    hopLimit: 8,
    flowLabel: 0xfffff,
    extensions: [
      [0, Uint8Array.of(0, 5, 2, 0, 0, 1, 0)],
      [44, Uint8Array.of(0, 0, 1, 0xde, 0xad, 0xbe, 0xef)],
      [60, Uint8Array.of(0, 1, 4, 0, 0, 0, 0)],
    ],
  });
  const { verdict, words, flags, malformed } = dissect(ethernetIp(packet));
  expect([verdict, malformed]).toEqual(["", ""]);
  expect(flags).toBe(
    record.FLAG_IPV6 | record.FLAG_FRAGMENT | record.FLAG_MORE | record.FLAG_TRANSPORT | record.FLAG_PORTS,
  );
  expect(words[record.IP_BYTES]).toBe(40 + 24 + 30);
  expect(words[record.PROTOCOL_TOS_TTL]).toBe(6 | (0xb9 << 8) | (8 << 16));
  expect(words[record.VLAN]).toBe(0);
  expect(addressWords(words, record.SOURCE)).toEqual([0x20010db8, 0, 0, 1]);
  expect(addressWords(words, record.DESTINATION)).toEqual([0x20010db8, 1, 0, 2]);
  expect(words[record.IDENTIFICATION]! >>> 0).toBe(0xdeadbeef);
  expect(words[record.PAYLOAD_BYTES]).toBe(10);
});

test("a TCP segment's words, with every option we read", () => {
  const options = Uint8Array.from(
    [
      [2, 4, 0x05, 0xb4],
      [3, 3, 7],
      [4, 2],
      [1],
      [8, 10, 0xff, 0, 0, 1, 0, 0, 0, 2],
      [5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 5],
    ].flat(),
  );
  const segment = tcp({
    sourcePort: 443,
    destinationPort: 50_000,
    sequence: 0xfedcba98,
    acknowledgement: 0x01234567,
    flags: 0x1ff,
    window: 0xabcd,
    options,
    payload,
  });
  const frame = ethernetIp(ipv4(v4Source, v4Destination, segment));
  const { words, flags, malformed } = dissect(frame);
  expect(malformed).toBe("");
  expect(flags).toBe(
    record.FLAG_TRANSPORT | record.FLAG_PORTS | record.FLAG_SACK_PERMITTED | record.FLAG_TCP_TIMESTAMPS,
  );
  expect(words[record.TCP_SEQUENCE]! >>> 0).toBe(0xfedcba98);
  expect(words[record.TCP_ACKNOWLEDGEMENT]).toBe(0x01234567);
  expect(words[record.TCP_FLAGS_WINDOW]! >>> 0).toBe(0xabcd01ff);
  expect(words[record.TCP_OPTIONS]).toBe(1460 | (7 << 16) | (2 << 24));
  expect(addressWords(words, record.TCP_SACK)).toEqual([1, 2, 0xfffffff0, 5]);
  expect([words[record.TCP_TIMESTAMP]! >>> 0, words[record.TCP_TIMESTAMP_ECHO]]).toEqual([0xff000001, 2]);
  expect(words[record.CHECKSUM]).toBe(new DataView(frame.buffer).getUint16(14 + 20 + 16));
  expect(words[record.PAYLOAD_BYTES]).toBe(10);
});

test("without options, and with timestamps alone, nothing else is claimed", () => {
  const plain = dissect(ethernetIp(ipv4(v4Source, v4Destination, tcp({ sourcePort: 1, destinationPort: 2 }))));
  expect(plain.words[record.TCP_OPTIONS]).toBe(255 << 16);
  expect(plain.flags).toBe(record.FLAG_TRANSPORT | record.FLAG_PORTS);
  const options = Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 3, 0, 0, 0, 4);
  const timed = dissect(ethernetIp(ipv4(v4Source, v4Destination, tcp({ sourcePort: 1, destinationPort: 2, options }))));
  expect(timed.words[record.TCP_OPTIONS]).toBe(255 << 16);
  expect(timed.flags).toBe(record.FLAG_TRANSPORT | record.FLAG_PORTS | record.FLAG_TCP_TIMESTAMPS);
  expect([timed.words[record.TCP_TIMESTAMP], timed.words[record.TCP_TIMESTAMP_ECHO]]).toEqual([3, 4]);
});

test("an ICMP message's words", () => {
  const { words, flags } = dissect(ethernetIp(ipv4(v4Source, v4Destination, icmp(11, 1, 0x00010203, payload))));
  expect(words[record.PORTS]).toBe(0x0b01);
  expect(words[record.ICMP_REST]).toBe(0x00010203);
  expect(words[record.PAYLOAD_BYTES]).toBe(10);
  expect(flags).toBe(record.FLAG_TRANSPORT);
});

test("a later fragment has no transport header, its payload is that of the fragment", () => {
  const fields = { fragmentOffset: 1480, identification: 9 };
  const { words, flags } = dissect(ethernetIp(ipv4(v4Source, v4Destination, udp(1, 2, payload), fields)));
  expect(flags).toBe(record.FLAG_FRAGMENT);
  expect([words[record.FRAGMENT_OFFSET], words[record.PORTS], words[record.PAYLOAD_BYTES]]).toEqual([1480, 0, 18]);
});

test("a short snap length cuts nothing off the counts", () => {
  const packet = ipv4(
    v4Source,
    v4Destination,
    tcp({ sourcePort: 1, destinationPort: 2, payload: new Uint8Array(1400) }),
  );
  const { words, flags, malformed } = dissect(ethernetIp(packet).subarray(0, 54), 1454);
  expect([words[record.IP_BYTES], words[record.PAYLOAD_BYTES], words[record.FRAME_BYTES]]).toEqual([1440, 1400, 1454]);
  expect(flags).toBe(record.FLAG_CUT | record.FLAG_TRANSPORT | record.FLAG_PORTS);
  expect(malformed).toBe("");
});

test("ports count even where the rest of the header does not", () => {
  const segment = ipv4(v4Source, v4Destination, tcp({ sourcePort: 80, destinationPort: 81 }));
  segment[20 + 12] = 0x40;
  const short = dissect(ethernetIp(segment));
  expect([short.malformed, short.flags, short.words[record.PORTS], short.words[record.PAYLOAD_BYTES]]).toEqual([
    "tcp_header_length",
    record.FLAG_PORTS,
    (80 << 16) | 81,
    4,
  ]);
  const cut = dissect(ethernetIp(segment).subarray(0, 40), 54);
  expect([cut.malformed, cut.flags, cut.words[record.PAYLOAD_BYTES]]).toEqual([
    "tcp_cut",
    record.FLAG_PORTS | record.FLAG_CUT,
    0,
  ]);
});

describe("lengths of 0", () => {
  const segment = tcp({ sourcePort: 1, destinationPort: 2, payload: new Uint8Array(5000) });

  test("an IPv4 total length of 0 is the rest of the frame", () => {
    const packet = ipv4(v4Source, v4Destination, segment);
    packet[2] = 0;
    packet[3] = 0;
    const { words } = dissect(ethernetIp(packet).subarray(0, 100), 14 + packet.length);
    expect([words[record.IP_BYTES], words[record.PAYLOAD_BYTES]]).toEqual([5040, 5000]);
  });

  test("an IPv6 payload length of 0 is none, or one that does not fit its field", () => {
    const packet = ipv6(v6Source, v6Destination, segment);
    packet[4] = 0;
    packet[5] = 0;
    expect(dissect(ethernetIp(packet)).words[record.IP_BYTES]).toBe(40);
    const big = dissect(ethernetIp(packet).subarray(0, 100), 14 + 40 + 70_000);
    expect([big.words[record.IP_BYTES], big.words[record.PAYLOAD_BYTES]]).toEqual([70_040, 69_980]);
  });

  test("the jumbo option gives the length, and must not reach beyond the frame", () => {
    const jumbo = [0, Uint8Array.of(0, 0xc2, 4, 0, 1, 0x11, 0x70)] as const;
    const packet = ipv6(v6Source, v6Destination, segment, { extensions: [jumbo] });
    packet[4] = 0;
    packet[5] = 0;
    const frame = ethernetIp(packet).subarray(0, 120);
    const { words } = dissect(frame, 14 + 40 + 70_000);
    expect([words[record.IP_BYTES], words[record.PAYLOAD_BYTES]]).toEqual([70_040, 70_000 - 28]);
    expect(dissect(frame, 14 + 40 + 69_999).verdict).toBe("ipv6_payload_long");
  });
});

test.each([
  ["link_type", new Uint8Array(60), 60, 147],
  ["link_short", new Uint8Array(13), 13, LINK_ETHERNET],
  ["header_cut", new Uint8Array(13), 60, LINK_ETHERNET],
  ["ip_short", ethernet(0x0800, new Uint8Array(19)), 33, LINK_ETHERNET],
  ["header_cut", ethernet(0x86dd, new Uint8Array(39)), 80, LINK_ETHERNET],
  ["ip_version", ethernet(0x0800, new Uint8Array(20)), 34, LINK_ETHERNET],
  ["ip_version", Uint8Array.of(0x50, 0), 2, LINK_RAW],
  ["ipv4_header_length", ethernet(0x0800, Uint8Array.of(0x44, ...new Uint8Array(19))), 34, LINK_ETHERNET],
  ["ipv4_total_short", ethernet(0x0800, Uint8Array.of(0x45, 0, 0, 19, ...new Uint8Array(16))), 34, LINK_ETHERNET],
  ["ipv4_total_long", ethernet(0x0800, Uint8Array.of(0x45, 0, 0, 21, ...new Uint8Array(16))), 34, LINK_ETHERNET],
  ["tag_depth", ethernet(0x8100, Buffer.alloc(200, Buffer.from([0, 1, 0x81, 0]))), 214, LINK_ETHERNET],
  ["88cc", ethernet(0x88cc, new Uint8Array(46)), 60, LINK_ETHERNET],
  ["05ff", ethernet(0x05ff, new Uint8Array(46)), 60, LINK_ETHERNET],
  ["llc_42", ethernet(38, Uint8Array.of(0x42, 0x42, 3, ...new Uint8Array(43))), 60, LINK_ETHERNET],
  ["ppp_c021", ethernet(0x8864, Uint8Array.of(0x11, 0, 0, 1, 0, 4, 0xc0, 0x21, 9, 9)), 24, LINK_ETHERNET],
])("%s", (name, frame, wireBytes, linkType) => {
  expect(dissect(frame, wireBytes, linkType).verdict.replace(/^llc_00/, "llc_")).toBe(name);
});

const samples = frameSamples();
const anySample = fc.constantFrom(...samples);
/** A sample with some bytes changed, some lost at the end, and some lost to the snap length. */
const anyFrame = fc
  .record({
    sample: anySample,
    changes: fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 6 }),
    length: fc.nat(160),
    beyond: fc.nat(70_000),
  })
  .map(({ sample, changes, length, beyond }) => {
    const frame = Uint8Array.from(sample.frame.subarray(0, length));
    for (const [at, value] of changes) if (at < frame.length) frame[at] = value;
    return { frame, linkType: sample.linkType, wireBytes: frame.length + beyond };
  });

test("nothing beyond the captured bytes matters, and where the frame lies neither", () => {
  fc.assert(
    fc.property(anyFrame, fc.uint8Array({ minLength: 80, maxLength: 80 }), fc.nat(64), (sample, around, offset) => {
      const { frame, linkType, wireBytes } = sample;
      const alone = dissect(frame, wireBytes, linkType);
      const buffer = Buffer.concat([around.subarray(0, offset), frame, around]);
      const words = new Int32Array(record.PAYLOAD + 7).fill(-1);
      const verdict = new Dissector().dissect(buffer, offset, frame.length, wireBytes, linkType, words, 7);
      expect(verdictName(verdict)).toBe(alone.verdict);
      if (verdict === IP_PACKET) expect(words.subarray(7)).toEqual(alone.words);
    }),
    { numRuns: 3000 },
  );
});

test("any bytes on any link come to a verdict, and a packet's lengths hold together", () => {
  const linkTypes = [...new Set(samples.map(({ linkType }) => linkType)), 105, 65535];
  const anyBytes = fc
    .record({ frame: fc.uint8Array({ maxLength: 200 }), linkType: fc.constantFrom(...linkTypes), beyond: fc.nat(2000) })
    .map(({ frame, linkType, beyond }) => ({ frame, linkType, wireBytes: frame.length + beyond }));
  fc.assert(
    fc.property(fc.oneof(anyBytes, anyFrame), ({ frame, linkType, wireBytes }) => {
      const dissector = new Dissector();
      const words = new Int32Array(record.PAYLOAD);
      const verdict = dissector.dissect(frame, 0, frame.length, wireBytes, linkType, words, 0);
      expect(verdictName(verdict)).not.toContain("reason_");
      expect(verdict === IP_PACKET || isUndecodable(verdict) || verdict >= 1 << 16).toBe(true);
      if (verdict !== IP_PACKET) return;
      const { walk } = dissector;
      expect(malformedName(walk.malformed)).not.toContain("reason_");
      const payloadBytes = words[record.PAYLOAD_BYTES]!;
      expect(words[record.IP_BYTES]).toBeLessThanOrEqual(wireBytes);
      expect(payloadBytes).toBeGreaterThanOrEqual(0);
      expect(payloadBytes).toBeLessThanOrEqual(words[record.IP_BYTES]!);
      expect(walk.networkEnd).toBeLessThanOrEqual(frame.length);
      expect(walk.networkEnd - walk.networkAt).toBeLessThanOrEqual(words[record.IP_BYTES]!);
      expect(walk.payloadAt).toBeGreaterThan(walk.networkAt);
    }),
    { numRuns: 5000 },
  );
});

test("every shorter capture of a sample is refused, or counts as the whole does", () => {
  for (const { name, frame, linkType, wireBytes = frame.length } of samples) {
    const whole = dissect(frame, wireBytes, linkType);
    for (let length = 0; length < frame.length; length++) {
      const cut = dissect(frame.subarray(0, length), wireBytes, linkType);
      if (cut.verdict !== "") {
        expect([name, length, cut.verdict]).toEqual([name, length, "header_cut"]);
        continue;
      }
      expect(cut.words.subarray(record.FRAME_BYTES, record.SOURCE - 2)).toEqual(
        whole.words.subarray(record.FRAME_BYTES, record.SOURCE - 2),
      );
      expect(cut.words.subarray(record.SOURCE, record.PORTS)).toEqual(
        whole.words.subarray(record.SOURCE, record.PORTS),
      );
      if ((cut.flags & record.FLAG_TRANSPORT) !== 0) {
        expect(cut.words[record.PORTS]).toBe(whole.words[record.PORTS]);
        expect(cut.words[record.PAYLOAD_BYTES]).toBe(whole.words[record.PAYLOAD_BYTES]);
      }
    }
  }
});

test("what the builder makes, the dissector reads", () => {
  fc.assert(
    fc.property(
      fc.record({
        isV6: fc.boolean(),
        sourcePort: fc.nat(65_535),
        destinationPort: fc.nat(65_535),
        sequence: fc.nat(0xffffffff),
        acknowledgement: fc.nat(0xffffffff),
        flags: fc.constantFrom(TCP_ACK, TCP_SYN, 0x1ff),
        window: fc.nat(65_535),
        payload: fc.uint8Array({ maxLength: 100 }),
        options: fc.uint8Array({ maxLength: 40 }),
      }),
      ({ isV6, ...fields }) => {
        const segment = tcp(fields);
        const packet = isV6 ? ipv6(v6Source, v6Destination, segment) : ipv4(v4Source, v4Destination, segment);
        const { verdict, words, flags } = dissect(ethernetIp(packet));
        expect(verdict).toBe("");
        expect(flags & record.FLAG_TRANSPORT).not.toBe(0);
        expect(words[record.PORTS]! >>> 0).toBe(fields.sourcePort * 65_536 + fields.destinationPort);
        expect(words[record.TCP_SEQUENCE]! >>> 0).toBe(fields.sequence);
        expect(words[record.TCP_ACKNOWLEDGEMENT]! >>> 0).toBe(fields.acknowledgement);
        expect(words[record.TCP_FLAGS_WINDOW]! >>> 0).toBe(fields.flags + fields.window * 65_536);
        expect(words[record.PAYLOAD_BYTES]).toBe(fields.payload.length);
      },
    ),
  );
});
