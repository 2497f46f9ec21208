import fc from "fast-check";
import { expect, test } from "vitest";
import { type KeptByte, KeptStream } from "../testing/kept-stream.ts";
import { type StreamMemory, TcpStream } from "./tcp-stream.ts";

const usualMemory = (): StreamMemory => ({
  bytesPerStream: 1 << 20,
  bytesInAll: 1 << 20,
  heldBytes: 0,
  limitReached: 0,
});

function stream(memory = usualMemory()) {
  const kept = new KeptStream();
  const made = new TcpStream([kept], memory);
  let packets = 0;
  return {
    kept,
    memory,
    stream: made,
    /** A segment of text; `captured`: bytes of it that were captured. */
    take(sequence: number, text: string, captured = text.length) {
      made.take(sequence | 0, text.length, Buffer.from(text.slice(0, captured)), 0, ++packets, 0);
      return this;
    },
    acknowledge(number: number) {
      made.acknowledge(number | 0, 0, 0, 0);
      return this;
    },
  };
}

/** One packet of a random transmission: so many bytes from an offset, each copy with bytes of its own. */
const segment = fc.record({
  from: fc.nat(60),
  length: fc.integer({ min: 1, max: 20 }),
  captured: fc.oneof(
    { weight: 5, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  ),
  salt: fc.nat(255),
});

test("any segmentation, order, repetition and overlap gives each byte's first copy, and gaps for what never came", () => {
  fc.assert(
    fc.property(
      fc.array(segment, { maxLength: 40 }),
      fc.constantFrom(0, 1000, 0x7fffffe0, 0xffffffe0, -5),
      (segments, initial) => {
        const { stream: made, kept, memory } = stream();
        made.begin(initial | 0);
        // The naive way: every byte has a place, and its first copy stays there.
        const places: ({ byte: number; atNanos: number } | { missing: true } | undefined)[] = [];
        for (const [packet, { from, length, captured, salt }] of segments.entries()) {
          const bytes = Uint8Array.from({ length }, (_, index) => (from + index + salt) & 0xff);
          const capturedBytes = Math.floor(captured * length);
          made.take((initial + from) | 0, length, bytes.subarray(0, capturedBytes), 1, packet, 0);
          for (let index = 0; index < length; index++) {
            places[from + index] ??=
              index < capturedBytes ? { byte: bytes[index]!, atNanos: 1e9 + packet } : { missing: true };
          }
        }
        made.end("stop", 0, 0);
        expect(joined(kept.bytesAndGaps)).toEqual(
          joined(Array.from(places, (place) => (place === undefined || "missing" in place ? { gap: 1 } : place))),
        );
        expect(kept.how).toBe("stop");
        expect(memory).toEqual(usualMemory());
      },
    ),
    { numRuns: 500 },
  );
});

/** Neighbouring gaps made one. */
function joined(bytes: readonly KeptByte[]): KeptByte[] {
  const result: KeptByte[] = [];
  for (const each of bytes) {
    const last = result.at(-1);
    if ("gap" in each && last !== undefined && "gap" in last)
      result[result.length - 1] = { gap: last.gap! + each.gap! };
    else result.push(each);
  }
  return result;
}

test("what is in order is given at once, without waiting for anything", () => {
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 40 }), (segments) => {
      const { stream: made, kept } = stream();
      made.begin(0);
      const have = new Set<number>();
      for (const { from, length } of segments) {
        made.take(from, length, new Uint8Array(length), 0, 0, 0);
        for (let index = 0; index < length; index++) have.add(from + index);
        let inOrder = 0;
        while (have.has(inOrder)) inOrder++;
        expect(kept.bytesAndGaps.length).toBe(inOrder);
      }
    }),
  );
});

test("acknowledgements of what has arrived make no gap, whenever they come", () => {
  const arrivals = fc.array(
    fc.oneof(
      fc.record({ from: fc.nat(60), length: fc.integer({ min: 1, max: 20 }) }),
      // How much less than all is acknowledged.
      fc.record({ lag: fc.nat(30) }),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(arrivals, (steps) => {
      const { stream: made, kept } = stream();
      made.begin(0);
      const have = new Set<number>();
      let inOrder = 0;
      for (const step of steps) {
        if ("lag" in step) made.acknowledge(Math.max(0, inOrder - step.lag), 0, 0, 0);
        else {
          made.take(step.from, step.length, new Uint8Array(step.length), 0, 0, 0);
          for (let index = 0; index < step.length; index++) have.add(step.from + index);
          while (have.has(inOrder)) inOrder++;
        }
      }
      expect(kept.bytesAndGaps).toHaveLength(inOrder);
      expect(kept.bytesAndGaps.some((each) => "gap" in each)).toBe(false);
    }),
  );
});

test("what the tap missed is a gap once the receiver has it and more has come", () => {
  const { kept, stream: made, take, acknowledge } = bound();
  made.begin(100);
  take(100, "abc");
  take(106, "ghi");
  expect(kept.text).toBe("abc");
  acknowledge(103);
  expect(kept.text).toBe("abc");
  acknowledge(109);
  expect(kept.text).toBe("abc[3]ghi");
  // An acknowledgement may be seen before the segment it is of.
  acknowledge(112);
  expect(kept.text).toBe("abc[3]ghi");
  take(109, "jkl");
  expect(kept.text).toBe("abc[3]ghijkl");
  take(103, "def");
  expect(kept.text).toBe("abc[3]ghijkl");
});

function bound() {
  const made = stream();
  return { ...made, take: made.take.bind(made), acknowledge: made.acknowledge.bind(made) };
}

test("payload that was not captured is a gap at once", () => {
  const { kept, stream: made, take } = bound();
  made.begin(0);
  take(0, "abcdef", 2);
  take(6, "ghi", 0);
  take(9, "jkl");
  expect(kept.text).toBe("ab[4][3]jkl");
});

test("a connection picked up in its midst begins with a gap of unknown length", () => {
  const { kept, take } = bound();
  take(5000, "abc");
  take(4990, "0123456789");
  take(5003, "def");
  expect(kept.text).toBe("[?]abcdef");
});

test("a FIN ends the stream when all before it has come", () => {
  const { kept, stream: made, take } = bound();
  made.begin(0);
  made.finish(6, 0, 0, 0);
  take(3, "def");
  expect(kept.how).toBe(null);
  // Nothing lies behind a FIN.
  take(0, "abcdefghi");
  expect([kept.text, kept.how]).toEqual(["abcdef", "fin"]);
});

test("a FIN ends the stream when the other side has acknowledged what the tap missed", () => {
  const { kept, stream: made, take, acknowledge } = bound();
  made.begin(0);
  take(0, "abc");
  made.finish(6, 0, 0, 0);
  acknowledge(3);
  expect(kept.how).toBe(null);
  acknowledge(7);
  expect([kept.text, kept.how]).toEqual(["abc[3]", "fin"]);
});

test("with acknowledgements a hole is waited for 60 s, without them 5 s", () => {
  for (const [acknowledges, patienceS] of [
    [true, 60],
    [false, 5],
  ] as const) {
    const { kept, stream: made, take, acknowledge } = bound();
    made.begin(0);
    take(0, "a");
    if (acknowledges) acknowledge(1);
    take(2, "c");
    made.finish(4, 0, 0, 0);
    expect(made.hasHole).toBe(true);
    made.expire(patienceS - 1, 0);
    expect(kept.text).toBe("a");
    made.expire(patienceS, 0);
    expect([kept.text, kept.how]).toEqual(["a[1]c", null]);
    made.expire(2 * patienceS, 0);
    expect([kept.text, kept.how, made.hasHole]).toEqual(["a[1]c[1]", "fin", false]);
  }
});

test("no more is held than allowed, be it of a stream or of all together", () => {
  const memory: StreamMemory = { bytesPerStream: 1000, bytesInAll: 1500, heldBytes: 0, limitReached: 0 };
  const streams = [1, 2, 3].map(() => stream(memory));
  for (const each of streams) each.stream.begin(0);
  for (let round = 1; round < 500; round++) {
    for (const each of streams) {
      each.take(3 * round, "x");
      expect(memory.heldBytes).toBeLessThanOrEqual(1500);
    }
  }
  expect(memory.limitReached).toBeGreaterThan(1000);
  for (const each of streams) {
    each.stream.end("stop", 0, 0);
    expect(each.kept.text).toBe("[3]x" + "[2]x".repeat(498));
  }
  expect(memory.heldBytes).toBe(0);
});

test("a segment astray changes nothing; when the sequence goes on there, the stream does", () => {
  const { kept, take } = bound();
  take(0, "abc");
  take(0x40000000, "xxx");
  take(3, "def");
  expect(kept.text).toBe("[?]abcdef");
  for (let index = 0; index < 8; index++) take(0x40000000 + index, String(index));
  expect(kept.text).toBe(`[?]abcdef[${0x40000000 + 7 - 6}]7`);
});

test("any calls whatever keep the sums: nothing twice, nothing held at the end", () => {
  const number = fc.oneof(fc.integer(), fc.nat(100), fc.integer({ min: -100, max: 100 }));
  const call = fc.oneof(
    fc.record({ kind: fc.constant("take" as const), number, length: fc.nat(50) }),
    fc.record({ kind: fc.constantFrom("begin" as const, "acknowledge" as const, "finish" as const), number }),
    fc.record({ kind: fc.constant("expire" as const), number: fc.nat(200) }),
  );
  fc.assert(
    fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
      const memory: StreamMemory = { bytesPerStream: 300, bytesInAll: 400, heldBytes: 0, limitReached: 0 };
      const { kept, stream: made } = stream(memory);
      for (const each of calls) {
        if (each.kind === "take") made.take(each.number, each.length, new Uint8Array(each.length), 0, 0, 0);
        else if (each.kind === "begin") made.begin(each.number);
        else if (each.kind === "acknowledge") made.acknowledge(each.number, 0, 0, 0);
        else if (each.kind === "finish") made.finish(each.number, 0, 0, 0);
        else made.expire(each.number, 0);
        expect(memory.heldBytes).toBeLessThanOrEqual(400);
      }
      made.end("rst", 0, 0);
      expect(kept.how).not.toBe(null);
      expect(memory.heldBytes).toBe(0);
      for (const each of kept.bytesAndGaps) if ("gap" in each && each.gap !== null) expect(each.gap).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});
