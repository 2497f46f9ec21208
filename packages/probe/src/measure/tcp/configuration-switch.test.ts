import type { FlowClassSettings } from "@trafmon/settings";
import { expect, test } from "vitest";
import { ALL_MEASUREMENTS, analysisSettings, flowClass, HOST_PAIR } from "../../testing/analysis-settings.ts";
import { ack, data, HANDSHAKE, type Segment, TcpConversation } from "../../testing/tcp-conversation.ts";

const ONE = [flowClass({ measure: ALL_MEASUREMENTS })];
const THREE = [
  flowClass({ name: "volume", partition: HOST_PAIR, measure: ALL_MEASUREMENTS }),
  flowClass({ name: "ports", account: false, measure: ALL_MEASUREMENTS }),
  flowClass({ name: "counted", account: false, measure: { tcpCounters: { intervalS: 60 } } }),
];

const LIMITS = { maxStepS: 100_000, maxFlows: 200, maxConnections: 200, maxFragments: 16 };

/** Losses, reordering and a closed window on both sides of every switch, then a close. */
const CONVERSATION: readonly Segment[] = [
  ...HANDSHAKE,
  data(40, 1, 100),
  data(41, 201, 100),
  data(41.5, 401, 100),
  ack(60, 101, { sack: [201, 301] }),
  data(61, 301, 100),
  data(90, 101, 100),
  ack(110, 401),
  data(111, 401, 100),
  ack(131, 501, { window: 0 }),
  ack(140, 501),
  data(141, 701, 100),
  data(400, 501, 200),
  ack(420, 801),
  { atMs: 500, from: "client", flags: "FA", sequence: 801, acknowledgement: 1 },
  { atMs: 510, from: "server", flags: "FA", sequence: 1, acknowledgement: 802 },
  { atMs: 520, from: "client", flags: "A", sequence: 802, acknowledgement: 2 },
];

/** The conversation with a switch before each of these segments. */
function switched(at: readonly number[], classes: readonly FlowClassSettings[], maxConnections = 200) {
  const conversation = new TcpConversation(undefined, ONE, LIMITS);
  CONVERSATION.forEach((segment, index) => {
    if (at.includes(index)) {
      conversation.analysis.switchTo(analysisSettings(classes, { ...LIMITS, maxConnections }));
    }
    conversation.send(segment);
  });
  return conversation;
}

const ADDED = [
  "packets",
  "bytes",
  "payload_bytes",
  "unique_payload_bytes",
  "retransmitted_segments",
  "retransmitted_bytes",
  "retransmit_rto",
  "retransmit_fs",
  "retransmit_unk",
  "upstream_loss_segments",
  "out_of_order_segments",
  "duplicate_acks",
  "sack_blocks",
  "zero_windows",
  "rtt_samples",
  "syn",
  "fin",
] as const;

function sums(conversation: TcpConversation) {
  const records = conversation.connections();
  return Object.fromEntries(
    ADDED.flatMap((name) => [
      [`fwd_${name}`, records.reduce((sum, each) => sum + each[`fwd_${name}`], 0)],
      [`rev_${name}`, records.reduce((sum, each) => sum + each[`rev_${name}`], 0)],
    ]),
  );
}

const whole = sums(switched([], ONE));
const switches = CONVERSATION.map((_, index) => index).slice(1);

test.each([
  ["the same classes", ONE, 200],
  ["other classes", THREE, 200],
  ["a smaller table", ONE, 100],
  ["a larger table", THREE, 400],
])("wherever the switch to %s comes, the records of a connection add up", (_, classes, maxConnections) => {
  expect(whole.fwd_retransmitted_segments).toBeGreaterThan(2);
  for (const at of switches) expect([at, sums(switched([at], classes, maxConnections))]).toEqual([at, whole]);
  expect(sums(switched(switches, classes, maxConnections))).toEqual(whole);
});

test("it is one connection, opened once and closed once, under its own number", () => {
  const conversation = switched([4, 8], ONE);
  const records = conversation.connections();
  expect(records.map(({ connection_id, outcome, tail }) => [connection_id, outcome, tail])).toEqual([
    [1, "open", false],
    [1, "open", false],
    [1, "closed", false],
  ]);
  expect(records.map(({ established, syn_seen, fwd_port }) => [established, syn_seen, fwd_port])).toEqual(
    records.map(() => [true, true, 40_000]),
  );
  const { kept } = conversation;
  expect(kept.sum("tcpct", "connections_opened")).toBe(1);
  expect(kept.sum("tcpct", "connections_established")).toBe(1);
  expect(kept.sum("tcpct", "connections_closed")).toBe(1);
});

test("a connection that is silent from then on stays open in the counters, and makes no further record", () => {
  const conversation = new TcpConversation(undefined, ONE).send(...CONVERSATION.slice(0, 6));
  conversation.analysis.switchTo(analysisSettings(ONE, { maxStepS: 100_000 }));
  conversation.waitUntil(7_300_000);
  expect(conversation.connections().map(({ outcome }) => outcome)).toEqual(["open"]);
  expect(conversation.kept.sum("tcpct", "connections_timed_out")).toBe(0);
});

test("time-outs of the new configuration hold", () => {
  const conversation = new TcpConversation(undefined, ONE).send(...CONVERSATION.slice(0, 6));
  const shorter = { ...ALL_MEASUREMENTS, tcpConnections: { ...ALL_MEASUREMENTS.tcpConnections!, idleS: 60 } };
  conversation.analysis.switchTo(analysisSettings([flowClass({ measure: shorter })], { maxStepS: 100_000 }));
  conversation.send(data(61, 301, 100)).waitUntil(63_000);
  expect(conversation.kept.of("tcpcx").map(({ outcome }) => outcome)).toEqual(["open", "timed_out"]);
});

test("what a table too small has no room for goes on as if it began", () => {
  const ports = [1, 2, 3, 4, 5, 6];
  const conversation = new TcpConversation(undefined, ONE);
  for (const sourcePort of ports) conversation.send({ ...data(sourcePort, 1, 10), sourcePort });
  conversation.analysis.switchTo(analysisSettings(ONE, { maxStepS: 100_000, maxConnections: 4 }));
  for (const sourcePort of ports) conversation.send({ ...data(sourcePort + 10, 11, 10), sourcePort });
  const records = conversation.connections();
  expect(records.reduce((sum, { fwd_packets }) => sum + fwd_packets, 0)).toBe(12);
});
