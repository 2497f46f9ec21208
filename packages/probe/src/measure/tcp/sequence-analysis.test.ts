import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ack, data, HANDSHAKE, type Segment, TcpConversation } from "../../testing/tcp-conversation.ts";

const fwd = (...segments: readonly Segment[]) => new TcpConversation().send(...HANDSHAKE, ...segments).connection();

describe("retransmission", () => {
  test("a range seen before is sent again, a partial overlap by its overlapping bytes", () => {
    const connection = fwd(data(40, 1, 100), data(50, 1, 100), data(60, 51, 100));
    expect(connection.fwd_retransmitted_segments).toBe(2);
    expect(connection.fwd_retransmitted_bytes).toBe(150);
    expect(connection.fwd_unique_payload_bytes).toBe(150);
    expect(connection.fwd_payload_bytes).toBe(300);
    expect(connection.fwd_upstream_loss_segments).toBe(0);
  });

  test("a hole filled 0.8 round trips after it opened was lost before the tap", () => {
    // The round trip is 20 ms to the server and 10 ms to the client.
    const connection = fwd(data(40, 1, 100), data(41, 201, 100), data(65.5, 101, 100));
    expect(connection.fwd_retransmitted_segments).toBe(1);
    expect(connection.fwd_retransmitted_bytes).toBe(100);
    expect(connection.fwd_upstream_loss_segments).toBe(1);
    expect(connection.fwd_out_of_order_segments).toBe(0);
    expect(connection.fwd_unique_payload_bytes).toBe(300);
  });

  test("a hole filled sooner is out of order, and says how far", () => {
    const connection = fwd(data(40, 1, 100), data(41, 201, 100), data(42, 301, 100), data(64.5, 101, 100));
    expect(connection.fwd_retransmitted_segments).toBe(0);
    expect(connection.fwd_out_of_order_segments).toBe(1);
    expect(connection.fwd_reordering_extent).toBe(2);
    expect(connection.fwd_unique_payload_bytes).toBe(400);
  });

  test("a hole filled after three duplicate or SACK ACKs was lost before the tap, sooner than the round trip says", () => {
    // Slow answers make the smoothed round trip 220 ms; the least one is 30 ms.
    const slow = [data(40, 1, 100), ack(1640, 101)];
    const signals = [
      ack(1661, 201),
      ack(1661.4, 201, { sack: [301, 401] }),
      ack(1661.6, 201, { window: 999, sack: [301, 401] }),
      ack(1661.8, 201, { window: 999, sack: [301, 401] }),
    ];
    const early = [...slow, data(1641, 101, 100), data(1642, 301, 100)];
    // The first ACK acknowledges what is new; it signals nothing.
    expect(fwd(...early, ...signals.slice(0, 3), data(1672, 201, 100))).toMatchObject({
      fwd_upstream_loss_segments: 0,
      fwd_out_of_order_segments: 1,
    });
    expect(fwd(...early, ...signals, data(1672, 201, 100))).toMatchObject({
      fwd_upstream_loss_segments: 1,
      fwd_retransmit_fs: 1,
    });
  });

  test("a hole is filled piece by piece", () => {
    const connection = fwd(
      data(40, 1, 100),
      data(41, 401, 100),
      data(42, 201, 100),
      data(43, 101, 50),
      data(44, 301, 100),
      data(45, 151, 50),
      data(46, 151, 50),
    );
    expect(connection.fwd_out_of_order_segments).toBe(4);
    expect(connection.fwd_retransmitted_segments).toBe(1);
    expect(connection.fwd_unique_payload_bytes).toBe(500);
  });

  test("sequence numbers wrap", () => {
    const conversation = new TcpConversation({ client: -120, server: 0x7fffffff });
    const connection = conversation
      .send(...HANDSHAKE, data(40, 1, 100), data(41, 201, 100), data(42, 101, 100), data(43, 101, 100), ack(60, 301))
      .connection();
    expect(connection.fwd_unique_payload_bytes).toBe(300);
    expect(connection.fwd_out_of_order_segments).toBe(1);
    expect(connection.fwd_retransmitted_bytes).toBe(100);
  });
});

describe("probes", () => {
  test("a keep-alive is neither payload sent again nor unique", () => {
    const probes = [
      data(2000, 100, 1),
      data(3000, 100, 0),
      // As long as the byte is not acknowledged, it is sent again.
      data(4000, 101, 1),
      data(5000, 101, 1),
    ];
    const connection = fwd(data(40, 1, 100), ack(60, 101), ...probes);
    expect(connection.fwd_keep_alives).toBe(2);
    expect(connection.fwd_retransmitted_segments).toBe(1);
    expect(connection.fwd_unique_payload_bytes).toBe(101);
    expect(connection.fwd_payload_bytes).toBe(103);
  });

  test("a single byte that is sent again is no keep-alive, though its ACK has passed", () => {
    const again = [data(40, 1, 1), ack(60, 2), data(300, 1, 1)];
    expect(fwd(...again)).toMatchObject({ fwd_keep_alives: 0, fwd_retransmitted_segments: 1, fwd_retransmit_unrto: 1 });
    // A keep-alive carries a byte that means nothing, and is not pushed.
    const probe = [data(40, 1, 1), ack(60, 2), data(9000, 1, 1, { flags: "A" })];
    expect(fwd(...probe)).toMatchObject({ fwd_keep_alives: 1, fwd_retransmitted_segments: 0 });
  });

  test("a byte into a closed window is a probe, and no hole when the receiver takes it", () => {
    const connection = fwd(
      data(40, 1, 100),
      ack(60, 101, { window: 0 }),
      data(300, 101, 1),
      ack(320, 101, { window: 0 }),
      data(600, 101, 1),
      ack(620, 102, { window: 500 }),
      data(630, 102, 100),
    );
    expect(connection.fwd_zero_window_probes).toBe(2);
    expect(connection.fwd_retransmitted_segments).toBe(0);
    expect(connection.fwd_unique_payload_bytes).toBe(200);
    expect(connection.rev_zero_windows).toBe(2);
    expect(connection.rev_window_min).toBe(0);
  });
});

test("a capture that begins in the midst counts what comes from below as new", () => {
  const conversation = new TcpConversation();
  const connection = conversation
    .send(data(0, 1001, 100), data(1, 801, 100), data(2, 901, 100), data(3, 801, 50))
    .connection();
  expect(connection.syn_seen).toBe(false);
  expect(connection.fwd_unique_payload_bytes).toBe(300);
  expect(connection.fwd_retransmitted_bytes).toBe(50);
  expect(connection.fwd_window_scale).toBeNull();
});

test("any segments: what is unique is the number of distinct sequence numbers, and nothing is counted twice", () => {
  const segment = fc.record({ sequence: fc.integer({ min: 0, max: 300 }), length: fc.integer({ min: 2, max: 60 }) });
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 40 }), fc.integer(), (segments, client) => {
      const conversation = new TcpConversation({ client, server: 1 });
      const sent = segments.map(({ sequence, length }, index) => data(40 + index, 1 + sequence, length));
      const connection = conversation.send(...HANDSHAKE, ...sent).connection();
      const distinct = new Set<number>();
      let again = 0;
      for (const { sequence, length } of segments) {
        let isAgain = false;
        for (let byte = sequence; byte < sequence + length; byte++) {
          if (distinct.has(byte)) isAgain = true;
          distinct.add(byte);
        }
        if (isAgain) again++;
      }
      const payload = segments.reduce((sum, { length }) => sum + length, 0);
      // A gap at the very start is a hole as well, so every byte is unique or sent again.
      expect(connection.fwd_payload_bytes).toBe(payload);
      expect(connection.fwd_unique_payload_bytes).toBe(distinct.size);
      expect(connection.fwd_retransmitted_segments - connection.fwd_upstream_loss_segments).toBeLessThanOrEqual(again);
      expect(connection.fwd_retransmitted_segments).toBeGreaterThanOrEqual(again);
      expect(connection.fwd_retransmitted_bytes).toBeGreaterThanOrEqual(payload - distinct.size);
    }),
  );
});
