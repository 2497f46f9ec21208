import { FLAG_INNER, FLAG_IPV6, TUNNEL } from "@trafmon/packet";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type PacketFields, packetRecord } from "../testing/packet-record-builder.ts";
import { StreamBeginnings } from "./stream-beginnings.ts";

const SYN = 2;

/** Asks of each segment in turn whether it is within 1000 bytes. */
function within(...segments: readonly PacketFields[]): boolean[] {
  const beginnings = new StreamBeginnings();
  return segments.map((fields) =>
    beginnings.isWithin(packetRecord({ sourcePort: 1, destinationPort: 2, ...fields }), 0, 1000),
  );
}

test("a direction begins with its SYN, wherever its numbers stand", () => {
  for (const sequence of [0, 5000, 0x7fffff00, -100]) {
    const at = (bytes: number) => ({ sequence: (sequence + bytes) | 0 });
    const segments = [{ ...at(0), tcpFlags: SYN }, at(1), at(999), at(1000), at(2_000_000), at(500), at(-3)];
    expect(within(...segments), String(sequence)).toEqual([true, true, true, false, false, true, true]);
  }
});

test("a connection that takes the same ports begins anew with its SYN", () => {
  const segments = [{ sequence: 1 }, { sequence: 5000 }, { sequence: 4000, tcpFlags: SYN }, { sequence: 4900 }];
  expect(within(...segments, { sequence: 5000 })).toEqual([true, false, true, true, false]);
});

test("without its SYN a direction begins with the first segment seen", () => {
  expect(within({ sequence: 9000 }, { sequence: 9999 }, { sequence: 10_000 })).toEqual([true, true, false]);
});

test("directions, IP versions and tunnels have beginnings of their own", () => {
  const v6 = { source: new Uint8Array(16).fill(1), destination: new Uint8Array(16).fill(2), flags: FLAG_IPV6 };
  const others = [{ sourcePort: 2, destinationPort: 1 }, v6, { source: Uint8Array.of(9, 9, 9, 9) }];
  for (const other of others) {
    expect(within({ sequence: 0 }, { sequence: 5000 }, { ...other, sequence: 5000 })).toEqual([true, false, true]);
  }
  const beginnings = new StreamBeginnings();
  const inTunnel = (number: number, sequence: number) => {
    const words = packetRecord({ sourcePort: 1, destinationPort: 2, flags: FLAG_INNER, sequence });
    words[TUNNEL] = number;
    return beginnings.isWithin(words, 0, 1000);
  };
  expect([inTunnel(1, 0), inTunnel(1, 5000), inTunnel(2, 5000), inTunnel(2, 5500)]).toEqual([true, false, true, true]);
});

test("among many, none is ever held to be farther from its beginning than it is", () => {
  const segment = fc.record({ host: fc.nat(40_000), bytes: fc.nat(3000), isSyn: fc.boolean() });
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 200 }), (segments) => {
      const beginnings = new StreamBeginnings();
      for (const { host, bytes, isSyn } of segments) {
        const fields = { source: Uint8Array.of(10, 0, host >> 8, host & 255), tcpFlags: isSyn ? SYN : 0 };
        const sequence = Math.imul(host, 0x9e3779b1) + (isSyn ? 0 : bytes);
        const isWithin = beginnings.isWithin(packetRecord({ ...fields, sequence }), 0, 1000);
        if (isSyn || bytes < 1000) expect(isWithin).toBe(true);
      }
    }),
  );
});
