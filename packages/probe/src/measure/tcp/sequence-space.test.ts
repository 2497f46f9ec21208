import fc from "fast-check";
import { expect, test } from "vitest";
import { ack, data, HANDSHAKE, TcpConversation } from "../../testing/tcp-conversation.ts";

/** Places in the stream, counted on without wrapping, that were seen: the plainest way to keep account of them. */
class SeenPlaces {
  #seen: { from: number; until: number }[] = [];

  /** Takes [from, until); says how many of its places were seen before. */
  take(from: number, until: number): number {
    let again = 0;
    const apart = this.#seen.filter((each) => each.until < from || each.from > until);
    let joined = { from, until };
    for (const each of this.#seen) {
      again += Math.max(0, Math.min(each.until, until) - Math.max(each.from, from));
      if (apart.includes(each)) continue;
      joined = { from: Math.min(joined.from, each.from), until: Math.max(joined.until, each.until) };
    }
    this.#seen = [...apart, joined];
    return again;
  }

  get total(): number {
    return this.#seen.reduce((sum, { from, until }) => sum + until - from, 0);
  }

  /** The stretch that begins lowest. */
  get lowest(): number {
    return Math.min(...this.#seen.map(({ from }) => from));
  }
}

/** Further back than half of what a window can be (RFC 7323 section 2.3) nothing comes in these streams. */
const REACH = 2 ** 29;

const step = fc.record({
  /** From the highest place so far: mostly a little back or on, sometimes far. */
  offset: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.integer({ min: -400, max: 100 }) },
    { weight: 1, arbitrary: fc.integer({ min: -REACH, max: REACH / 64 }) },
  ),
  length: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 2, max: 200 }) },
    // Hundreds of megabytes at once, so that the numbers wrap again and again.
    { weight: 3, arbitrary: fc.integer({ min: 2 ** 26, max: 2 ** 28 }) },
  ),
});

test.each([
  ["from its SYN on", true],
  ["from its midst on", false],
])("a stream of many gigabytes, seen %s, counts each place once", (_, hasSyn) => {
  let wrapped = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 100, size: "max" }), fc.integer(), (steps, client) => {
      const conversation = new TcpConversation({ client, server: 1 });
      if (hasSyn) conversation.send(...HANDSHAKE);
      const seen = new SeenPlaces();
      const expected = { unique: 0, segments: 0, bytes: 0, outOfOrder: 0 };
      let highest = 1;
      steps.forEach(({ offset, length }, index) => {
        const isFirst = index === 0 && !hasSyn;
        // Nothing lies below a SYN; a stream that is seen from its midst on may show what lies below.
        const start = isFirst ? 1 : Math.max(highest + offset, hasSyn ? 1 : -REACH);
        const lowest = isFirst ? start : seen.lowest;
        const again = seen.take(start, start + length);
        const isBelowAll = !hasSyn && start < lowest && start + length <= lowest;
        if (again > 0) {
          expected.segments++;
          expected.bytes += again;
        } else if (start < highest && !isBelowAll) expected.outOfOrder++;
        highest = Math.max(highest, start + length);
        // All within a blink, so that nothing counts as late.
        conversation.send(data(40 + index / 1000, start, length));
      });
      if (highest > 2 ** 32) wrapped++;
      expected.unique = seen.total;
      const record = conversation.connection();
      expect({
        unique: record.fwd_unique_payload_bytes,
        segments: record.fwd_retransmitted_segments,
        bytes: record.fwd_retransmitted_bytes,
        outOfOrder: record.fwd_out_of_order_segments,
      }).toEqual(expected);
    }),
    { numRuns: 40, endOnFailure: true },
  );
  expect(wrapped).toBeGreaterThan(5);
});

test("in a stream beyond 4 GiB, bytes in flight, round trips and retransmissions are found as in a short one", () => {
  for (const hasSyn of [true, false]) {
    const conversation = new TcpConversation({ client: 0x7fff_0000, server: 9 });
    if (hasSyn) conversation.send(...HANDSHAKE);
    const length = 2 ** 28;
    let next = 1;
    let atMs = 100;
    for (let segment = 0; segment < 40; segment++) {
      conversation.send(data(atMs, next, length), ack(atMs + 20, next + length));
      if (segment % 8 === 7) conversation.send(data(atMs + 400, next + length - 100, 100));
      next += length;
      atMs += 1000;
    }
    expect(conversation.connection()).toMatchObject({
      fwd_unique_payload_bytes: 40 * length,
      fwd_retransmitted_segments: 5,
      fwd_retransmitted_bytes: 500,
      fwd_out_of_order_segments: 0,
      fwd_in_flight_max: length,
      // The first ACK of a stream seen from its midst on says nothing of what was in flight before.
      fwd_in_flight_min: length,
      fwd_rtt_samples: 40,
      fwd_rtt_max_ns: 20e6,
    });
  }
});
