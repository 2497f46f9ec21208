import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { addressBytes, addressText, parseAddress } from "./address-text.ts";

const six = fc
  .array(fc.oneof(fc.constant(0), fc.nat(255)), { minLength: 16, maxLength: 16 })
  .map((b) => Uint8Array.from(b));

test.each([
  // RFC 5952, sections 4 and 5.
  ["2001:0db8:0:0:0:0:0:0001", "2001:db8::1"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
  ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["2001:DB8:AAAA::1", "2001:db8:aaaa::1"],
  ["0:0:0:0:0:0:0:0", "::"],
  ["0:0:0:0:0:0:0:1", "::1"],
  ["1:0:0:0:0:0:0:0", "1::"],
  ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
  ["::ffff:c000:201", "::ffff:192.0.2.1"],
  ["192.0.2.255", "192.0.2.255"],
])("%s is written %s", (given, expected) => {
  expect(addressText(parseAddress(given)!)).toBe(expected);
});

test("IPv6 text is what the URL standard's serializer makes of it", () => {
  fc.assert(
    fc.property(six, (bytes) => {
      const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! * 256 + bytes[2 * i + 1]!).toString(16));
      const isMapped = groups.slice(0, 6).join(":") === "0:0:0:0:0:ffff";
      fc.pre(!isMapped);
      expect(`[${addressText(bytes)}]`).toBe(new URL(`http://[${groups.join(":")}]/`).hostname);
    }),
    { numRuns: 500 },
  );
});

test("text is read back", () => {
  const four = fc.uint8Array({ minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(fc.oneof(six, four), (bytes) => {
      expect(parseAddress(addressText(bytes))).toEqual(bytes);
    }),
  );
});

test.each([
  "",
  "1.2.3",
  "1.2.3.4.5",
  "256.1.1.1",
  "01.2.3.4",
  ":",
  "1::2::3",
  "1:2:3:4:5:6:7",
  "g::",
  "12345::",
  "::1.2.3",
])("%j is no address", (text) => {
  expect(parseAddress(text)).toBeNull();
});

test("texts that are near an address are read exactly when Node reads them", () => {
  const near = fc.stringMatching(/^[0-9a-f:.]{1,24}$/);
  fc.assert(
    fc.property(fc.oneof(near, fc.string()), (text) => {
      expect(parseAddress(text) !== null).toBe(isIPv4(text) || (isIPv6(text) && !text.includes("%")));
    }),
    { numRuns: 5000 },
  );
});

test("a text that must be an address and is none is a fault", () => {
  expect(addressBytes("192.0.2.1")).toEqual(Uint8Array.of(192, 0, 2, 1));
  expect(() => addressBytes("fe80::1%eth0")).toThrow("not an address: fe80::1%eth0");
});
