import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { addressOfBytes, addressText, parseAddress } from "./address.ts";

test("what Node takes for an address is read, and written as the URL standard writes it", () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const address = parseAddress(text);
      expect(address?.bits).toBe(128);
      const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
      expect(addressText(address!)).toBe(canonical);
    }),
  );
  fc.assert(
    fc.property(fc.ipV4(), (text) => {
      expect(addressText(parseAddress(text)!)).toBe(text);
    }),
  );
});

test("any bytes are written as text that reads back to the same bytes", () => {
  const length = fc.constantFrom(4, 16).chain((bytes) => fc.uint8Array({ minLength: bytes, maxLength: bytes }));
  fc.assert(
    fc.property(length, (bytes) => {
      const address = addressOfBytes(bytes)!;
      expect(parseAddress(addressText(address))).toEqual(address);
    }),
  );
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

test("no other length of bytes is an address", () => {
  for (const length of [0, 3, 5, 15, 17]) expect(addressOfBytes(new Uint8Array(length))).toBeNull();
});
