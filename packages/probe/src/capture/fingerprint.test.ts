import { addressBytes, ipv4, ipv6, udp } from "@trafmon/packet";
import { expect, test } from "vitest";
import { Fingerprint } from "./fingerprint.ts";

function fingerprint(packet: Uint8Array, tailFrom = packet.length): string {
  // Wherever it lies in its buffer, and whatever stands around it.
  const around = new Uint8Array(packet.length + 10).fill(packet.length);
  const from = packet.length % 7;
  around.set(packet, from);
  const made = new Fingerprint();
  const headEnd = Math.min(packet.length, Math.max(20, tailFrom));
  made.make(new DataView(around.buffer), from, from + headEnd, from + headEnd, from + packet.length, 0);
  return `${made.first} ${made.second}`;
}

const v4 = (bytes: number) =>
  ipv4(addressBytes("10.0.0.1"), addressBytes("10.0.0.2"), udp(1, 2, new Uint8Array(bytes)), { tos: 3 });
const v6 = (bytes: number) =>
  ipv6(addressBytes("2001:db8::1"), addressBytes("2001:db8::2"), udp(1, 2, new Uint8Array(bytes)));

/** Bits that routers change, by byte. IPv4: DSCP, TTL, checksum. IPv6: DSCP, hop limit. */
const ignored = {
  4: new Map([
    [1, 0xfc],
    [8, 0xff],
    [10, 0xff],
    [11, 0xff],
  ]),
  6: new Map([
    [0, 0x0f],
    [1, 0xc0],
    [7, 0xff],
  ]),
};

test.each([
  [4, "even", v4(40)],
  [4, "odd", v4(33)],
  [4, "bare", v4(0)],
  [6, "even", v6(40)],
  [6, "odd", v6(35)],
] as const)("IPv%i, %s: every bit counts but those that routers change", (version, _, packet) => {
  const whole = fingerprint(packet);
  const seen = new Set([whole]);
  let counted = 0;
  for (let bit = 0; bit < packet.length * 8; bit++) {
    const altered = Uint8Array.from(packet);
    altered[bit >> 3]! ^= 1 << (bit & 7);
    const mask = ignored[version].get(bit >> 3) ?? 0;
    // The version itself decides which these are.
    if (bit >> 3 === 0 && (bit & 7) >= 4) continue;
    if ((mask & (1 << (bit & 7))) !== 0) {
      expect([bit >> 3, bit & 7, fingerprint(altered)]).toEqual([bit >> 3, bit & 7, whole]);
    } else {
      seen.add(fingerprint(altered));
      counted++;
    }
  }
  expect(seen.size).toBe(1 + counted);
});

test("a million packets that differ in two counters have a million fingerprints", () => {
  const packet = v4(64);
  const view = new DataView(packet.buffer);
  const made = new Fingerprint();
  const seen = new Set<bigint>();
  const halves = [new Set<number>(), new Set<number>()] as const;
  for (let count = 0; count < 1_000_000; count++) {
    view.setUint16(4, count & 0xffff);
    view.setUint32(40, count);
    view.setUint32(60, count * 3);
    made.make(view, 0, packet.length, packet.length, packet.length, 0);
    seen.add((BigInt(made.first) << 32n) | BigInt(made.second >>> 0));
    halves[0].add(made.first & 0xfffff);
    halves[1].add(made.second & 0xfffff);
  }
  expect(seen.size).toBe(1_000_000);
  // As many different values of 20 bits as a million draws make: 1 - 1/e of them, and each half alike.
  for (const half of halves) expect(half.size / 2 ** 20).toBeCloseTo(1 - Math.exp(-1_000_000 / 2 ** 20), 2);
});
