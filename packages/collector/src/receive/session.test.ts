import { openDatagram, readAcknowledgement } from "@trafmon/observation";
import { expect, test } from "vitest";
import { type Peer, Session } from "./session.ts";

const identity = {
  run: "00000000000000aa",
  id: "00000000000000bb",
  epoch: "00000000000000cc",
  version: 1,
  probe: "p",
  relay: null,
  sender: "p",
  challengedMs: 0,
  nowMs: 0,
};
const peer: Peer = { address: "127.0.0.1", port: 9 };

test("what becomes safe after an answer is answered too, though nothing more comes", () => {
  const stream = { safeThrough: 0 };
  const session = new Session(identity, null, { stream, held: () => [] }, peer);
  const next: number[] = [];
  const answer = () => session.answer((datagram) => next.push(readAcknowledgement(openDatagram(null, datagram)!).next));

  // A PDU comes while a commit is under way that does not hold it.
  session.isUnanswered = true;
  answer();
  expect(session.owesAnswer).toBe(false);
  // The next commit does.
  stream.safeThrough = 1;
  expect(session.owesAnswer).toBe(true);
  answer();
  expect(session.owesAnswer).toBe(false);
  expect(next).toEqual([1, 2]);
});
