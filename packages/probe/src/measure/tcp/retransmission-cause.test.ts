import { describe, expect, test } from "vitest";
import { ack, data, HANDSHAKE, type Segment, TcpConversation } from "../../testing/tcp-conversation.ts";
import { CAUSES } from "./retransmission-cause.ts";

const NONE = Object.fromEntries(CAUSES.map((cause) => [cause, 0]));

/** What the client's segments were sent again for. The round trip is 20 ms to the server and 10 ms to the client. */
function causes(...segments: readonly Segment[]) {
  const record = new TcpConversation().send(...HANDSHAKE, ...segments).connection();
  const counts = Object.fromEntries(CAUSES.map((cause) => [cause, record[`fwd_retransmit_${cause}`]]));
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(record.fwd_retransmitted_segments);
  return { ...counts, upstream: record.fwd_upstream_loss_segments };
}

/** So many duplicate ACKs, half a millisecond apart. */
function duplicates(count: number, fromMs: number, acknowledgement: number): Segment[] {
  return Array.from({ length: count }, (_, i) => ack(fromMs + i / 2, acknowledgement));
}

describe("loss after the tap", () => {
  const burst = [1, 2, 3, 4, 5].map((i) => data(40 + i / 10, 1 + 100 * i, 100));
  const first = [data(40, 1, 100), ...burst, ack(60, 101)];

  test("three duplicate ACKs are a fast retransmit, two are not", () => {
    expect(causes(...first, ...duplicates(3, 60.5, 101), data(72, 101, 100))).toEqual({ ...NONE, fs: 1, upstream: 0 });
    expect(causes(...first, ...duplicates(2, 60.5, 101), data(72, 101, 100))).toEqual({ ...NONE, unk: 1, upstream: 0 });
  });

  test("a silence of the sender's time-out is one", () => {
    expect(causes(...first, data(245, 101, 100))).toEqual({ ...NONE, rto: 1, upstream: 0 });
    expect(causes(...first, data(230, 101, 100))).toEqual({ ...NONE, unk: 1, upstream: 0 });
  });

  test("a fast retransmit that was lost again is sent a third time for a time-out, whatever ACKs came before", () => {
    const lostAgain = [...first, ...duplicates(3, 60.5, 101), data(72, 101, 100), ...duplicates(3, 73, 101)];
    expect(causes(...lostAgain, data(290, 101, 100))).toEqual({ ...NONE, fs: 1, rto: 1, upstream: 0 });
  });

  test("what goes on in one recovery has one cause", () => {
    const recovery = [...first, ...duplicates(3, 60.5, 101), data(72, 101, 100), ack(92, 301)];
    expect(causes(...recovery, data(102, 301, 100))).toEqual({ ...NONE, fs: 2, upstream: 0 });
    const timeout = [...first, data(250, 101, 100), ack(270, 301), data(280, 301, 100), ack(300, 601)];
    expect(causes(...timeout)).toEqual({ ...NONE, rto: 2, upstream: 0 });
    // Later data is another matter.
    const later = [data(310, 601, 100), data(340, 601, 100)];
    expect(causes(...timeout, ...later)).toEqual({ ...NONE, rto: 2, unk: 1, upstream: 0 });
  });

  test("before any round trip is known the time-out is a second", () => {
    const record = (lateMs: number) =>
      new TcpConversation().send(data(0, 1, 100), data(lateMs, 1, 100)).connection().fwd_retransmit_rto;
    expect([record(990), record(1010)]).toEqual([0, 1]);
  });

  test("into a closed window it is flow control", () => {
    const closed = [data(40, 1, 100), ack(60, 101, { window: 50 }), data(61, 101, 50), ack(81, 101, { window: 0 })];
    expect(causes(...closed, data(400, 101, 50))).toEqual({ ...NONE, fc: 1, upstream: 0 });
  });
});

describe("sent again though acknowledged", () => {
  test("after the time-out, and the whole rest of that recovery", () => {
    const segments = [data(40, 1, 100), data(40.1, 101, 100), ack(60, 201), data(300, 1, 100), data(310, 101, 100)];
    expect(causes(...segments)).toEqual({ ...NONE, unrto: 2, upstream: 0 });
  });

  test("after three duplicate ACKs", () => {
    // A late packet fills the hole before the tap, and the retransmission that it made comes behind it.
    const late = [data(40, 1, 100), data(40.1, 201, 100), data(40.2, 301, 100), data(40.3, 401, 100), ack(60, 101)];
    const filled = [...duplicates(3, 60.1, 101), data(62, 101, 100), ack(64, 501), data(75, 101, 100)];
    const result = causes(...late, ...filled);
    expect(result).toEqual({ ...NONE, reor: 1, unfs: 1, upstream: 0 });
    // Also where the ACK of the late packet has not come yet.
    const unacknowledged = [...duplicates(3, 60.1, 101), data(62, 101, 100), data(75, 101, 100)];
    expect(causes(...late, ...unacknowledged)).toEqual({ ...NONE, reor: 1, fs: 1, upstream: 0 });
  });

  test("soon, it stays unknown: a tail-loss probe that crosses the ACK", () => {
    expect(causes(data(40, 1, 100), ack(60, 101), data(100, 1, 100))).toEqual({ ...NONE, unk: 1, upstream: 0 });
  });
});

describe("not sent again by the sender", () => {
  test("a copy with the same identification is the network's, another one is not", () => {
    const first = data(40, 1, 100, { identification: 7 });
    expect(causes(first, { ...first, atMs: 45 })).toEqual({ ...NONE, dup: 1, upstream: 0 });
    expect(causes(first, { ...first, atMs: 45, identification: 8 })).toEqual({ ...NONE, unk: 1, upstream: 0 });
    // Acknowledged, the last segment is still remembered.
    expect(causes(first, ack(60, 101), { ...first, atMs: 61 })).toEqual({ ...NONE, dup: 1, upstream: 0 });
  });

  test("timestamps stand for the identification where there is none", () => {
    const first = data(40, 1, 100, { timestamp: 1000 });
    expect(causes(first, { ...first, atMs: 45 })).toEqual({ ...NONE, dup: 1, upstream: 0 });
    expect(causes(first, { ...first, atMs: 45, timestamp: 1005 })).toEqual({ ...NONE, unk: 1, upstream: 0 });
  });

  test("the same identification long after is a sender that does not count them", () => {
    const first = data(40, 1, 100, { identification: 7 });
    expect(causes(first, { ...first, atMs: 300 })).toEqual({ ...NONE, rto: 1, upstream: 0 });
  });

  test("the original that comes behind its own retransmission was delayed", () => {
    const again = data(290, 1, 100, { timestamp: 1250 });
    const segments = [data(40, 1, 50, { timestamp: 1000 }), again, data(295, 51, 50, { timestamp: 1001 })];
    expect(causes(...segments)).toEqual({ ...NONE, rto: 1, reor: 1, upstream: 0 });
  });

  test("a hole filled sooner than any answer can come was filled by what was overtaken, however many ACKs told of it", () => {
    const opened = [data(40, 1, 100), data(41, 201, 100), ack(60, 101), ...duplicates(3, 61, 101)];
    expect(causes(...opened, data(63, 101, 100))).toEqual({ ...NONE, reor: 1, upstream: 0 });
    expect(causes(...opened, data(66, 101, 100))).toEqual({ ...NONE, fs: 1, upstream: 1 });
  });

  test("late, identification or timestamp tell what was overtaken from what was sent again", () => {
    const opened = (more: Partial<Segment>, fill: Partial<Segment>) =>
      causes(
        data(40, 1, 100, { identification: 10 }),
        data(41, 201, 100, { identification: 12, ...more }),
        data(70, 101, 100, fill),
      );
    const late = { ...NONE, reor: 1, upstream: 0 };
    const lost = { ...NONE, unk: 1, upstream: 1 };
    expect(opened({}, { identification: 11 })).toEqual(late);
    expect(opened({}, { identification: 13 })).toEqual(lost);
    expect(opened({}, {})).toEqual(lost);
    expect(opened({ timestamp: 500 }, { timestamp: 499 })).toEqual(late);
    expect(opened({ timestamp: 500 }, { timestamp: 529, identification: 11 })).toEqual(lost);
  });
});
