import { addressText, parseAddress } from "@trafmon/observation";
import { readServices } from "@trafmon/settings";
import { Refused } from "@trafmon/settings/schema";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AddressSet, distanceBetween, hasAddress, writeAddress } from "./address-set.ts";
import { addressSet } from "./schema/address-kinds.ts";

const context = { services: readServices() };

function read(text: string): AddressSet {
  const set = addressSet.read(text, context);
  if (set instanceof Refused) throw new Error(`refused: ${set.because}`);
  return set;
}

function every(text: string): string[] {
  const set = read(text);
  return Array.from({ length: set.count }, (_, i) => {
    const bytes = new Uint8Array(set.family === 4 ? 4 : 16);
    writeAddress(set, i, bytes);
    return addressText(bytes);
  });
}

test.each([
  ["192.0.2.7", ["192.0.2.7"]],
  ["192.0.2.4/30", ["192.0.2.5", "192.0.2.6"]],
  ["192.0.2.4/31", ["192.0.2.4", "192.0.2.5"]],
  ["10.0.0.254-10.0.1.1 10.9.9.9/32", ["10.0.0.254", "10.0.0.255", "10.0.1.0", "10.0.1.1", "10.9.9.9"]],
  ["2001:db8::/126", ["2001:db8::1", "2001:db8::2", "2001:db8::3"]],
  ["::ffff-::1:1", ["::ffff", "::1:0", "::1:1"]],
])("%s is %j", (text, addresses) => {
  expect(every(text)).toEqual(addresses);
});

test("large sets have a count, and their last address", () => {
  const set = read("2001:db8::/96");
  expect(set.count).toBe(2 ** 32 - 1);
  const last = new Uint8Array(16);
  writeAddress(set, set.count - 1, last);
  expect(addressText(last)).toBe("2001:db8::ffff:ffff");
  expect(() => writeAddress(set, set.count, last)).toThrow(RangeError);
});

test.each([
  "",
  "host",
  "10.0.0.1/33",
  "10.0.0.1/8",
  "10.0.0.2-10.0.0.1",
  "10.0.0.1 ::1",
  "::/95",
  "1-2-3",
  "10.0.0.1/",
  "::1/-1",
])("%j is refused", (text) => {
  expect(addressSet.read(text, context)).toBeInstanceOf(Refused);
});

test("distances are those of the numbers that addresses are", () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  const number = (address: Uint8Array) => BigInt(`0x${Buffer.from(address).toString("hex")}`);
  fc.assert(
    fc.property(bytes, bytes, fc.nat({ max: 16 }), (a, b, shared) => {
      b.set(a.subarray(0, shared));
      const distance = number(b) - number(a);
      const expected =
        distance < 0n ? -1 : distance > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(distance);
      expect(distanceBetween(a, b)).toBe(expected);
    }),
  );
});

test("an address is in a set or not", () => {
  const set = read("10.0.0.8/29 192.0.2.1");
  const has = (text: string) => hasAddress(set, parseAddress(text)!);
  expect(["10.0.0.9", "10.0.0.14", "192.0.2.1"].map(has)).toEqual([true, true, true]);
  expect(["10.0.0.8", "10.0.0.15", "192.0.2.2", "::1"].map(has)).toEqual([false, false, false, false]);
});
