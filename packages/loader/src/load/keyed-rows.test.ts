import fc from "fast-check";
import { expect, test } from "vitest";
import { KeyedRows } from "./keyed-rows.ts";

const textOf = (rows: KeyedRows) => Buffer.concat([...rows.chunks()]).toString("latin1");

test("rows leave in the order of their keys, those of one key as they came", () => {
  const row = fc.record({ key: fc.integer({ min: 0, max: 20 }), text: fc.string({ unit: "grapheme-ascii" }) });
  const rows = new KeyedRows();
  fc.assert(
    fc.property(fc.array(row, { maxLength: 200 }), (all) => {
      rows.clear();
      for (const { key, text } of all) rows.add(text, key);
      const expected = all.toSorted((a, b) => a.key - b.key).map(({ text }) => `${text}\n`);
      expect(textOf(rows)).toBe(expected.join(""));
      expect(rows.count).toBe(all.length);
    }),
  );
});

test("a key too large to be sorted by loses no row", () => {
  const rows = new KeyedRows();
  rows.add("b", 2 ** 40);
  rows.add("a", 1);
  expect(textOf(rows)).toBe("b\na\n");
});

test("more rows than one chunk holds leave whole", () => {
  const rows = new KeyedRows();
  for (let nth = 60_000; nth > 0; nth--) rows.add(`row ${nth}`, nth);
  expect(textOf(rows)).toBe(Array.from({ length: 60_000 }, (_, nth) => `row ${nth + 1}\n`).join(""));
});

test("numbers of any size stand as they are", () => {
  const rows = new KeyedRows();
  fc.assert(
    fc.property(fc.array(fc.maxSafeNat(), { minLength: 1, maxLength: 20 }), (numbers) => {
      rows.clear();
      rows.begin(1000);
      for (const number of numbers) rows.addNumber(number);
      rows.end(0);
      expect(textOf(rows)).toBe(`${numbers.join("\t")}\n`);
    }),
  );
});

test("instants are cut at the microsecond, UTC, over all days that a log can name", () => {
  const rows = new KeyedRows();
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 4_294_967_295_999_999_999n }), fc.boolean(), (ns, hasFraction) => {
      rows.clear();
      rows.begin(1000);
      const field = Buffer.from(String(ns));
      rows.addInstant(field, 0, field.length, hasFraction);
      rows.end(0);
      const date = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19).replace("T", " ");
      const fraction = String(ns % 1_000_000_000n)
        .padStart(9, "0")
        .slice(0, 6);
      expect(textOf(rows)).toBe(hasFraction ? `${date}.${fraction}\n` : `${date}\n`);
    }),
  );
});
