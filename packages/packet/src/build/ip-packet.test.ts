import { addressBytes } from "@trafmon/address";
import { expect, test } from "vitest";
import { internetChecksum, sumWords } from "./checksum.ts";
import { ipv4, ipv6 } from "./ip-packet.ts";
import { icmp, icmpv6, tcp, udp } from "./transport-header.ts";

test("the checksum of RFC 1071's example", () => {
  const bytes = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);
  expect(sumWords(bytes, 0, 8)).toBe(0x2ddf0);
  expect(internetChecksum(0x2ddf0)).toBe(~0xddf2 & 0xffff);
});

test("a header that was captured comes out the same", () => {
  // From Wikipedia's page on the IPv4 header checksum.
  const header = "45000073000040004011b861c0a80001c0a800c7";
  const packet = ipv4(
    addressBytes("192.168.0.1"),
    addressBytes("192.168.0.199"),
    udp(1, 2, new Uint8Array(0x73 - 28)),
    { dontFragment: true },
  );
  expect(Buffer.from(packet.subarray(0, 20)).toString("hex")).toBe(header);
});

test.each([
  ["TCP", tcp({ sourcePort: 1, destinationPort: 2, payload: Uint8Array.of(1, 2, 3) })],
  ["UDP", udp(7, 9, Uint8Array.of(255, 255, 255))],
])("%s sums to all ones over pseudo header and segment", (_, payload) => {
  const v4 = ipv4(addressBytes("10.1.2.3"), addressBytes("10.4.5.6"), payload);
  const v6 = ipv6(addressBytes("fe80::1"), addressBytes("ff02::fb"), payload);
  for (const [packet, addresses, at] of [
    [v4, 12, 20],
    [v6, 8, 40],
  ] as const) {
    const pseudo = sumWords(packet, addresses, at) + payload.protocol + (packet.length - at);
    expect(internetChecksum(pseudo + sumWords(packet, at, packet.length))).toBe(0);
  }
});

test("ICMP sums over itself, ICMPv6 over the addresses too", () => {
  const v4 = ipv4(addressBytes("10.1.2.3"), addressBytes("10.4.5.6"), icmp(8, 0, 77));
  expect(internetChecksum(sumWords(v4, 20, v4.length))).toBe(0);
  const v6 = ipv6(addressBytes("fe80::1"), addressBytes("ff02::fb"), icmpv6(128, 0, 77));
  expect(internetChecksum(sumWords(v6, 8, v6.length) + 58 + 8)).toBe(0);
});

test.each([
  ["192.0.2.255", "c00002ff"],
  ["::", "00000000000000000000000000000000"],
  ["2001:db8::1", "20010db8000000000000000000000001"],
  ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
  ["::ffff:192.0.2.1", "00000000000000000000ffffc0000201"],
  ["fe80::", "fe800000000000000000000000000000"],
])("%s is %s", (text, hex) => {
  expect(Buffer.from(addressBytes(text)).toString("hex")).toBe(hex);
});

test.each(["", "192.0.2", "1::2::3", "host"])("%j is no address", (text) => {
  expect(() => addressBytes(text)).toThrow("not an address");
});
