import {
  DESTINATION,
  FLAG_INNER,
  FLAG_IPV6,
  FLAG_PORTS,
  FLAGS,
  INTERFACE,
  LENGTH,
  PAYLOAD,
  PORTS,
  PROTOCOL_TOS_TTL,
  SOURCE,
  VLAN,
} from "@trafmon/packet";
import fc from "fast-check";
import { expect, test } from "vitest";
import { flowClass } from "../testing/analysis-settings.ts";
import { flowClasses } from "./flow-class.ts";
import { TUPLE_CONNECTION, TUPLE_INFO, TupleCache } from "./tuple-cache.ts";

const MAX_TUPLES = 1500;
const AHEAD = 8;

/** Few values, so that ends, ports and kinds meet again. */
const packet = fc.record({
  source: fc.nat(3),
  destination: fc.nat(3),
  rest: fc.nat(2),
  ports: fc.tuple(fc.nat(20), fc.nat(20)),
  protocol: fc.constantFrom(6, 17, 1),
  isV6: fc.boolean(),
  isInner: fc.boolean(),
  interfaceNumber: fc.nat(1),
  tos: fc.nat(1),
  vlan: fc.nat(1),
});
type Packet = typeof packet extends fc.Arbitrary<infer P> ? P : never;

function put(words: Int32Array, at: number, given: Packet): void {
  const { source, destination, rest, ports, protocol, isV6, isInner, interfaceNumber, tos, vlan } = given;
  words[at + LENGTH] = PAYLOAD;
  words[at + FLAGS] = FLAG_PORTS | (isV6 ? FLAG_IPV6 : 0) | (isInner ? FLAG_INNER : 0);
  words[at + INTERFACE] = interfaceNumber;
  words[at + PROTOCOL_TOS_TTL] = protocol | (tos << 8) | (64 << 16);
  words[at + VLAN] = vlan;
  words[at + SOURCE] = source << 30;
  words[at + DESTINATION] = destination << 30;
  words[at + SOURCE + 3] = isV6 ? rest : 0;
  words[at + DESTINATION + 3] = isV6 ? 2 - rest : 0;
  // ICMP has type and code there.
  words[at + PORTS] = protocol === 1 ? ports[0] : (ports[0] << 16) | ports[1];
}

/** What tells tuples apart, as text. */
function nameOf({ source, destination, rest, ports, protocol, isV6, isInner, interfaceNumber, tos }: Packet): string {
  const told = protocol === 1 ? [] : ports;
  return [source, destination, isV6 ? rest : "", ...told, protocol, isV6, isInner, interfaceNumber, tos].join(" ");
}

test("each tuple has one entry, which keeps what is put into it until the cache starts anew", () => {
  const classes = flowClasses([flowClass({ partition: { ...flowClass().partition, tos: true } })]);
  fc.assert(
    fc.property(fc.array(packet, { minLength: 1, maxLength: 4000, size: "max" }), (packets) => {
      const cache = new TupleCache(classes, MAX_TUPLES, AHEAD);
      const words = new Int32Array(AHEAD * PAYLOAD);
      const found = new Int32Array(AHEAD + 1);
      let known = new Map<string, number>();
      for (let first = 0; first < packets.length; first += AHEAD) {
        const group = packets.slice(first, first + AHEAD);
        group.forEach((each, place) => {
          put(words, place * PAYLOAD, each);
        });
        expect(cache.findAll(words, 0, group.length * PAYLOAD, found, 0)).toBe(group.length);
        group.forEach((each, place) => {
          const number = known.get(nameOf(each));
          expect(found[place]! < 0 ? undefined : cache.words[found[place]! + TUPLE_CONNECTION]).toBe(number);
        });
        group.forEach((each, place) => {
          const name = nameOf(each);
          if (known.size === MAX_TUPLES && !known.has(name)) known = new Map();
          const entry = cache.findOrAdd(words, place * PAYLOAD);
          expect(cache.isKnown(entry)).toBe(known.has(name));
          if (known.has(name)) {
            expect(cache.words[entry + TUPLE_CONNECTION]).toBe(known.get(name));
          } else {
            cache.setMembers(entry, 0, 0);
            cache.words[entry + TUPLE_CONNECTION] = first + place + 1;
            known.set(name, first + place + 1);
          }
        });
      }
    }),
    { numRuns: 20 },
  );
});

test("bits are added to and taken out of the entry of the opposite direction alone", () => {
  const cache = new TupleCache(flowClasses([flowClass()]), MAX_TUPLES);
  const words = new Int32Array(PAYLOAD);
  const there = { source: 1, destination: 2, rest: 0, ports: [7, 9] as [number, number], protocol: 6 as const };
  const kind = { isV6: false, isInner: false, interfaceNumber: 0, tos: 0, vlan: 0 };
  const back = { ...there, source: 2, destination: 1, ports: [9, 7] as [number, number] };
  const entries = [there, back].map((each) => {
    put(words, 0, { ...each, ...kind });
    const entry = cache.findOrAdd(words, 0);
    return entry;
  });
  const bits = () => entries.map((entry) => (cache.words[entry + TUPLE_INFO]! >>> 27) & 1);
  cache.setMembers(entries[0]!, 1, 1 << 27);
  cache.addOpposite(entries[0]!, 1 << 27);
  expect(cache.isKnown(entries[1]!)).toBe(false);
  cache.setMembers(entries[1]!, 1, 0);
  cache.addOpposite(entries[0]!, 1 << 27);
  expect(bits()).toEqual([1, 1]);
  cache.clearOpposite(entries[0]!, 1 << 27);
  expect(bits()).toEqual([1, 0]);
});
