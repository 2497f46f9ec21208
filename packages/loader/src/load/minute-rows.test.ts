import { expect, test } from "vitest";
import { MinuteRows } from "./minute-rows.ts";

const WEEK_MS = 7 * 86_400_000;

test("flows of a week are made into rows piece by piece, which add up", () => {
  const days = new Set<number>();
  const rows = new MinuteRows(days);
  const flows = 20;
  for (let flow = 0; flow < flows; flow++) rows.add(`1\t${flow}\t`, 30_000, 30_000 + WEEK_MS, 20_160n, 2_000_003n);
  rows.add("1\t99\t", 0, 1000, 0n, 0n);
  const sums = { rows: 0, packets: 0, bytes: 0, longest: 0 };
  for (const chunk of rows.chunks()) {
    sums.longest = Math.max(sums.longest, chunk.length);
    const lines = chunk.toString().split("\n");
    expect(lines.pop()).toBe("");
    for (const line of lines) {
      const fields = line.split("\t");
      sums.rows++;
      sums.packets += Number(fields[3]);
      sums.bytes += Number(fields[4]);
    }
  }
  expect(sums).toMatchObject({ rows: flows * 10_081, packets: flows * 20_160, bytes: flows * 2_000_003 });
  expect(rows.count).toBe(sums.rows);
  expect(sums.longest).toBeLessThan(300_000);
  expect([...days]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
