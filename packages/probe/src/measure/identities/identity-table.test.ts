import { addressBytes } from "@trafmon/packet";
import fc from "fast-check";
import { expect, test } from "vitest";
import { KeptObservations } from "../../testing/kept-observations.ts";
import { type Identity, IdentityTable } from "./identity-table.ts";

const WWW: Identity = { address: addressBytes("192.0.2.1"), kind: "name", value: "www.example.org", source: "dns" };
const LEASE: Identity = {
  address: addressBytes("192.0.2.2"),
  kind: "hardware",
  value: "02:00:00:00:00:01",
  source: "dhcp",
};

function told(kept: KeptObservations, value = WWW.value) {
  return kept
    .of("ident")
    .filter((record) => record.value === value)
    .map((record) => [record.valid_from_s, record.valid_to_s]);
}

test("what is new is told at once, what is known not again, and what holds longer when that has run out", () => {
  const kept = new KeptObservations();
  const table = new IdentityTable(kept, 100, 600);
  table.observe(WWW, 1000, 5, 300);
  table.observe(WWW, 1100, 0, 300);
  table.observe(WWW, 1200, 0, 300);
  expect(told(kept)).toEqual([[1000, 1300]]);
  table.sweep(1299);
  expect(told(kept)).toHaveLength(1);
  table.observe(WWW, 1450, 0, 300);
  table.sweep(1500);
  // Not so soon after the last time.
  expect(told(kept)).toHaveLength(1);
  table.sweep(1600);
  expect(told(kept)).toEqual([
    [1000, 1300],
    [1000, 1750],
  ]);
  table.sweep(1751);
  expect(table.size).toBe(0);
  table.observe(WWW, 2000, 0, 0);
  expect(told(kept).at(-1)).toEqual([2000, 2000]);
});

test("of a lease no more is told than up to the next refresh, and its end is told where another client has it", () => {
  const kept = new KeptObservations();
  const table = new IdentityTable(kept, 100, 600);
  table.observe(LEASE, 1000, 0, 86_400);
  table.sweep(1590);
  table.sweep(1601);
  expect(told(kept, LEASE.value)).toEqual([
    [1000, 1600],
    [1000, 2201],
  ]);
  table.end(LEASE, 2300, 0);
  expect(told(kept, LEASE.value).at(-1)).toEqual([1000, 2300]);
  table.finish(9999);
  expect(told(kept, LEASE.value)).toHaveLength(3);
});

test("at the end a lease has held until then, and a name as long as it was said to", () => {
  const kept = new KeptObservations();
  const table = new IdentityTable(kept, 100, 600);
  table.observe(LEASE, 1000, 0, 86_400);
  table.observe(WWW, 1000, 0, 60);
  table.observe(WWW, 1050, 0, 60);
  table.finish(1700);
  expect(told(kept, LEASE.value).at(-1)).toEqual([1000, 1700]);
  expect(told(kept).at(-1)).toEqual([1000, 1110]);
});

test("values that no host has are not told", () => {
  const kept = new KeptObservations();
  const table = new IdentityTable(kept, 100, 600);
  for (const value of ["", "x".repeat(256)]) table.observe({ ...WWW, value }, 1000, 0, 60);
  expect(kept.of("ident")).toEqual([]);
});

test("whatever comes in whatever order, with however little room: the ranges told are those observed", () => {
  const step = fc.record({
    host: fc.integer({ min: 0, max: 5 }),
    afterS: fc.integer({ min: -3, max: 40 }),
    lifeS: fc.integer({ min: 0, max: 50 }),
    sweeps: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (steps, limit) => {
      const kept = new KeptObservations();
      const table = new IdentityTable(kept, limit, 30);
      const observed = new Set<string>();
      let s = 1000;
      let clockS = s;
      for (const { host, afterS, lifeS, sweeps } of steps) {
        s += afterS;
        clockS = Math.max(clockS, s);
        table.observe({ ...WWW, value: `host-${host}` }, s, 0, lifeS);
        for (let second = s; second <= s + lifeS; second++) observed.add(`host-${host} ${second}`);
        if (sweeps) table.sweep(clockS);
        expect(table.size).toBeLessThanOrEqual(limit);
      }
      table.finish(clockS);
      const toldOf = new Set<string>();
      for (const { value, valid_from_s, valid_to_s } of kept.of("ident")) {
        for (let second = valid_from_s; second <= valid_to_s; second++) toldOf.add(`${value} ${second}`);
      }
      expect([...toldOf].sort()).toEqual([...observed].sort());
    }),
  );
});
