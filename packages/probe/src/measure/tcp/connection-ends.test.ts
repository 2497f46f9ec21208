import { describe, expect, test } from "vitest";
import { ALL_MEASUREMENTS, flowClass, HOST_PAIR } from "../../testing/analysis-settings.ts";
import { ack, data, HANDSHAKE, type Segment, TcpConversation } from "../../testing/tcp-conversation.ts";

const CLOSE: readonly Segment[] = [
  { atMs: 100, from: "client", flags: "FA", sequence: 101, acknowledgement: 1 },
  { atMs: 110, from: "server", flags: "FA", sequence: 1, acknowledgement: 102 },
  { atMs: 120, from: "client", flags: "A", sequence: 102, acknowledgement: 2 },
];
const BOTH_WAYS = [...HANDSHAKE, data(40, 1, 100), ack(60, 101)];

/** Connection events over all counters. */
function events({ kept }: TcpConversation) {
  const of = (name: "opened" | "established" | "closed" | "reset" | "refused" | "timed_out") =>
    kept.sum("tcpct", `connections_${name}`);
  return {
    opened: of("opened"),
    established: of("established"),
    closed: of("closed"),
    reset: of("reset"),
    refused: of("refused"),
    timedOut: of("timed_out"),
  };
}
const NONE = { opened: 0, established: 0, closed: 0, reset: 0, refused: 0, timedOut: 0 };

describe("close", () => {
  test("the record comes the linger time after both FINs are acknowledged, with all that came meanwhile", () => {
    const conversation = new TcpConversation().send(...BOTH_WAYS, ...CLOSE);
    const repeat: Segment = { atMs: 4000, from: "server", flags: "FA", sequence: 1, acknowledgement: 102 };
    conversation.send(repeat).waitUntil(5000);
    expect(conversation.kept.of("tcpcx")).toHaveLength(0);
    conversation.waitUntil(7000);
    const [record] = conversation.kept.of("tcpcx");
    expect(record).toMatchObject({ outcome: "closed", tail: false, established: true, rev_fin: 2, fwd_packets: 5 });
    expect(conversation.connections()).toHaveLength(1);
    expect(events(conversation)).toEqual({ ...NONE, opened: 1, established: 1, closed: 1 });
    expect(conversation.kept.sum("tcpct", "rev_fin_repeats")).toBe(1);
  });

  test("a simultaneous close is a close", () => {
    const conversation = new TcpConversation().send(
      ...BOTH_WAYS,
      { atMs: 100, from: "client", flags: "FA", sequence: 101, acknowledgement: 1 },
      { atMs: 101, from: "server", flags: "FA", sequence: 1, acknowledgement: 101 },
      { atMs: 102, from: "client", flags: "A", sequence: 102, acknowledgement: 2 },
      { atMs: 103, from: "server", flags: "A", sequence: 2, acknowledgement: 102 },
    );
    expect(conversation.connection().outcome).toBe("closed");
  });

  test("what comes later is a tail of the same connection, and opens nothing", () => {
    const conversation = new TcpConversation().send(...BOTH_WAYS, ...CLOSE).waitUntil(10_000);
    conversation.send({ atMs: 11_000, from: "server", flags: "R", sequence: 2 });
    const [record, tail] = conversation.connections();
    expect(tail).toMatchObject({ tail: true, outcome: "closed", connection_id: record!.connection_id, rev_packets: 1 });
    expect(tail!.fwd_packets).toBe(0);
    expect(tail!.rev_rst).toBe(1);
    expect(events(conversation)).toEqual({ ...NONE, opened: 1, established: 1, closed: 1 });
  });

  test("half closed is given up after its own time", () => {
    const conversation = new TcpConversation().send(...BOTH_WAYS, CLOSE[0]!).waitUntil(119_000);
    expect(conversation.kept.of("tcpcx")).toHaveLength(0);
    conversation.waitUntil(122_000);
    expect(conversation.kept.of("tcpcx")[0]!.outcome).toBe("timed_out");
  });

  test("both FINs without the last ACK are a close in the end", () => {
    const conversation = new TcpConversation().send(...BOTH_WAYS, ...CLOSE.slice(0, 2)).waitUntil(200_000);
    expect(conversation.connection().outcome).toBe("closed");
    expect(events(conversation).closed).toBe(1);
  });
});

describe("reset", () => {
  test("of an established connection", () => {
    const conversation = new TcpConversation().send(...BOTH_WAYS, {
      atMs: 80,
      from: "server",
      flags: "R",
      sequence: 1,
    });
    expect(conversation.kept.of("tcpcx")[0]!.outcome).toBe("reset");
    conversation.connections();
    expect(events(conversation)).toEqual({ ...NONE, opened: 1, established: 1, reset: 1 });
  });

  test("in answer to a SYN it is a refusal, and so it is of a half-open one", () => {
    const refused = new TcpConversation().send(HANDSHAKE[0]!, {
      atMs: 5,
      from: "server",
      flags: "RA",
      sequence: 0,
      acknowledgement: 1,
    });
    expect(refused.connection().outcome).toBe("refused");
    expect(events(refused)).toEqual({ ...NONE, opened: 1, refused: 1 });
    const halfOpen = new TcpConversation().send(...HANDSHAKE.slice(0, 2), {
      atMs: 25,
      from: "client",
      flags: "R",
      sequence: 1,
    });
    expect(halfOpen.connection().outcome).toBe("refused");
  });

  test("where only one direction passes, a reset after the opening is no refusal", () => {
    const client = [...BOTH_WAYS.filter(({ from }) => from === "client"), { ...CLOSE[0]!, flags: "R" }];
    expect(new TcpConversation().send(...client).connection()).toMatchObject({ outcome: "reset", established: false });
  });

  test("of a connection nobody saw it is a tail", () => {
    const conversation = new TcpConversation().send({ atMs: 0, from: "server", flags: "R", sequence: 7 });
    expect(conversation.connection()).toMatchObject({ tail: true, outcome: "reset", rev_packets: 1 });
    expect(events(conversation)).toEqual(NONE);
  });
});

describe("silence", () => {
  test("a SYN nobody answers is given up after a minute", () => {
    const conversation = new TcpConversation()
      .send(HANDSHAKE[0]!, { ...HANDSHAKE[0]!, atMs: 1000 }, { ...HANDSHAKE[0]!, atMs: 3000 })
      .waitUntil(62_000);
    expect(conversation.kept.of("tcpcx")).toHaveLength(0);
    conversation.waitUntil(65_000);
    expect(conversation.connection()).toMatchObject({ outcome: "timed_out", fwd_syn: 3, established: false });
    expect(events(conversation)).toEqual({ ...NONE, opened: 1, timedOut: 1 });
    expect(conversation.kept.sum("tcpct", "fwd_syn_repeats")).toBe(2);
  });

  test("an established connection is given up after an hour, its flow instance stays so long", () => {
    const conversation = new TcpConversation().send(...BOTH_WAYS).waitUntil(3_599_000);
    expect(conversation.kept.of("flowend")).toHaveLength(0);
    conversation.waitUntil(3_700_000);
    const [record] = conversation.kept.of("tcpcx");
    expect(record!.outcome).toBe("timed_out");
    const timedOut = conversation.kept.of("tcpct").find((each) => each.connections_timed_out > 0)!;
    expect(timedOut.interval_start_s).toBe(1_700_000_000 + 3600 - ((1_700_000_000 + 3600) % 60));
    conversation.waitUntil(4_200_000);
    expect(conversation.kept.of("flowend")).toHaveLength(1);
  });

  test("a segment after the time is over is none of the connection, though the clock had no chance to say so", () => {
    const conversation = new TcpConversation().send(HANDSHAKE[0]!, { ...HANDSHAKE[1]!, atMs: 60_500 });
    const [record, tail] = conversation.connections();
    expect(record).toMatchObject({ outcome: "timed_out", fwd_packets: 1, rev_packets: 0 });
    expect(tail).toMatchObject({ tail: true, rev_packets: 1 });
  });
});

describe("another connection in the same tuple", () => {
  const again = HANDSHAKE.map((segment) => ({
    ...segment,
    atMs: segment.atMs + 1000,
    sequence: segment.sequence + 70_000,
    acknowledgement: (segment.acknowledgement ?? 0) + (segment.from === "client" ? 70_000 : 70_000),
  }));

  test("begins with a SYN of another initial sequence number", () => {
    const conversation = new TcpConversation().send(...BOTH_WAYS, ...CLOSE, ...again);
    const [first, second] = conversation.connections();
    expect(first).toMatchObject({ outcome: "closed", fwd_packets: 5 });
    expect(second).toMatchObject({ outcome: "open", fwd_packets: 2, established: true, tail: false });
    expect(second!.connection_id).not.toBe(first!.connection_id);
    expect(events(conversation)).toEqual({ ...NONE, opened: 2, established: 2, closed: 1 });
  });

  test("ends an unclosed one, which is counted as given up", () => {
    const conversation = new TcpConversation().send(...BOTH_WAYS, ...again);
    expect(conversation.connections().map(({ outcome }) => outcome)).toEqual(["timed_out", "open"]);
  });

  test("begins with a repeated SYN where the first one was refused", () => {
    const refusal: Segment = { atMs: 1, from: "server", flags: "RA", sequence: 0, acknowledgement: 1 };
    const later = (segment: Segment) => ({ ...segment, atMs: segment.atMs + 500 });
    const conversation = new TcpConversation().send(HANDSHAKE[0]!, refusal, ...HANDSHAKE.map(later), data(600, 1, 10));
    expect(conversation.connections().map(({ outcome, tail }) => [outcome, tail])).toEqual([
      ["refused", false],
      ["open", false],
    ]);
    expect(events(conversation)).toEqual({ ...NONE, opened: 2, established: 1, refused: 1 });
  });

  test("does not begin with a repeated SYN, nor with a SYN-ACK the opener takes", () => {
    const conversation = new TcpConversation().send(
      HANDSHAKE[0]!,
      { ...HANDSHAKE[0]!, atMs: 10 },
      HANDSHAKE[1]!,
      { ...HANDSHAKE[1]!, atMs: 21, sequence: 900 },
      { atMs: 30, from: "client", flags: "A", sequence: 1, acknowledgement: 901 },
      { atMs: 31, from: "server", flags: "PA", sequence: 901, acknowledgement: 1, length: 10 },
    );
    expect(conversation.connection()).toMatchObject({
      fwd_syn: 2,
      rev_syn: 2,
      rev_unique_payload_bytes: 10,
      established: true,
    });
  });
});

describe("opening", () => {
  test("both sides at once make one connection", () => {
    const conversation = new TcpConversation().send(
      { atMs: 0, from: "client", flags: "S", sequence: 0 },
      { atMs: 1, from: "server", flags: "S", sequence: 0 },
      { atMs: 2, from: "client", flags: "SA", sequence: 0, acknowledgement: 1 },
      { atMs: 3, from: "server", flags: "SA", sequence: 0, acknowledgement: 1 },
      data(4, 1, 10),
    );
    expect(conversation.connection()).toMatchObject({
      established: true,
      syn_seen: true,
      fwd_syn: 2,
      rev_syn: 2,
      fwd_port: 40000,
    });
    expect(events(conversation)).toMatchObject({ opened: 1, established: 1 });
  });

  test("a SYN-ACK seen first tells who opened it", () => {
    const conversation = new TcpConversation().send(...HANDSHAKE.slice(1));
    expect(conversation.connection()).toMatchObject({ fwd_port: 40000, syn_seen: false, established: true });
  });

  test("a SYN overtaken by its SYN-ACK belongs to it", () => {
    const conversation = new TcpConversation().send(HANDSHAKE[1]!, { ...HANDSHAKE[0]!, atMs: 21 }, HANDSHAKE[2]!);
    expect(conversation.connection()).toMatchObject({ fwd_syn: 1, rev_syn: 1, established: true, syn_seen: true });
  });

  test("in the midst of it, the service's port tells who opened it", () => {
    const conversation = new TcpConversation().send({ ...ack(0, 5), length: 10 });
    expect(conversation.connection()).toMatchObject({
      fwd_port: 40000,
      rev_port: 80,
      rev_packets: 1,
      established: false,
    });
  });
});

describe("a full table", () => {
  const port = (sourcePort: number, ...segments: readonly Segment[]) =>
    segments.map((segment) => ({ ...segment, sourcePort, atMs: segment.atMs + sourcePort }));

  test("gives up the one silent longest, with its record", () => {
    const conversation = new TcpConversation(undefined, undefined, { maxConnections: 3 });
    for (let each = 1; each <= 10; each++) conversation.send(...port(each, data(0, 1, 10)));
    const records = conversation.connections();
    expect(records.map(({ fwd_port }) => fwd_port).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(records.filter(({ outcome }) => outcome === "evicted")).toHaveLength(7);
    expect(conversation.kept.of("event").filter(({ code }) => code === "connections_evicted")).toMatchObject([
      { code: "connections_evicted", parameters: '{"connections":7}' },
    ]);
  });

  test("gives up openings never completed first, and makes no record of them, but counts them", () => {
    const conversation = new TcpConversation(undefined, undefined, { maxConnections: 8 });
    for (const each of [1, 2, 3]) conversation.send(...port(each, ...BOTH_WAYS));
    for (let each = 1000; each < 1100; each++) {
      conversation.send(...port(each, HANDSHAKE[0]!, ...(each % 2 ? [HANDSHAKE[1]!] : [])));
    }
    const records = conversation.connections();
    expect(records.filter(({ established }) => established).map(({ outcome }) => outcome)).toEqual(
      Array(3).fill("open"),
    );
    expect(records).toHaveLength(8);
    expect(conversation.kept.of("event").filter(({ code }) => code === "connections_evicted")).toMatchObject([
      { code: "connections_evicted", parameters: '{"attempts":95}' },
    ]);
    const { kept } = conversation;
    expect(kept.sum("tcpct", "connections_opened")).toBe(103);
    expect(kept.sum("tcpct", "fwd_syn")).toBe(103);
  });
});

test("a connection is reported once, under the first class that asks, the others named", () => {
  const classes = [
    flowClass({ name: "volume" }),
    flowClass({ name: "counted", account: false, measure: { tcpCounters: { intervalS: 60 } } }),
    flowClass({ name: "ours", account: false, measure: ALL_MEASUREMENTS }),
    flowClass({ name: "theirs", account: false, partition: HOST_PAIR, measure: ALL_MEASUREMENTS }),
  ];
  const conversation = new TcpConversation(undefined, classes).send(...BOTH_WAYS, ...CLOSE);
  const record = conversation.connection();
  const ours = conversation.kept.of("flow").find((flow) => flow.class === "ours")!;
  expect(record).toMatchObject({ flow_id: ours.flow_id, other_classes: "theirs" });
  // Each class that asks for counters has them all.
  expect(events(conversation)).toEqual({ ...NONE, opened: 3, established: 3, closed: 3 });
});
