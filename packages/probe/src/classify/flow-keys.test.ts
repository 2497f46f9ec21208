import fc from "fast-check";
import { expect, test } from "vitest";
import { KEY_IS_V6, KEY_KIND, KEY_WORDS } from "./flow-key.ts";
import { FlowKeys } from "./flow-keys.ts";

/** Keys that differ in few words, so that every word has to be compared. */
const aKey = fc
  .record({
    isV6: fc.boolean(),
    different: fc.nat(KEY_WORDS - 1),
    by: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ isV6, different, by }) => {
    const key = new Int32Array(KEY_WORDS);
    key[different] = by;
    // Of IPv4 addresses the other words are 0.
    if (!isV6) key.fill(0, 1, 4).fill(0, 5, 8);
    key[KEY_KIND]! |= isV6 ? KEY_IS_V6 : 0;
    return key;
  });

test("a slot has the key that was put there last, and no other", () => {
  const step = fc.record({ slot: fc.integer({ min: 1, max: 6 }), key: aKey });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const keys = new FlowKeys(6);
      const model = new Map<number, Int32Array>();
      for (const { slot, key } of steps) {
        if (model.has(slot)) keys.forget(slot);
        keys.put(slot, key);
        model.set(slot, key.slice());
        for (const [each, kept] of model) expect(keys.has(each, key)).toBe(kept.every((word, i) => word === key[i]));
      }
    }),
  );
});
