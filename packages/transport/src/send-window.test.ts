import { WINDOW_PDUS } from "@trafmon/observation";
import { expect, test } from "vitest";
import type { OutgoingPdu } from "./outgoing-pdu.ts";
import { SendWindow } from "./send-window.ts";

const evenly = () => 0.5;

function pdu(sequence: number, span = 1): OutgoingPdu {
  return { sequence, span, type: 16, recordCount: 1, bytes: Buffer.alloc(10) };
}

/** A window with PDUs 1 to `count` sent at this time. */
function windowOf(count: number, nowMs = 0) {
  const window = new SendWindow(evenly);
  for (let i = 1; i <= count; i++) window.sent(window.add(pdu(i)), nowMs);
  return window;
}

const sequences = (entries: readonly { readonly pdu: OutgoingPdu }[]) => entries.map((entry) => entry.pdu.sequence);

test("what is acknowledged goes, a gap notice when all it stands for is safe", () => {
  const window = new SendWindow(evenly);
  for (const each of [pdu(1), pdu(2, 10), pdu(12)]) window.sent(window.add(each), 0);
  expect(window.acknowledge({ next: 5, held: [] }, 10)).toBe(true);
  expect(window.size).toBe(2);
  expect(window.acknowledge({ next: 5, held: [] }, 20)).toBe(false);
  window.acknowledge({ next: 12, held: [] }, 30);
  expect(window.size).toBe(1);
});

test("nothing is sent again before its time, and everything at its time, however often", () => {
  const window = windowOf(3);
  expect(window.due(999)).toEqual([]);
  let nowMs = 1000;
  const waits: number[] = [];
  for (let round = 0; round < 8; round++) {
    const due = window.due(nowMs);
    expect(sequences(due)).toEqual([1, 2, 3]);
    for (const entry of due) window.sent(entry, nowMs);
    const wait = Math.min(...due.map((entry) => entry.dueMs)) - nowMs;
    waits.push(wait);
    nowMs += Math.max(...due.map((entry) => entry.dueMs)) - nowMs;
  }
  // Twice as long each time while nothing is heard, and never longer than ten seconds.
  expect(waits).toEqual([2000, 4000, 8000, 10_000, 10_000, 10_000, 10_000, 10_000]);
});

test("what is held is not sent again; what is missing below it is, at once", () => {
  const window = windowOf(6);
  window.acknowledge({ next: 2, held: [4, 5] }, 400);
  expect(sequences(window.due(400))).toEqual([2, 3]);
  for (const entry of window.due(400)) window.sent(entry, 400);
  // Asked again right away, it is given time to arrive.
  window.acknowledge({ next: 2, held: [4, 5] }, 405);
  expect(sequences(window.due(405))).toEqual([]);
});

test("in a new session everything is sealed and sent anew", () => {
  const window = windowOf(3);
  window.acknowledge({ next: 1, held: [2, 3] }, 10);
  window.restart();
  const due = window.due(10);
  expect(sequences(due)).toEqual([1, 2, 3]);
  expect(due.every((entry) => entry.datagram === null && !entry.isHeld)).toBe(true);
});

test("the window never spans more sequences than an acknowledgement can speak of", () => {
  const window = new SendWindow(evenly);
  window.sent(window.add(pdu(1)), 0);
  expect(window.hasRoomFor(WINDOW_PDUS)).toBe(true);
  expect(window.hasRoomFor(WINDOW_PDUS + 1)).toBe(false);
});

test("large PDUs on the way are bounded by their bytes", () => {
  const window = new SendWindow(evenly);
  const bytes = Buffer.alloc(65_000);
  let sequence = 1;
  while (window.hasRoomFor(sequence)) window.sent(window.add({ ...pdu(sequence++), bytes }), 0);
  expect(window.size).toBe(Math.ceil((8 << 20) / 65_000));
  window.acknowledge({ next: 3, held: [] }, 10);
  expect(window.hasRoomFor(sequence)).toBe(true);
});

test("fewer are on the way after a time-out, more after each acknowledgement", () => {
  const window = windowOf(256);
  expect(window.hasRoomFor(257)).toBe(false);
  for (const entry of window.due(1000)) window.sent(entry, 1000);
  window.acknowledge({ next: 130, held: [] }, 1100);
  // 256 halved to 128, and 129 acknowledged since.
  expect(window.size).toBe(127);
  expect(window.hasRoomFor(257)).toBe(true);
});

test("what waits behind others does not count as slow", () => {
  const window = windowOf(100);
  window.acknowledge({ next: 1, held: Array.from({ length: 99 }, (_, i) => i + 2) }, 50);
  for (const entry of window.due(50)) window.sent(entry, 50);
  window.acknowledge({ next: 101, held: [] }, 60_000);
  const entry = window.add(pdu(101));
  window.sent(entry, 60_000);
  expect(entry.dueMs - 60_000).toBeLessThanOrEqual(1000);
});
