import { parseAddress } from "@trafmon/observation";
import { type FreshDatabase, freshDatabase } from "@trafmon/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AddressPattern, isIn, parsePatterns, patternSql } from "./address-patterns.ts";

const address = (text: string) => parseAddress(text)!;

function isMeant(pattern: AddressPattern, one: string, other: string): boolean {
  const [a, b] = [address(one), address(other)];
  if (pattern.other === null) return isIn(pattern.one, a) || isIn(pattern.one, b);
  return (isIn(pattern.one, a) && isIn(pattern.other, b)) || (isIn(pattern.one, b) && isIn(pattern.other, a));
}

/** Pattern, pairs it means, pairs it does not. */
const MEANINGS: readonly [pattern: string, yes: readonly string[], no: readonly string[]][] = [
  ["192.0.2.17", ["192.0.2.17 10.0.0.1", "10.0.0.1 192.0.2.17"], ["192.0.2.18 10.0.0.1", "::c000:211 10.0.0.1"]],
  [
    "192.0.2.128/25",
    ["192.0.2.128 10.0.0.1", "192.0.2.255 10.0.0.1"],
    ["192.0.2.127 10.0.0.1", "192.0.3.128 10.0.0.1"],
  ],
  ["192.0.2.77/24", ["192.0.2.0 10.0.0.1"], ["192.0.1.255 10.0.0.1"]],
  ["0.0.0.0/0", ["192.0.2.1 10.0.0.1"], ["2001:db8::1 2001:db8::2"]],
  [
    "192.0.2.10 - 192.0.2.19",
    ["192.0.2.10 10.0.0.1", "192.0.2.19 10.0.0.1"],
    ["192.0.2.9 10.0.0.1", "192.0.2.20 10.0.0.1"],
  ],
  ["192.0.2.10-192.0.3.5", ["192.0.3.0 10.0.0.1"], ["192.0.3.6 10.0.0.1"]],
  ["192.0.*.17", ["192.0.2.17 10.0.0.1", "192.0.255.17 10.0.0.1"], ["192.0.2.18 10.0.0.1", "192.1.2.17 10.0.0.1"]],
  ["*.*.*.*", ["192.0.2.17 10.0.0.1"], ["2001:db8::1 2001:db8::2"]],
  ["2001:db8::/32", ["2001:db8:ffff::1 10.0.0.1"], ["2001:db9::1 10.0.0.1"]],
  ["2001:db8:*::17", ["2001:db8::17 ::1", "2001:db8:abcd::17 ::1"], ["2001:db8:1:1::17 ::1", "2001:db8::18 ::1"]],
  ["2001:db8::1 - 2001:db8::ff", ["2001:db8::80 ::1"], ["2001:db8::100 ::1"]],
  [
    "192.0.2.17 , 198.51.100.0/24",
    ["192.0.2.17 198.51.100.9", "198.51.100.9 192.0.2.17"],
    ["192.0.2.17 198.51.101.9", "192.0.2.18 198.51.100.9", "198.51.100.1 198.51.100.2"],
  ],
];

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase("patterns");
  await database.connection.query("CREATE TABLE flow (fwd_address VARBINARY(16) NULL, rev_address VARBINARY(16) NULL)");
});
afterAll(async () => await database?.remove());

async function sqlMeans(patterns: readonly AddressPattern[], one: string, other: string): Promise<boolean> {
  const { text, values } = patternSql(patterns);
  const pair = [Buffer.from(address(one)), Buffer.from(address(other))];
  await database.connection.query("DELETE FROM flow");
  await database.connection.query("INSERT INTO flow VALUES (?, ?)", pair);
  const [rows] = await database.connection.query(`SELECT 1 FROM flow AS f WHERE ${text}`, [...values]);
  return (rows as unknown[]).length > 0;
}

test("a pattern means what the manual says, here and in the database", async () => {
  for (const [text, yes, no] of MEANINGS) {
    const patterns = parsePatterns(text, "file");
    for (const [pairs, expected] of [
      [yes, true],
      [no, false],
    ] as const) {
      for (const pair of pairs) {
        const [one, other] = pair.split(" ") as [string, string];
        expect(isMeant(patterns[0]!, one, other), `${text} on ${pair}`).toBe(expected);
        expect(await sqlMeans(patterns, one, other), `${text} on ${pair}, SQL`).toBe(expected);
      }
    }
  }
});

test("a prefix means what a naive comparison of bits does", () => {
  const quad = fc.tuple(...[1, 2, 3, 4].map(() => fc.integer({ min: 0, max: 255 })));
  fc.assert(
    fc.property(quad, quad, fc.integer({ min: 0, max: 32 }), (one, other, bits) => {
      const [pattern] = parsePatterns(`${one.join(".")}/${bits}`, "file");
      const text = (octets: readonly number[]) => octets.map((octet) => octet.toString(2).padStart(8, "0")).join("");
      expect(isIn(pattern!.one, Uint8Array.from(other))).toBe(text(one).slice(0, bits) === text(other).slice(0, bits));
    }),
  );
});

test("all that is wrong with a file is told at once, by line", () => {
  const file = [
    "# hosts",
    "192.0.2.17",
    "192.0.2.300",
    "",
    "192.0.2.0/33 # too long",
    "10.0.0.9 - 10.0.0.1",
    "10.0.0.1 - ::1",
  ];
  const more = ["192.0.2.1*", "a , b", "10.0.0.1 , 10.0.0.2 , 10.0.0.3", "10.0.0.1 ,", "2001:db8::/x", "1.2.3"];
  let message = "";
  try {
    parsePatterns([...file, ...more].join("\n"), "hosts");
  } catch (error) {
    message = (error as Error).message;
  }
  const lines = message.split("\n  ").slice(1);
  expect(lines.map((line) => Number(/^hosts:(\d+), /.exec(line)?.[1]))).toEqual([3, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  expect(lines[1]).toContain("the prefix length is 0 to 32");
  expect(() => parsePatterns("# nothing\n", "hosts")).toThrow("there is no pattern in it");
});

test("no text whatever is misread or makes it throw anything else", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."0129afz.:/*-, #\n") }), (text) => {
      try {
        for (const pattern of parsePatterns(text, "file")) expect(patternSql([pattern]).text).toContain("LENGTH");
      } catch (error) {
        expect((error as Error).message).toContain("cannot use the patterns");
      }
    }),
  );
});

test("the shipped example says what it means", async () => {
  const { readFileSync } = await import("node:fs");
  const text = readFileSync(new URL("../../../../../etc/report/example-hosts", import.meta.url), "utf8");
  // Its patterns are commented out: uncommented, every one of them is read.
  const examples = text.split("\n").flatMap((line) => /^#\s{5}(\S.*?)(?:\s{2,}.*)?$/.exec(line)?.[1] ?? []);
  expect(examples.length).toBe(5);
  expect(parsePatterns(examples.join("\n"), "example-hosts")).toHaveLength(5);
});
