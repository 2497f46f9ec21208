import fc from "fast-check";
import { expect, test } from "vitest";
import { SlotIndex } from "./slot-index.ts";

function find(index: SlotIndex, hash: number, slot: number): boolean {
  for (let p = index.home(hash); index.pairs[p] !== 0; p = index.next(p)) {
    if (index.pairs[p + 1] === hash && index.pairs[p] === slot + 1) return true;
  }
  return false;
}

test("what was added and not removed is found, whatever the collisions", () => {
  const step = fc.record({ add: fc.boolean(), slot: fc.nat(60) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.integer({ min: 1, max: 7 }), (steps, hashes) => {
      const index = new SlotIndex(61);
      const model = new Set<number>();
      // Few different hashes, negative ones too, make long runs that wrap.
      const hashOf = (slot: number) => (slot % hashes) * 0x7ffffffd;
      for (const { add, slot } of steps) {
        if (add === model.has(slot)) continue;
        if (add) index.add(hashOf(slot) | 0, slot);
        else index.remove(hashOf(slot) | 0, slot);
        if (add) model.add(slot);
        else model.delete(slot);
      }
      expect(index.size).toBe(model.size);
      for (let slot = 0; slot <= 60; slot++) expect(find(index, hashOf(slot) | 0, slot)).toBe(model.has(slot));
    }),
  );
});
