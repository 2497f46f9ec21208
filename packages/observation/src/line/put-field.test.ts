import { addressText } from "@trafmon/address";
import fc from "fast-check";
import { expect, test } from "vitest";
import { putAddressText, putHistogramText, putInstantText, putNumber, putSignedNumber } from "./put-field.ts";

const into = Buffer.alloc(1000);
const text = (put: (at: number) => number) => into.toString("latin1", 3, put(3));

const tens = Array.from({ length: 16 }, (_, i) => 10 ** i);
const edges = tens.flatMap((ten) => [ten - 1, ten, ten + 1]).concat(2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER, 2 ** 53);
const number = fc.oneof(fc.constantFrom(...edges), fc.maxSafeNat(), fc.nat(100_000));

test("numbers stand as JavaScript writes them", () => {
  fc.assert(
    fc.property(number, (value) => {
      expect(text((at) => putNumber(into, at, value))).toBe(String(value));
      expect(text((at) => putSignedNumber(into, at, -value))).toBe(String(-value));
    }),
    { numRuns: 2000, examples: edges.map((edge) => [edge]) },
  );
});

test("instants are nanoseconds since the epoch, as big integers have them", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31 - 1), fc.nat(999_999_999), (s, nanos) => {
      const expected = BigInt(s) * 1_000_000_000n + BigInt(nanos);
      expect(text((at) => putInstantText(into, at, s, nanos))).toBe(String(expected));
    }),
    {
      examples: [
        [0, 0],
        [0, 5],
        [1, 0],
        [2 ** 32 - 1, 999_999_999],
      ],
    },
  );
});

test("addresses and histograms stand as in lines that are put together from strings", () => {
  const address = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  );
  const pairs = fc.array(fc.tuple(fc.nat(2000), number), { maxLength: 20 });
  fc.assert(
    fc.property(address, pairs, (bytes, buckets) => {
      expect(text((at) => putAddressText(into, at, bytes))).toBe(addressText(bytes));
      const joined = buckets.map((pair) => pair.join(":")).join(",");
      expect(text((at) => putHistogramText(into, at, buckets.flat()))).toBe(joined);
    }),
  );
});
