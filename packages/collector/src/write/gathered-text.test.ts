import fc from "fast-check";
import { expect, test } from "vitest";
import { GatheredText } from "./gathered-text.ts";

test("the bytes are those of all texts and bytes, in order, however they were put together", () => {
  const texts = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 90_000 }),
      fc.string({ unit: "grapheme" }),
      fc.nat(90_000).map((n) => "x\u{1f600}".repeat(n >> 3)),
    ),
  );
  fc.assert(
    fc.property(texts, texts, (first, second) => {
      const gathered = new GatheredText();
      const later = new GatheredText();
      for (const text of first) gathered.append(text);
      for (const text of second) later.append(text);
      gathered.appendAll(later);
      gathered.append("end");
      const expected = Buffer.concat([...first, ...second, "end"].map((each) => Buffer.from(each as string)));
      expect(Buffer.concat(gathered.blocks()).equals(expected)).toBe(true);
      expect(gathered.isEmpty).toBe(false);
    }),
    { numRuns: 40 },
  );
});

test("nothing is empty", () => {
  expect(new GatheredText().isEmpty).toBe(true);
  expect(new GatheredText().blocks()).toEqual([]);
});
