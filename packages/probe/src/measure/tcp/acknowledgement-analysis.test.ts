import { describe, expect, test } from "vitest";
import { ack, data, HANDSHAKE, type Segment, TcpConversation } from "../../testing/tcp-conversation.ts";

const connection = (...segments: readonly Segment[]) =>
  new TcpConversation().send(...HANDSHAKE, ...segments).connection();

describe("round-trip times", () => {
  test("an ACK gives one sample, from the newest segment it covers", () => {
    const record = connection(data(40, 1, 100), data(45, 101, 100), ack(60, 201), data(70, 201, 100), ack(95, 301));
    expect(record.fwd_rtt_samples).toBe(2);
    expect(record.fwd_rtt_min_ns).toBe(15e6);
    expect(record.fwd_rtt_max_ns).toBe(25e6);
    expect(record.fwd_rtt_avg_ns).toBe(20e6);
    expect(record.fwd_rtt_stddev_ns).toBe(5e6);
    expect(record.rev_rtt_samples).toBe(0);
    expect(record.rev_rtt_min_ns).toBeNull();
  });

  test("none comes of a byte that was sent twice (Karn), nor of an ACK that covers nothing new", () => {
    const record = connection(
      data(40, 1, 100),
      data(50, 1, 100),
      ack(60, 101),
      ack(61, 101),
      data(70, 101, 100),
      data(71, 201, 100),
      data(80, 151, 20),
      ack(90, 301),
    );
    expect(record.fwd_rtt_samples).toBe(0);
  });

  test("what was lost before the tap was sent twice, what was overtaken was not", () => {
    const lost = [data(40, 1, 100), data(41, 201, 100), data(80, 101, 100), ack(100, 301)];
    expect(connection(...lost).fwd_rtt_samples).toBe(0);
    const overtaken = [data(40, 1, 100), data(41, 201, 100), data(42, 101, 100), ack(60, 301)];
    expect(connection(...overtaken).fwd_rtt_max_ns).toBe(18e6);
  });

  test("SYN and FIN give none; the handshake has times of its own", () => {
    const record = connection(
      { atMs: 50, from: "client", flags: "FA", sequence: 1, acknowledgement: 1 },
      { atMs: 60, from: "server", flags: "FA", sequence: 1, acknowledgement: 2 },
      { atMs: 70, from: "client", flags: "A", sequence: 2, acknowledgement: 2 },
    );
    expect(record.fwd_rtt_samples + record.rev_rtt_samples).toBe(0);
    expect(record.syn_synack_ns).toBe(20e6);
    expect(record.synack_ack_ns).toBe(10e6);
    expect(record.outcome).toBe("closed");
  });

  test("the counters have the same samples, in the histogram too", () => {
    const conversation = new TcpConversation().send(
      ...HANDSHAKE,
      data(40, 1, 100),
      ack(60, 101),
      data(70, 101, 9),
      ack(90, 110),
    );
    conversation.analysis.finish();
    const [counters] = conversation.kept.of("tcpct");
    expect(counters!.fwd_rtt_samples).toBe(2);
    expect(counters!.fwd_rtt_sum_ns).toBe(40e6);
    expect(counters!.fwd_rtt_histogram[1]).toBe(2);
    expect(counters!.rev_rtt_histogram).toEqual([]);
  });
});

describe("duplicate ACKs", () => {
  const before = [data(40, 1, 100), data(41, 101, 100), ack(60, 101)];

  test("all of RFC 5681's five conditions are needed", () => {
    expect(connection(...before, ack(61, 101)).rev_duplicate_acks).toBe(1);
    expect(connection(...before, ack(61, 101, { window: 999 })).rev_duplicate_acks).toBe(0);
    expect(connection(...before, ack(61, 101, { length: 10 })).rev_duplicate_acks).toBe(0);
    expect(connection(...before, ack(61, 101, { flags: "FA" })).rev_duplicate_acks).toBe(0);
    expect(connection(...before, ack(61, 51)).rev_duplicate_acks).toBe(0);
    expect(connection(...before, ack(61, 201), ack(62, 201)).rev_duplicate_acks).toBe(0);
  });
});

describe("SACK", () => {
  test("blocks are counted, a D-SACK apart", () => {
    const record = connection(
      data(40, 1, 100),
      data(41, 201, 100),
      data(42, 401, 100),
      ack(60, 101, { sack: [401, 501, 201, 301] }),
      ack(61, 101, { sack: [51, 101, 201, 301] }),
      ack(62, 101, { sack: [220, 240, 201, 301] }),
    );
    expect(record.rev_sack_blocks).toBe(4);
    expect(record.rev_dsack_blocks).toBe(2);
    expect(record.fwd_sack_permitted).toBe(true);
    expect(record.rev_sack_permitted).toBe(false);
  });
});

describe("windows", () => {
  test("they are scaled when both SYNs had the option, the SYN's own is not", () => {
    const record = connection(data(40, 1, 10, { window: 500 }), ack(60, 11, { window: 300 }));
    expect(record.fwd_window_max).toBe(1000 << 7);
    expect(record.fwd_window_min).toBe(1000);
    expect(record.rev_window_min).toBe(1000);
    expect(record.rev_window_max).toBe(300 << 2);
    expect([record.fwd_window_scale, record.rev_window_scale]).toEqual([7, 2]);
  });

  test("one side alone scales nothing", () => {
    const segments = HANDSHAKE.map(({ windowScale, ...segment }) =>
      segment.from === "client" && windowScale ? { ...segment, windowScale } : segment,
    );
    const record = new TcpConversation().send(...segments, data(40, 1, 10)).connection();
    expect([record.fwd_window_scale, record.rev_window_scale]).toEqual([0, 0]);
    expect(record.fwd_window_max).toBe(1000);
  });

  test("a window of 0 counts, each closing once as an episode, but not from a side that sent FIN or RST", () => {
    const conversation = new TcpConversation().send(
      ...HANDSHAKE,
      ack(40, 1, { window: 0 }),
      ack(41, 1, { window: 0 }),
      ack(42, 1, { window: 5 }),
      ack(43, 1, { window: 0 }),
      ack(44, 1, { window: 0, flags: "FA" }),
      ack(45, 1, { window: 0, sequence: 2 }),
      ack(46, 1, { window: 0, sequence: 2, flags: "R" }),
    );
    const record = conversation.connection();
    expect(record.rev_zero_windows).toBe(3);
    expect(conversation.kept.sum("tcpct", "rev_zero_windows")).toBe(3);
    expect(conversation.kept.sum("tcpct", "rev_zero_window_episodes")).toBe(2);
  });
});

test("a side that has sent its FIN still advertises windows, but none of 0", () => {
  const record = connection(
    ack(40, 1, { flags: "FA", window: 0 }),
    { atMs: 41, from: "client", flags: "A", sequence: 1, acknowledgement: 2 },
    data(42, 1, 500),
    ack(62, 501, { sequence: 2, window: 700 }),
    ack(63, 501, { sequence: 2, window: 0 }),
    ack(64, 501, { sequence: 2, flags: "R", window: 5000 }),
  );
  expect([record.rev_window_min, record.rev_window_max, record.rev_zero_windows]).toEqual([1000, 700 << 2, 0]);
});

test("bytes in flight: their greatest, their least peak, and the first one", () => {
  const record = connection(
    data(40, 1, 100),
    data(41, 101, 200),
    ack(60, 301),
    data(61, 301, 50),
    ack(80, 351),
    data(81, 351, 1000),
    ack(90, 1351),
  );
  expect(record.fwd_in_flight_initial).toBe(300);
  expect(record.fwd_in_flight_max).toBe(1000);
  expect(record.fwd_in_flight_min).toBe(50);
  expect(record.rev_in_flight_max).toBeNull();
});
