import { expect, test } from "vitest";
import { RecordPool } from "./record-pool.ts";

test("a pool keeps what it holds as it fills, and stops at its limit", () => {
  const pool = new RecordPool(4, 1000);
  for (let n = 1; n <= 1000; n++) {
    const slot = pool.take();
    expect(slot).toBe(n);
    pool.words[slot * 4 + 1] = n;
  }
  expect(pool.take()).toBe(0);
  for (let n = 1; n <= 1000; n++) expect(pool.words[n * 4 + 1]).toBe(n);
});

test("a record given back comes again, empty", () => {
  const pool = new RecordPool(4, 3);
  const [first, second] = [pool.take(), pool.take()];
  pool.words[first * 4 + 2] = 7;
  pool.numbers[first * 2 + 1] = 9;
  pool.give(first);
  pool.give(second);
  expect(pool.taken).toBe(0);
  expect(pool.take()).toBe(second);
  expect(pool.take()).toBe(first);
  expect([...pool.words.subarray(first * 4, first * 4 + 4)]).toEqual([0, 0, 0, 0]);
});

test("what is reserved and not written to is not counted as memory", () => {
  const pool = new RecordPool(16, 1_000_000);
  expect(pool.bytes).toBe(64);
  pool.take();
  expect(pool.bytes).toBe(128);
});

test("a table beyond all address space is refused in words", () => {
  expect(() => new RecordPool(1024, 2 ** 44)).toThrow("cannot reserve");
});
