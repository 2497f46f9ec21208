import fc from "fast-check";
import { expect, test } from "vitest";
import { observationTypes } from "../catalogue.ts";
import { anyRecord } from "../fixtures/arbitrary-record.ts";
import { formatLine, linePrefix } from "../line/format-line.ts";
import type { ObservationType, RecordOf } from "../observation-type.ts";
import { decoderOf } from "./decoder.ts";
import { encoderOf } from "./encoder.ts";
import { lineDecoderOf } from "./line-decoder.ts";
import { MalformedError, RefusedValueError } from "./refused.ts";

const types: readonly ObservationType[] = Object.values(observationTypes);

function bodyOf<T extends ObservationType>(type: T, records: readonly RecordOf<T>[]): Uint8Array {
  const encoder = encoderOf(type);
  const into = new Uint8Array(60_000);
  let at = 0;
  encoder.reset();
  for (const record of records) at = encoder.encode(record, into, at);
  return into.slice(0, at);
}

for (const type of types) {
  test(`${type.name}: what is written is read back, as records and as the lines of these records`, () => {
    const few = fc.array(anyRecord(type), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(few, (records) => {
        const body = bodyOf(type, records);
        const back: unknown[] = [];
        decoderOf(type)(body, records.length, (record) => back.push(structuredClone(record)));
        expect(back).toEqual(records);
        const bytes = lineDecoderOf(type)(body, records.length, linePrefix("p\t1", "00000000000000ff"), 7, null);
        const expected = records.map((record, i) => `${formatLine(type)(record, "p\t1", "00000000000000ff", 7 + i)}\n`);
        expect(Buffer.from(bytes).toString("utf8")).toBe(expected.join(""));
      }),
      { numRuns: 60 },
    );
  });

  test(`${type.name}: every shorter body is refused, none is misread`, () => {
    const [record] = fc.sample(anyRecord(type), { numRuns: 1, seed: 7 });
    const body = bodyOf(type, [record!, record!]);
    for (let length = 0; length < body.length; length++) {
      expect(() => decoderOf(type)(body.subarray(0, length), 2, () => {})).toThrow(MalformedError);
      expect(() => lineDecoderOf(type)(body.subarray(0, length), 2, "", 1, null)).toThrow(MalformedError);
    }
  });
}

test.each([2 ** 53, 1.4e18, 1_472_003_942_700_000_000, Number.MAX_VALUE])(
  "a duration of %d ns is written as the longest there is",
  (longest_idle_ns) => {
    const [record] = fc.sample(anyRecord(observationTypes.tcpcx), { numRuns: 1, seed: 5 });
    const body = bodyOf(observationTypes.tcpcx, [{ ...record!, fwd_longest_idle_ns: longest_idle_ns }]);
    decoderOf(observationTypes.tcpcx)(body, 1, (back) => {
      expect(back).toEqual({ ...record!, fwd_longest_idle_ns: Number.MAX_SAFE_INTEGER });
    });
  },
);

test("no bytes whatever make a decoder throw anything else than MalformedError", () => {
  const cases = fc.tuple(fc.constantFrom(...types), fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 9 }));
  fc.assert(
    fc.property(cases, ([type, bytes, count]) => {
      for (const read of [
        () => decoderOf(type)(bytes, count, () => {}),
        () => lineDecoderOf(type)(bytes, count, "", 1, null),
      ]) {
        try {
          read();
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedError);
        }
      }
    }),
    { numRuns: 3000 },
  );
});

test("flipped and shortened bodies are read or refused, never answered by another error", () => {
  const cases = fc
    .constantFrom(...types)
    .chain((type) =>
      fc.tuple(fc.constant(type), fc.array(anyRecord(type), { minLength: 1, maxLength: 3 }), fc.nat(), fc.nat(255)),
    );
  fc.assert(
    fc.property(cases, ([type, records, place, flip]) => {
      const body = bodyOf(type, records);
      body[place % body.length]! ^= flip;
      try {
        decoderOf(type)(body, records.length, (record) => formatLine(type)(record, "p", "0", 1));
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError);
      }
    }),
    { numRuns: 1500 },
  );
});

const sample = {
  flow_id: 1,
  interval_start_s: 60,
  interval_s: 60,
  slice: 1,
  fwd_packets: 1,
  rev_packets: 1,
};

test("counts above 2^53-1, below 0, broken or absent are refused", () => {
  for (const wrong of [2 ** 53, -1, 0.5, Number.NaN, undefined, "7"]) {
    const encoder = encoderOf(observationTypes.ipsz);
    const into = new Uint8Array(100);
    expect(() => encoder.encode({ ...sample, fwd_packets: wrong as number }, into, 0)).toThrow(RefusedValueError);
    expect(() => encoder.encode({ ...sample, flow_id: wrong as number }, into, 0)).toThrow(RefusedValueError);
  }
});

test("a record of the usual size that does not fit ends beyond the buffer", () => {
  const encoder = encoderOf(observationTypes.ipsz);
  const whole = encoder.encode(sample, new Uint8Array(100), 0);
  encoder.reset();
  expect(encoder.encode(sample, new Uint8Array(whole - 1), 0)).toBe(whole);
});

test("a further record like the one before costs its bitmap and what changed", () => {
  const encoder = encoderOf(observationTypes.ipsz);
  const into = new Uint8Array(100);
  const first = encoder.encode(sample, into, 0);
  const second = encoder.encode({ ...sample, flow_id: 2 }, into, first);
  expect(second - first).toBe(1 + 1 + 2); // bitmap, id, two counters
});

test("of a longer bitmap a further record has what differs, and which bytes of it do", () => {
  const [record] = fc.sample(anyRecord(observationTypes.ipct), { numRuns: 1, seed: 3 });
  const alike = {
    ...record!,
    flow_id: 9,
    fwd_packets: 1,
    fwd_fragments: 0,
    last_s: record!.first_s + 1,
    last_nanos: 7,
  };
  const encoder = encoderOf(observationTypes.ipct);
  const into = new Uint8Array(1000);
  const first = encoder.encode(alike, into, 0);
  const second = encoder.encode({ ...alike, flow_id: 8 }, into, first);
  encoder.encode({ ...alike, flow_id: 7, fwd_fragments: 9 }, into, second);
  // Of the first all three bytes: none is 0. Of the next the first, for start and length are as before.
  expect(into[0]).toBe(7);
  expect([into[first], into[second]]).toEqual([1, 1]);
  // Flow id, start and length are bits 0 to 2, fwd_fragments is bit 7.
  expect(into[first + 1]! & 0x87).toBe(1);
  expect(into[second + 1]! & 0x87).toBe(0x81);
});

/** Bodies put together by hand from docs/protocol.md, and what is in them. */
test("bytes written by hand after the protocol page are read as what they mean", () => {
  const counts = (columns: object) => expect.objectContaining(columns);
  const read = (type: ObservationType, hex: string, count: number) => {
    const records: object[] = [];
    decoderOf(type)(Buffer.from(hex.replaceAll(" ", ""), "hex"), count, (each) => records.push(structuredClone(each)));
    const encoder = encoderOf(type);
    const into = Buffer.alloc(1000);
    const end = records.reduce((at: number, each) => encoder.encode(each as never, into, at), 0);
    expect(into.toString("hex", 0, end)).toBe(hex.replaceAll(" ", ""));
    return records;
  };
  // twoway: bits flow_id 0, start 1, interval_s 2, protocol 3, requests 4, replied 5, unanswered 6, late 7, repeats 8,
  // duplicate_replies 9, delay_sum 10, delay_sum_squares 11, delay_min 12, delay_max 13, last_copy_delay_sum 14, slices
  // 15, delay_histogram 16.
  const twoway = read(
    observationTypes.twoway,
    [
      "07", // All three bytes of the bitmap differ from 0.
      "17 94 01", // flow_id, start, interval_s, requests; delay_sum, delay_min, slices; delay_histogram.
      "0a 78 78 05", // Flow 5, second 60, 60 s, 5 requests; as many replies.
      "d00f", // 1 ms in all: 2 x 1000 us, and as much from the last copies.
      "14", // Least delay 10 us.
      "01 0104", // Slice 0: flag set, 4 replies.
      "02 0a 05 03", // Bucket 5 with 1, then 2 buckets left out: bucket 8 with 3.
      "07 10 10 00", // requests; delay_min; no histogram.
      "10 04", // 16 requests, least delay 2 us.
      "00 11 06", // The bitmap is as before: 17 requests, 3 us.
    ].join(" "),
    3,
  );
  expect(twoway).toEqual([
    counts({ flow_id: 5, interval_start_s: 60, interval_s: 60, requests: 5, replied: 5, unanswered: 0 }),
    counts({ flow_id: 5, requests: 16, replied: 16, delay_min_ns: 2000, last_copy_delay_sum_ns: 0, slices: [] }),
    counts({ flow_id: 5, requests: 17, replied: 17, delay_min_ns: 3000 }),
  ]);
  expect(twoway[0]).toEqual(
    counts({ delay_sum_ns: 1e6, last_copy_delay_sum_ns: 1e6, slices: [0, 4], delay_histogram: [5, 1, 8, 3] }),
  );
});

test("a body of few bytes that says lines without end is refused", () => {
  const { slice } = observationTypes;
  const [record] = fc.sample(anyRecord(slice), { numRuns: 1, seed: 7 });
  const first = bodyOf(slice, [{ ...record!, class: "x".repeat(4000), metric: "y".repeat(4000) }]);
  // Each is as the first: a byte in the body, 8000 and more in a line.
  const body = new Uint8Array(first.length + 50_000);
  body.set(first);
  expect(() => lineDecoderOf(slice)(body, 50_001, "", 1, null)).toThrow(MalformedError);
  expect(lineDecoderOf(slice)(body.subarray(0, first.length + 1000), 1001, "", 1, null).length).toBeGreaterThan(8e6);
});
