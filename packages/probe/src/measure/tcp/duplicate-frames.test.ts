import { expect, test } from "vitest";
import { ack, data, HANDSHAKE, type Segment, TcpConversation } from "../../testing/tcp-conversation.ts";

const conversation: readonly Segment[] = [
  ...HANDSHAKE,
  data(40, 1, 100),
  data(41, 101, 100),
  data(42, 301, 100),
  ack(60, 201, { sack: [301, 401] }),
  data(90, 201, 100),
  ack(110, 401),
  data(200, 301, 100),
  ack(220, 401, { window: 0 }),
  { atMs: 300, from: "client", flags: "FA", sequence: 401, acknowledgement: 1 },
  { atMs: 320, from: "server", flags: "FA", sequence: 1, acknowledgement: 402 },
  { atMs: 330, from: "client", flags: "A", sequence: 402, acknowledgement: 2 },
];
const doubled = conversation.flatMap((segment) => [
  segment,
  { ...segment, atMs: segment.atMs + 0.1, isDuplicate: true },
]);

test("copies of frames change nothing in what TCP counters say", () => {
  const clean = new TcpConversation().send(...conversation);
  const copied = new TcpConversation().send(...doubled);
  clean.connections();
  copied.connections();
  expect(clean.kept.sum("tcpct", "fwd_retransmitted_segments")).toBe(2);
  expect(copied.kept.of("tcpct")).toEqual(clean.kept.of("tcpct"));
});

test("a connection counts them among its packets and beside them, and is otherwise the same", () => {
  const clean = new TcpConversation().send(...conversation).connection();
  const copied = new TcpConversation().send(...doubled).connection();
  expect(copied).toEqual({
    ...clean,
    ended_nanos: clean.ended_nanos + 100_000,
    fwd_packets: 2 * clean.fwd_packets,
    rev_packets: 2 * clean.rev_packets,
    fwd_bytes: 2 * clean.fwd_bytes,
    rev_bytes: 2 * clean.rev_bytes,
    fwd_payload_bytes: 2 * clean.fwd_payload_bytes,
    fwd_duplicate_frames: clean.fwd_packets,
    rev_duplicate_frames: clean.rev_packets,
    fwd_last_payload_nanos: clean.fwd_last_payload_nanos! + 100_000,
    fwd_longest_idle_ns: clean.fwd_longest_idle_ns - 100_000,
    rev_longest_idle_ns: clean.rev_longest_idle_ns - 100_000,
  });
  expect(clean.fwd_packets).toBe(9);
});

test("IP counters count them as packets, and beside them", () => {
  const { kept, analysis } = new TcpConversation().send(...doubled);
  analysis.finish();
  expect(kept.sum("ipct", "fwd_packets")).toBe(18);
  expect(kept.sum("ipct", "fwd_duplicate_packets")).toBe(9);
  expect(kept.sum("ipct", "rev_duplicate_packets")).toBe(5);
  expect(2 * kept.sum("ipct", "fwd_duplicate_bytes")).toBe(kept.sum("ipct", "fwd_bytes"));
});
