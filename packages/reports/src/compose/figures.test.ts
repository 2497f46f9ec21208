import fc from "fast-check";
import { expect, test } from "vitest";
import {
  change,
  changeOf,
  count,
  duration,
  exactBytes,
  listing,
  percent,
  plural,
  rate,
  shareOf,
  volume,
} from "./figures.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

test("volumes have three digits and a decimal prefix", () => {
  const written = [0n, 1n, 999n, 1000n, 1234n, 999_499n, 999_500n, 12_345_678n, 5n * 10n ** 21n].map(volume).map(plain);
  expect(written).toEqual(["0 B", "1 B", "999 B", "1.00 kB", "1.23 kB", "999 kB", "1.00 MB", "12.3 MB", "5.00 ZB"]);
  expect(plain(volume(-1500n))).toBe("\u22121.50 kB");
  expect(plain(rate(12_500_000))).toBe("12.5 Mb/s");
  expect([0, 0.0001, 0.0049, 0.005].map(rate).map(plain)).toEqual(["0 b/s", "<0.01 b/s", "<0.01 b/s", "0.01 b/s"]);
  expect(plain(plural(1n, "packet"))).toBe("1 packet");
});

test("exact figures show every digit", () => {
  expect(plain(exactBytes(12_345_678_901_234_567_890n))).toBe("12,345,678,901,234,567,890 bytes");
  expect(plain(exactBytes(1n))).toBe("1 byte");
  expect(count(1000)).toBe("1,000");
});

test("what is there is never written as nothing, what is missing never as everything", () => {
  const parts = [0, 1e-8, 0.00001, 0.0002, 0.00094, 0.00096, 0.123, 0.9994, 0.9996, 0.99999, 1 - 1e-8, 1];
  expect(parts.map(percent).map(plain)).toEqual([
    "0 %",
    "<0.0001 %",
    "0.0010 %",
    "0.020 %",
    "0.094 %",
    "0.1 %",
    "12.3 %",
    "99.9 %",
    "99.960 %",
    "99.9990 %",
    ">99.9999 %",
    "100 %",
  ]);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (part) => {
      const number = Number(plain(percent(part)).replace(/[<>]| %/g, ""));
      expect(number > 0).toBe(part > 0);
      expect(number < 100).toBe(part < 1);
      // Never further off than half of the last digit shown, 0.05 at most.
      expect(Math.abs(number - part * 100)).toBeLessThanOrEqual(0.0500001);
    }),
  );
});

test("changes bear their sign, and become factors where percent stop making sense", () => {
  expect([0.1, -0.5, 0, 0.00001, 99].map(change).map(plain)).toEqual([
    "+10.0 %",
    "\u221250.0 %",
    "\u00b10 %",
    "\u00b10 %",
    "\u00d7 100",
  ]);
  expect(changeOf(5n, 0n)).toBeNull();
  expect(changeOf(11n, 10n)).toBeCloseTo(0.1);
});

test("shares of sums beyond doubles are right", () => {
  expect(shareOf(10n ** 24n, 4n * 10n ** 24n)).toBe(0.25);
  expect(shareOf(1n, 0n)).toBeNull();
});

test("durations take the unit that fits", () => {
  expect([12, 1500, 2.5e6, 1.2e9].map(duration).map(plain)).toEqual(["12 ns", "1.50 \u00b5s", "2.50 ms", "1.20 s"]);
  // Clocks that disagree make negative latencies.
  expect(plain(duration(-5000))).toBe("\u22125.00 \u00b5s");
});

test("words are listed with commas and an and", () => {
  expect(listing([])).toBe("");
  expect(listing(["a"])).toBe("a");
  expect(listing(["a", "b", "c"])).toBe("a, b and c");
});
