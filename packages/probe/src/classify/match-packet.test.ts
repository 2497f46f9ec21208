import { FLAG_FRAGMENT, FLAG_INNER, FLAG_IPV6, FLAG_OUTER, FLAG_PORTS, FLAG_TRANSPORT } from "@trafmon/packet";
import type { MatchRule, Prefix } from "@trafmon/settings";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type PacketFields, packetRecord } from "../testing/packet-record-builder.ts";
import { compileMatcher } from "./match-packet.ts";

const place = { probe: "north", interfaces: ["eth0", "eth1"] };

const port = fc.constantFrom(0, 21, 53, 80, 1024, 65535);
const range = fc.tuple(port, port).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
// Few bits set in few places, so that prefixes and addresses meet.
const octet = fc.constantFrom(0, 1, 10, 128, 192, 255);
const v4 = fc.array(octet, { minLength: 4, maxLength: 4 }).map((bytes) => Uint8Array.from(bytes));
const v6 = fc.array(octet, { minLength: 16, maxLength: 16 }).map((bytes) => Uint8Array.from(bytes));
const prefix: fc.Arbitrary<Prefix> = fc.oneof(
  fc.record({ bytes: v4, bits: fc.nat(32) }),
  fc.record({ bytes: v6, bits: fc.nat(128) }),
);
const side = fc.constantFrom("source", "destination", "either") as fc.Arbitrary<"source" | "destination" | "either">;
const prefixes = fc.oneof(
  { weight: 3, arbitrary: fc.array(prefix, { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.array(prefix, { minLength: 7, maxLength: 30 }) },
);

const { rule } = fc.letrec<{ rule: MatchRule; leaf: MatchRule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 4 },
    tie("leaf"),
    fc.record({ kind: fc.constantFrom("and" as const, "or" as const), rules: fc.array(tie("rule"), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant("not" as const), rule: tie("rule") }),
  ),
  leaf: fc.oneof(
    fc.constant<MatchRule>({ kind: "any" }),
    fc.record({ kind: fc.constant("protocol" as const), protocols: fc.subarray([1, 6, 17, 58]) }),
    fc.record({ kind: fc.constant("address" as const), side, prefixes }),
    fc.record({ kind: fc.constant("port" as const), side, ranges: fc.array(range, { maxLength: 2 }) }),
    fc.record({ kind: fc.constant("tos" as const), ranges: fc.array(range, { maxLength: 2 }) }),
    fc.record({ kind: fc.constant("vlan" as const), ranges: fc.array(range, { maxLength: 2 }) }),
    fc.record({ kind: fc.constant("interface" as const), names: fc.subarray(["eth0", "eth1", "eth7"]) }),
    fc.record({ kind: fc.constant("probe" as const), names: fc.subarray(["north", "south"]) }),
  ),
}));

const packet: fc.Arbitrary<PacketFields> = fc
  .record({
    addresses: fc.oneof(fc.tuple(v4, v4), fc.tuple(v6, v6)),
    protocol: fc.constantFrom(1, 6, 17, 58, 47),
    sourcePort: port,
    destinationPort: port,
    tos: fc.constantFrom(0, 21, 80, 255),
    vlan: fc.constantFrom(0, 53, 1024),
    interface: fc.nat(1),
    ports: fc.constantFrom("header", "learned", "fragment", "none"),
  })
  .map(({ addresses, ports, ...fields }) => ({
    ...fields,
    source: addresses[0],
    destination: addresses[1],
    flags:
      (addresses[0].length === 16 ? FLAG_IPV6 : 0) |
      (ports === "header" ? FLAG_TRANSPORT : 0) |
      (ports === "learned" ? FLAG_PORTS | FLAG_FRAGMENT : 0) |
      (ports === "fragment" ? FLAG_FRAGMENT : 0),
  }));

type Verdict = "yes" | "no" | "maybe";

/** The rule read straight from its meaning, in three values. */
function judge(rule: MatchRule, of: PacketFields): Verdict {
  const flags = of.flags ?? 0;
  const ends = { source: [of.source], destination: [of.destination], either: [of.source, of.destination] };
  const ports = {
    source: [of.sourcePort!],
    destination: [of.destinationPort!],
    either: [of.sourcePort!, of.destinationPort!],
  };
  const within = (value: number, ranges: readonly { from: number; to: number }[]) =>
    ranges.some(({ from, to }) => from <= value && value <= to);
  switch (rule.kind) {
    case "any":
      return "yes";
    case "not": {
      const inner = judge(rule.rule, of);
      return inner === "maybe" ? "maybe" : inner === "yes" ? "no" : "yes";
    }
    case "and": {
      const verdicts = rule.rules.map((each) => judge(each, of));
      return verdicts.includes("no") ? "no" : verdicts.includes("maybe") ? "maybe" : "yes";
    }
    case "or": {
      const verdicts = rule.rules.map((each) => judge(each, of));
      return verdicts.includes("yes") ? "yes" : verdicts.includes("maybe") ? "maybe" : "no";
    }
    case "protocol":
      return rule.protocols.includes(of.protocol!) ? "yes" : "no";
    case "address":
      return ends[rule.side].some((address) => rule.prefixes.some((prefix) => begins(address!, prefix))) ? "yes" : "no";
    case "port": {
      if (of.protocol !== 6 && of.protocol !== 17) return "no";
      if ((flags & (FLAG_TRANSPORT | FLAG_PORTS)) === 0) return flags & FLAG_FRAGMENT ? "maybe" : "no";
      return ports[rule.side].some((number) => within(number, rule.ranges)) ? "yes" : "no";
    }
    case "tos":
      return within(of.tos!, rule.ranges) ? "yes" : "no";
    case "vlan":
      return within(of.vlan!, rule.ranges) ? "yes" : "no";
    case "interface":
      return rule.names.includes(place.interfaces[of.interface!]!) ? "yes" : "no";
    case "probe":
      return rule.names.includes(place.probe) ? "yes" : "no";
  }
}

function begins(address: Uint8Array, prefix: Prefix): boolean {
  if (address.length !== prefix.bytes.length) return false;
  for (let bit = 0; bit < prefix.bits; bit++) {
    const mask = 0x80 >> (bit & 7);
    if ((address[bit >> 3]! & mask) !== (prefix.bytes[bit >> 3]! & mask)) return false;
  }
  return true;
}

test("compiled rules take what the rules say, and of fragments all they may take", () => {
  fc.assert(
    fc.property(
      fc.array(rule, { minLength: 1, maxLength: 5 }),
      fc.array(packet, { maxLength: 8 }),
      (rules, packets) => {
        const classes = rules.map((match) => ({ header: "outer" as const, match }));
        const may = compileMatcher(classes, place, "maybe");
        const decided = compileMatcher(classes, place, "decided");
        for (const fields of packets) {
          const words = packetRecord(fields);
          rules.forEach((each, bit) => {
            const verdict = judge(each, fields);
            // A rule may be certain though its parts are not (a or not a); the compiler may then still say maybe.
            if (verdict !== "maybe") expect((may(words, 0) >>> bit) & 1).toBe(verdict === "yes" ? 1 : 0);
            else expect((may(words, 0) >>> bit) & 1).toBe(1);
            const settled = judge(each, { ...fields, flags: (fields.flags ?? 0) & ~FLAG_FRAGMENT });
            if (verdict === "maybe") expect((decided(words, 0) >>> bit) & 1).toBe(settled === "yes" ? 1 : 0);
          });
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("a class watches the outer or the inner header", () => {
  const classes = (["outer", "inner"] as const).map((header) => ({ header, match: { kind: "any" } as const }));
  const match = compileMatcher(classes, place, "maybe");
  const maskOf = (flags: number) => match(packetRecord({ flags }), 0);
  expect(maskOf(0)).toBe(0b11);
  expect(maskOf(FLAG_OUTER)).toBe(0b01);
  expect(maskOf(FLAG_INNER)).toBe(0b10);
});
