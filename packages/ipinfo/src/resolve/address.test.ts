import fc from "fast-check";
import { expect, test } from "vitest";
import { addressOfBytes, addressText, parseAddress } from "./address.ts";

test("any bytes are written as text that reads back to the same bytes", () => {
  const length = fc.constantFrom(4, 16).chain((bytes) => fc.uint8Array({ minLength: bytes, maxLength: bytes }));
  fc.assert(
    fc.property(length, (bytes) => {
      const address = addressOfBytes(bytes)!;
      expect(parseAddress(addressText(address))).toEqual(address);
    }),
  );
});

test("no other length of bytes is an address", () => {
  for (const length of [0, 3, 5, 15, 17]) expect(addressOfBytes(new Uint8Array(length))).toBeNull();
});
