import { FLAG_PORTS, FLAG_TRANSPORT } from "@trafmon/packet";
import fc from "fast-check";
import { expect, test } from "vitest";
import { packetRecord } from "../testing/packet-record-builder.ts";
import { ALL_PORTS, CompiledPayloadPlan, type PayloadPlan } from "./payload-plan.ts";

// Few ports, so that ranges meet, nest and touch.
const port = fc.oneof(fc.nat(6), fc.constantFrom(21, 65_534, 65_535));
const range = fc.tuple(port, port).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const wish = fc.record({
  protocol: fc.constantFrom("tcp" as const, "udp" as const, "icmp" as const, "other" as const),
  ports: fc.array(range, { maxLength: 3 }),
  bytes: fc.constantFrom(0, 1, 64, 65_535),
});
/** With a limit, which no first packet of a connection has come to. */
const limited = fc
  .tuple(wish, fc.boolean())
  .map(([each, isLimited]) => (isLimited && each.protocol === "tcp" ? { ...each, withinBytes: 1 } : each));
const NUMBERS = { tcp: [6], udp: [17], icmp: [1, 58], other: [47] };

/** By the words of the wishes, one after the other. */
function wanted(plan: PayloadPlan, protocol: number, one: number, other: number, classes: number): number {
  let most = 0;
  for (const [bit, wishes] of plan.entries()) {
    if ((classes & (1 << bit)) === 0) continue;
    for (const { protocol: name, ports, bytes } of wishes) {
      if (!NUMBERS[name].includes(protocol)) continue;
      const isAsked =
        name === "icmp" ||
        name === "other" ||
        ports.some(({ from, to }) => [one, other].some((each) => each >= from && each <= to));
      if (isAsked) most = Math.max(most, bytes);
    }
  }
  return most;
}

test("of each packet so much is copied as some class that takes it wants", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(limited, { maxLength: 3 }), { maxLength: 4 }),
      fc.constantFrom(1, 6, 17, 47, 58),
      port,
      port,
      fc.nat(15),
      (plan, protocol, sourcePort, destinationPort, classes) => {
        const flags = protocol === 47 ? 0 : FLAG_TRANSPORT | FLAG_PORTS;
        const words = packetRecord({ protocol, sourcePort, destinationPort, flags });
        const compiled = new CompiledPayloadPlan(plan);
        expect(compiled.bytesOf(words, 0, classes)).toBe(wanted(plan, protocol, sourcePort, destinationPort, classes));
        expect(compiled.classes).toBe(plan.reduce((mask, { length }, bit) => mask | (length > 0 ? 1 << bit : 0), 0));
      },
    ),
    { numRuns: 300 },
  );
});

test("of the 32nd class too", () => {
  const plan: PayloadPlan = [...Array(31).fill([]), [{ protocol: "tcp", ports: ALL_PORTS, bytes: 7 }]];
  const words = packetRecord({ sourcePort: 1, destinationPort: 2, flags: FLAG_TRANSPORT | FLAG_PORTS });
  expect(new CompiledPayloadPlan(plan).bytesOf(words, 0, -1)).toBe(7);
  expect(new CompiledPayloadPlan(plan).bytesOf(words, 0, 0x7fffffff)).toBe(0);
});

test("far behind the beginning of a connection, so much is copied as is wanted anywhere", () => {
  const of = (port: number) => [{ from: port, to: port }];
  const plan: PayloadPlan = [
    [{ protocol: "tcp", ports: of(443), bytes: 65_535, withinBytes: 1000 }],
    [
      { protocol: "tcp", ports: ALL_PORTS, bytes: 64 },
      { protocol: "tcp", ports: of(80), bytes: 65_535 },
    ],
  ];
  const compiled = new CompiledPayloadPlan(plan);
  const bytesOf = (port: number, sequence: number, classes: number) => {
    const flags = FLAG_TRANSPORT | FLAG_PORTS;
    return compiled.bytesOf(packetRecord({ sourcePort: 9, destinationPort: port, sequence, flags }), 0, classes);
  };
  expect([bytesOf(443, 0, 3), bytesOf(443, 999, 3), bytesOf(443, 1000, 3)]).toEqual([65_535, 65_535, 64]);
  expect([bytesOf(443, 5000, 1), bytesOf(443, 5000, 2), bytesOf(443, 0, 1)]).toEqual([0, 64, 65_535]);
  expect([bytesOf(80, 0, 3), bytesOf(80, 5000, 3), bytesOf(9, 5000, 1)]).toEqual([65_535, 65_535, 0]);
});

test("nothing is copied where the transport header is not whole", () => {
  const words = packetRecord({ sourcePort: 1, destinationPort: 2, flags: FLAG_PORTS });
  expect(new CompiledPayloadPlan([[{ protocol: "tcp", ports: ALL_PORTS, bytes: 7 }]]).bytesOf(words, 0, 1)).toBe(0);
});
