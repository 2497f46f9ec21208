import { execFileSync } from "node:child_process";
import { LENGTH } from "@trafmon/packet";
import fc from "fast-check";
import { expect, test } from "vitest";
import { makeRing, RingReader, RingWriter } from "./frame-ring.ts";

/** Words of the smallest ring. */
const CAPACITY = 64 * 1024;

/** Records of these lengths, each holding its number behind the length, in one batch. */
function batchOf(lengths: readonly number[], firstNumber: number): Int32Array {
  const batch = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  lengths.forEach((length, index) => {
    batch[at + LENGTH] = length;
    batch.fill(firstNumber + index, at + 1, at + length);
    at += length;
  });
  return batch;
}

/** Takes what is there, checks that records are whole, and returns their numbers. */
function takeNumbers(reader: RingReader, limitWords: number): number[] | null {
  if (!reader.take(limitWords)) return null;
  const numbers: number[] = [];
  for (let at = reader.from; at < reader.until; ) {
    const length = reader.words[at + LENGTH]!;
    const number = reader.words[at + 1]!;
    expect(length).toBeGreaterThan(1);
    expect(reader.words.subarray(at + 1, at + length).every((word) => word === number)).toBe(true);
    numbers.push(number);
    at += length;
  }
  return numbers;
}

type Step =
  | { readonly write: readonly number[]; readonly spare: number }
  | { readonly take: number; readonly release: boolean };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    write: fc.array(fc.oneof(fc.integer({ min: 40, max: 60 }), fc.integer({ min: 2, max: CAPACITY / 2 })), {
      maxLength: 20,
    }),
    spare: fc.constantFrom(0, 0, 1000),
  }),
  fc.record({ take: fc.constantFrom(1, 100, 30_000, Number.POSITIVE_INFINITY), release: fc.boolean() }),
);

test("whatever is written comes out, whole, once and in order", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      const memory = makeRing(0);
      const writer = new RingWriter(memory);
      const reader = new RingReader(memory);
      const queue: number[] = [];
      let number = 1;
      let held = 0;
      for (const step of steps) {
        if ("write" in step) {
          const batch = batchOf(step.write, number);
          const reached = writer.write(batch, 0, batch.length, step.spare);
          // Records count as written up to where the writer came.
          let at = 0;
          for (const length of step.write) {
            if (at >= reached) break;
            queue.push(number++);
            at += length;
          }
          expect(at).toBe(reached);
          number += step.write.length;
        } else {
          const numbers = takeNumbers(reader, step.take);
          if (numbers === null) expect(queue).toEqual([]);
          else expect(queue.splice(0, numbers.length)).toEqual(numbers);
          held = step.release ? 0 : held + 1;
          if (step.release) reader.release();
        }
      }
      for (;;) {
        reader.release();
        const numbers = takeNumbers(reader, Number.POSITIVE_INFINITY);
        if (numbers === null) break;
        expect(queue.splice(0, numbers.length)).toEqual(numbers);
      }
      expect(queue).toEqual([]);
      // An empty ring takes a record of the longest kind, wherever it stands.
      const longest = batchOf([CAPACITY / 2], number);
      expect(writer.write(longest, 0, longest.length)).toBe(longest.length);
    }),
    { numRuns: 300 },
  );
});

test("a full ring refuses, and takes again what was made room for", () => {
  const memory = makeRing(0);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory);
  const batch = batchOf(new Array(2000).fill(40), 1);
  const reached = writer.write(batch, 0, batch.length);
  expect(reached).toBe(Math.floor(CAPACITY / 40) * 40);
  expect(writer.write(batch, reached, batch.length)).toBe(reached);
  expect(takeNumbers(reader, 100)).toEqual([1, 2, 3]);
  expect(writer.write(batch, reached, batch.length)).toBe(reached);
  reader.release();
  expect(writer.write(batch, reached, batch.length)).toBe(reached + 120);
});

test("room that is to stay free stays free", () => {
  const writer = new RingWriter(makeRing(0));
  const batch = batchOf(new Array(2000).fill(40), 1);
  const reached = writer.write(batch, 0, batch.length, 16_384);
  expect(reached).toBe(Math.floor((CAPACITY - 16_384) / 40) * 40);
  expect(writer.write(batch, reached, batch.length)).toBeGreaterThan(reached);
});

test("a record that might never fit is refused at once", () => {
  const writer = new RingWriter(makeRing(0));
  const batch = batchOf([CAPACITY / 2 + 1], 1);
  expect(() => writer.write(batch, 0, batch.length)).toThrow(RangeError);
});

test("a ring has the room asked for", () => {
  expect(makeRing(1_000_000).byteLength).toBe(1024 * 1024 + 32);
});

test("waiting ends when something is written, and after its time", async () => {
  const memory = makeRing(0);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory);
  await reader.wait(5);
  expect(reader.take()).toBe(false);
  const waiting = reader.wait(60_000);
  const batch = batchOf([40], 7);
  writer.write(batch, 0, 40);
  await waiting;
  expect(takeNumbers(reader, 1)).toEqual([7]);
});

test("a program that waits for nothing else does not end meanwhile", () => {
  const ring = new URL("./frame-ring.ts", import.meta.url).href;
  const program = `
    const { makeRing, RingReader } = await import(${JSON.stringify(ring)});
    const reader = new RingReader(makeRing(0));
    for (let i = 0; i < 50; i++) await reader.wait(2);
    console.log("waited");`;
  const flags = ["--import", "tsx", "--conditions=source", "--input-type=module", "-e", program];
  expect(execFileSync(process.execPath, flags, { encoding: "utf8" })).toBe("waited\n");
});
