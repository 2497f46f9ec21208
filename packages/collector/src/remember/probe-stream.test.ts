import fc from "fast-check";
import { expect, test } from "vitest";
import { ProbeStream } from "./probe-stream.ts";

test("described ids are known, others are not, in whatever order they come", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 })), (ids) => {
      const stream = new ProbeStream("p", "00000000000000aa");
      for (const id of ids) stream.describe(id);
      const restored = ProbeStream.restored(stream.snapshot(0));
      for (let id = 0; id <= 61; id++) {
        expect(stream.isDescribed(id)).toBe(ids.includes(id));
        expect(restored.isDescribed(id)).toBe(ids.includes(id));
      }
    }),
  );
});

test("ids that rise by one take two numbers, however many they are", () => {
  const stream = new ProbeStream("p", "00000000000000aa");
  for (let id = 1; id <= 100_000; id++) stream.describe(id);
  expect(stream.snapshot(0).flows).toEqual([1, 100_000]);
});
