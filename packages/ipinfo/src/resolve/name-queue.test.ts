import fc from "fast-check";
import { expect, test } from "vitest";
import type { AddressRow } from "../find/address-row.ts";
import { NameQueue } from "./name-queue.ts";

const rowOf = (triedS: number | null, nth: number) =>
  ({
    discoveredAt: String(nth),
    hostNameTriedAt: triedS === null ? null : new Date(triedS * 1000).toISOString(),
  }) as AddressRow;

test("those asked for longest ago come first, the order given decides between equals, and every other one is counted", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(5))), fc.integer({ min: 1, max: 8 }), (tried, most) => {
      const rows = tried.map(rowOf);
      const queue = new NameQueue(most);
      for (const row of rows) queue.add(row);
      const taken = queue.take();
      const sorted = [...rows].sort(
        (a, b) => Date.parse(a.hostNameTriedAt ?? "1960") - Date.parse(b.hostNameTriedAt ?? "1960"),
      );
      expect(taken).toEqual(sorted.slice(0, most));
      expect(taken.length + queue.left).toBe(rows.length);
    }),
  );
});
