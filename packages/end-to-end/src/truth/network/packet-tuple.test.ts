import { addressBytes, ethernet, ethernetIp, ipv4, ipv6, tcp, udp } from "@trafmon/packet";
import { expect, test } from "vitest";
import { packetTuple } from "./packet-tuple.ts";

const four = [addressBytes("10.0.0.1"), addressBytes("10.0.0.2")] as const;
const six = [addressBytes("fd00::1"), addressBytes("fd00::2")] as const;

test("ends and IP bytes of IPv4 and IPv6", () => {
  expect(packetTuple(ethernetIp(ipv4(...four, udp(5000, 53, new Uint8Array(10)))))).toMatchObject({
    ...{ protocol: 17, source: four[0], destination: four[1], sourcePort: 5000, destinationPort: 53, ipBytes: 38 },
    ...{ fragmentOf: null, isLaterFragment: false },
  });
  const segment = tcp({ sourcePort: 1, destinationPort: 2, payload: new Uint8Array(7) });
  expect(packetTuple(ethernetIp(ipv6(...six, segment)))).toMatchObject({
    ...{ protocol: 6, source: six[0], destination: six[1], sourcePort: 1, destinationPort: 2, ipBytes: 67 },
    ...{ fragmentOf: null, isLaterFragment: false },
  });
});

test("fragments of a datagram are known by each other, and only the first has ports", () => {
  const whole = udp(7, 9, new Uint8Array(16));
  const first = ethernetIp(ipv4(...four, whole, { identification: 77, moreFragments: true }));
  const later = ethernetIp(ipv4(...four, whole, { identification: 77, fragmentOffset: 24 }));
  const [one, other] = [packetTuple(first)!, packetTuple(later)!];
  expect([one.sourcePort, one.isLaterFragment, other.sourcePort, other.isLaterFragment]).toEqual([
    7,
    false,
    null,
    true,
  ]);
  expect(one.fragmentOf).not.toBeNull();
  expect(other.fragmentOf).toBe(one.fragmentOf);
});

test("fragments and extension headers of IPv6 are walked", () => {
  const payload = udp(7, 9, new Uint8Array(8));
  const frame = ethernetIp(ipv6(...six, payload));
  // Hop-by-hop (8 bytes), then a fragment header (RFC 8200 section 4.5), put in before the UDP header.
  const extension = Uint8Array.of(44, 0, 1, 4, 0, 0, 0, 0, 17, 0, 0, 1, 0, 0, 0, 99);
  const fragment = Uint8Array.from([...frame.subarray(0, 54), ...extension, ...frame.subarray(54)]);
  const view = new DataView(fragment.buffer);
  view.setUint8(14 + 6, 0);
  view.setUint16(14 + 4, 32);
  expect(packetTuple(fragment)).toMatchObject({
    ...{ protocol: 17, sourcePort: 7, destinationPort: 9, ipBytes: 72, isLaterFragment: false },
  });
  view.setUint16(54 + 10, 8 << 3);
  expect(packetTuple(fragment)).toMatchObject({ protocol: 17, sourcePort: null, isLaterFragment: true });
});

test("what is not IP is nothing", () => {
  expect(packetTuple(ethernet(0x0806, new Uint8Array(28)))).toBeNull();
});
