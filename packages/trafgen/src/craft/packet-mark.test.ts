import fc from "fast-check";
import { expect, test } from "vitest";
import { MARK_BYTES, readMark, writeMark } from "./packet-mark.ts";

test("what is written is read; less than all of it is none", () => {
  const u32 = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 65535 }),
      fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      u32,
      fc.nat({ max: 999_999_999 }),
      u32,
      fc.nat({ max: 40 }),
      (stream, number, s, nanos, run, length) => {
        const bytes = new Uint8Array(50).fill(0xee);
        writeMark(new DataView(bytes.buffer), 5, length, stream, number, s, nanos, run);
        const mark = { stream, number, sent: { s, nanos }, run };
        expect(readMark(bytes.subarray(5, 5 + length))).toEqual(length < MARK_BYTES ? null : mark);
        // Not a byte beyond its room.
        expect(bytes.subarray(5 + length).every((byte) => byte === 0xee)).toBe(true);
      },
    ),
  );
});

test("any bytes are a mark or none", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(readMark(bytes)).toBeNull();
    }),
  );
});
