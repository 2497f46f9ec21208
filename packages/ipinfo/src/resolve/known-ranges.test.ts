import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAddress } from "./address.ts";
import { parseKnownRanges } from "./known-ranges.ts";
import { RangeIndex } from "./range-index.ts";

const TEXT = `
# a comment
; another
[settings]
private = "no"

[Office/Brussels]
192.0.2.0/24
192.0.2.10 - 192.0.2.19   ; the printers
2001:db8::/32

[Data centre/Paris]      # with a remark
192.0.2.15 = ns1.example.org
2001:db8:0:1::/64
[/Kiruna]
198.51.100.7
`;

describe("a well formed file", () => {
  const { ranges, privateDns, faults } = parseKnownRanges(TEXT);
  const index = new RangeIndex(ranges);
  const find = (text: string) => {
    const range = index.find(parseAddress(text)!);
    return range === null ? null : [range.activity, range.location, range.hostName];
  };

  test("has no faults and tells who has an address", () => {
    expect(faults).toEqual([]);
    expect(privateDns).toBe(false);
    expect(find("192.0.2.1")).toEqual(["Office", "Brussels", null]);
    expect(find("198.51.100.7")).toEqual([null, "Kiruna", null]);
    expect(find("198.51.100.8")).toBeNull();
    expect(find("2001:db8:0:2::1")).toEqual(["Office", "Brussels", null]);
  });

  test("gives the most specific line the word", () => {
    expect(find("192.0.2.15")).toEqual(["Data centre", "Paris", "ns1.example.org"]);
    expect(find("2001:db8:0:1::1")).toEqual(["Data centre", "Paris", null]);
  });
});

test("every bad line is named with its number, and the good ones are kept", () => {
  const bad = [
    "10.0.0.1",
    "[Office]",
    "10.0.0.0/8",
    "[Office/Brussels]",
    "10.0.0.1/8",
    "10.0.0.0/33",
    "10.0.0.256",
    "10.0.0.9 - 10.0.0.1",
    "10.0.0.1 - fe80::1",
    "10.0.0.1 - 10.0.0.2 - 10.0.0.3",
    "10.0.0.0/8",
    "10.0.0.0 - 10.255.255.255",
    "10.0.0.0/24 = one.example.org",
    "10.0.0.1 =",
    "[/]",
    "[Office/Brussels",
    "[settings]",
    "private = perhaps",
    "public = yes",
  ].join("\n");
  const { ranges, faults } = parseKnownRanges(bad);
  expect(faults.map((fault) => fault.line)).toEqual([1, 2, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 18, 19]);
  expect(faults.find((fault) => fault.line === 12)?.text).toBe("10.0.0.0 - 10.255.255.255 is already in line 11");
  expect(ranges.map((range) => range.line)).toEqual([11]);
});

test("any text is read without an exception, each fault in a line it has", () => {
  const word = fc.constantFrom(
    "[",
    "]",
    "/",
    "A",
    "10.0.0.1",
    "-",
    "=",
    "::",
    "#",
    " ",
    "\n",
    "\r\n",
    "24",
    "settings",
    "private",
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 40 }).map((words) => words.join("")),
  );
  fc.assert(
    fc.property(text, (given) => {
      const lines = given.split(/\r\n|\n|\r/).length;
      for (const fault of parseKnownRanges(given).faults) {
        expect(fault.line).toBeGreaterThanOrEqual(1);
        expect(fault.line).toBeLessThanOrEqual(lines);
      }
    }),
    { numRuns: 3000 },
  );
});

test("what is written in the documented form is read back", () => {
  const name = fc.stringMatching(/^[A-Za-z\u00e9\u4e2d][A-Za-z0-9 _.\u00e9\u4e2d-]{0,20}[A-Za-z0-9]$/);
  const line = fc.oneof(
    fc.ipV4().map((text) => text),
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([base, bits]) => {
      const value = bits === 0 ? 0n : (parseAddress(base)!.value >> BigInt(32 - bits)) << BigInt(32 - bits);
      return `${[24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".")}/${bits}`;
    }),
  );
  const section = fc.tuple(name, name, fc.uniqueArray(line, { minLength: 1, maxLength: 5 }));
  fc.assert(
    fc.property(section, ([activity, location, lines]) => {
      const { ranges, faults } = parseKnownRanges(`[${activity}/${location}]\n${lines.join("\n")}\n`);
      // An address and its /32 are one range.
      const different = new Set(lines.map((each) => each.replace(/\/32$/, "")));
      expect(ranges).toHaveLength(different.size);
      expect(faults).toHaveLength(lines.length - different.size);
      for (const range of ranges) expect([range.activity, range.location]).toEqual([activity, location]);
    }),
  );
});
