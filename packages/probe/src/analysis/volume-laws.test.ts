import { FLAG_FRAGMENT, FLAG_IPV6, FLAG_MORE, FLAG_PORTS, FLAG_TRANSPORT } from "@trafmon/packet";
import fc from "fast-check";
import { expect, test } from "vitest";
import { analysed } from "../testing/analysed.ts";
import { ALL_MEASUREMENTS, FIVE_TUPLE, flowClass, HOST_PAIR } from "../testing/analysis-settings.ts";
import type { PacketFields } from "../testing/packet-record-builder.ts";

const host = fc.integer({ min: 1, max: 4 });
const port = fc.constantFrom(20, 53, 80, 40000, 40001);

const packet: fc.Arbitrary<PacketFields> = fc
  .record({
    isV6: fc.boolean(),
    source: host,
    destination: host,
    protocol: fc.constantFrom(1, 6, 17, 47),
    sourcePort: port,
    destinationPort: port,
    s: fc.oneof({ weight: 5, arbitrary: fc.nat(2000) }, fc.constantFrom(4_000_000_000, 2_147_483_648)),
    nanos: fc.nat(999_999_999),
    ipBytes: fc.integer({ min: 20, max: 70_000 }),
    interface: fc.nat(1),
    tos: fc.constantFrom(0, 8),
    vlan: fc.constantFrom(0, 7),
    identification: fc.nat(3),
    fragment: fc.constantFrom("none", "none", "none", "first", "later"),
    tcpFlags: fc.constantFrom(0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x14),
    sequence: fc.oneof(fc.nat(20), fc.integer()),
    acknowledgement: fc.oneof(fc.nat(20), fc.integer()),
    payloadBytes: fc.nat(12),
    hasHeader: fc.boolean(),
  })
  .map(({ isV6, source, destination, fragment, hasHeader, s, ...rest }) => ({
    ...rest,
    s: s < 10_000 ? 1_700_000_000 + s : s,
    source: address(isV6, source),
    destination: address(isV6, destination),
    fragmentOffset: fragment === "later" ? 1480 : 0,
    flags:
      (isV6 ? FLAG_IPV6 : 0) |
      (fragment === "none" ? 0 : FLAG_FRAGMENT) |
      (fragment === "first" ? FLAG_MORE : 0) |
      (fragment !== "later" && hasHeader && rest.protocol !== 47 ? FLAG_TRANSPORT | FLAG_PORTS : 0),
  }));

function address(isV6: boolean, host: number): Uint8Array {
  const bytes = new Uint8Array(isV6 ? 16 : 4);
  bytes[0] = isV6 ? 0x20 : 10;
  bytes[bytes.length - 1] = host;
  return bytes;
}

const partition = fc.record({
  addresses: fc.constantFrom(null, { v4Bits: 32, v6Bits: 128 }, { v4Bits: 30, v6Bits: 126 }),
  protocol: fc.boolean(),
  ports: fc.boolean(),
  service: fc.boolean(),
  tos: fc.boolean(),
  vlan: fc.boolean(),
  interface: fc.boolean(),
  twoWay: fc.boolean(),
});

test("every packet and byte of the account class is counted once, whatever the partition, order and limits", () => {
  fc.assert(
    fc.property(
      fc.array(packet, { maxLength: 60 }),
      partition,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      (packets, rule, maxFlows, maxFragments) => {
        const classes = [
          flowClass({ partition: rule, measure: ALL_MEASUREMENTS, idleS: 30 }),
          flowClass({
            name: "tcp",
            account: false,
            match: { kind: "port", side: "either", ranges: [{ from: 80, to: 80 }] },
          }),
        ];
        const kept = analysed(packets, classes, { maxFlows, maxFragments });
        const account = new Set(
          kept
            .of("flow")
            .filter((each) => each.account)
            .map((each) => each.flow_id),
        );
        const counted = kept.of("ipct").filter((each) => account.has(each.flow_id));
        expect(sum(counted, (each) => each.fwd_packets + each.rev_packets)).toBe(packets.length);
        expect(sum(counted, (each) => each.fwd_bytes + each.rev_bytes)).toBe(sum(packets, (each) => each.ipBytes!));
        expect(kept.sum("ipsz", "fwd_packets") + kept.sum("ipsz", "rev_packets")).toBe(packets.length);
        for (const each of counted) {
          expect(each.first_s).toBeGreaterThanOrEqual(each.interval_start_s);
          expect(each.last_s).toBeLessThan(each.interval_start_s + 60);
          expect(each.interval_start_s % 60).toBe(0);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("a flow is announced before anything is said of it, ends once, and its id is not used again", () => {
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (packets, maxFlows) => {
      const kept = analysed(packets, [flowClass({ measure: ALL_MEASUREMENTS, idleS: 20 })], { maxFlows });
      const live = new Set<unknown>();
      const used = new Set<unknown>();
      for (const { type, record } of kept.all) {
        const { flow_id } = record;
        if (type === "flow") {
          expect(used.has(flow_id)).toBe(false);
          used.add(flow_id);
          live.add(flow_id);
        } else if (flow_id !== undefined) {
          expect(live.has(flow_id)).toBe(true);
          if (type === "flowend") live.delete(flow_id);
        }
      }
      expect(live.size).toBe(0);
    }),
  );
});

test("connection records add up to the segments, and what was opened to how it ended", () => {
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 80 }), fc.integer({ min: 1, max: 5 }), (packets, maxConnections) => {
      const kept = analysed(packets, [flowClass({ measure: ALL_MEASUREMENTS })], { maxConnections });
      const segments = packets.filter(({ protocol, flags }) => protocol === 6 && flags! & FLAG_TRANSPORT);
      const both = (column: "packets" | "bytes" | "payload_bytes" | "unique_payload_bytes") =>
        kept.sum("tcpcx", `fwd_${column}`) + kept.sum("tcpcx", `rev_${column}`);
      const evictions = kept.of("event").filter(({ code }) => code === "connections_evicted");
      if (evictions.some(({ parameters }) => JSON.parse(parameters).attempts > 0)) {
        // Openings never completed that make room for others leave no record (decision 8).
        expect(both("packets")).toBeLessThan(segments.length);
        return;
      }
      expect(both("packets")).toBe(segments.length);
      expect(both("bytes")).toBe(sum(segments, (each) => each.ipBytes!));
      expect(both("payload_bytes")).toBe(sum(segments, (each) => each.payloadBytes!));
      expect(both("unique_payload_bytes")).toBeLessThanOrEqual(both("payload_bytes"));
      expect(both("unique_payload_bytes")).toBe(
        kept.sum("tcpct", "fwd_unique_payload_bytes") + kept.sum("tcpct", "rev_unique_payload_bytes"),
      );
      const ended = (outcome: string) =>
        kept.of("tcpcx").filter((each) => !each.tail && each.outcome === outcome).length;
      expect(kept.sum("tcpct", "connections_opened")).toBe(kept.of("tcpcx").filter(({ tail }) => !tail).length);
      for (const outcome of ["closed", "reset", "refused", "timed_out"] as const) {
        expect(kept.sum("tcpct", `connections_${outcome}`)).toBe(ended(outcome));
      }
    }),
    { numRuns: 300 },
  );
});

test("the same packets give the same records", () => {
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (packets, maxFlows) => {
      const classes = [
        flowClass({ measure: ALL_MEASUREMENTS, idleS: 20 }),
        flowClass({ name: "pairs", partition: HOST_PAIR }),
      ];
      expect(analysed(packets, classes, { maxFlows }).all).toEqual(analysed(packets, classes, { maxFlows }).all);
    }),
    { numRuns: 50 },
  );
});

test("a packet counts in the interval of its own timestamp, however late it comes", () => {
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 60 }), (packets) => {
      const kept = analysed(packets, [flowClass({ partition: { ...FIVE_TUPLE, twoWay: false } })]);
      const expected = new Map<number, number>();
      for (const { s } of packets) expected.set(s! - (s! % 60), (expected.get(s! - (s! % 60)) ?? 0) + 1);
      const counted = new Map<number, number>();
      for (const each of kept.of("ipct")) {
        counted.set(each.interval_start_s, (counted.get(each.interval_start_s) ?? 0) + each.fwd_packets);
      }
      expect(counted).toEqual(expected);
    }),
  );
});

function sum<T>(of: readonly T[], value: (each: T) => number): number {
  return of.reduce((total, each) => total + value(each), 0);
}
