import { randomBytes } from "node:crypto";
import {
  type DatagramHeader,
  kinds,
  OLDEST_VERSION,
  openDatagram,
  PROTOCOL_VERSION,
  readAcknowledgement,
  readHeader,
  sealDatagram,
  sessionKeys,
  writeAcknowledgement,
  writeChallenge,
} from "@trafmon/observation";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CollectorSession } from "./collector-session.ts";

const KEY = Buffer.alloc(32, 3);
const NOTHING = Buffer.alloc(0);
const run = "aa".repeat(8);

function session(sharedKey: Buffer | null = KEY) {
  const newSession = () => randomBytes(8).toString("hex");
  return new CollectorSession({ run, probe: "p", collector: "c", sharedKey, newSession });
}

/** What a collector of this epoch says. */
function collector(epoch: string, key: Buffer | null = KEY) {
  let counter = 0;
  const header = (kind: number, id: string): DatagramHeader => {
    return { version: PROTOCOL_VERSION, kind, run, session: id, epoch, counter: counter++ };
  };
  return {
    challenge: (id: string, isSealed = key !== null) =>
      sealDatagram(
        null,
        header(kinds.challenge, id),
        writeChallenge({ version: PROTOCOL_VERSION, isSealed, cookie: Buffer.alloc(32, 1) }),
        NOTHING,
      ),
    ack: (id: string, next: number) => {
      const keys = key && sessionKeys(key, { run, session: id, epoch, collector: "c" });
      return sealDatagram(
        keys?.toProbe ?? null,
        header(kinds.ack, id),
        NOTHING,
        writeAcknowledgement({ next, held: [] }),
      );
    },
  };
}

const hear = (to: CollectorSession, datagram: Buffer) => to.hear(readHeader(datagram)!, datagram, 1);

test("a session is open from the first sealed answer on, and not before", () => {
  const probe = session();
  const hello = readHeader(probe.hello())!;
  const real = collector("01".repeat(8));
  expect(hear(probe, real.challenge(hello.session)).kind).toBe("challenged");
  expect(probe.isOpen).toBe(false);
  const heard = hear(probe, real.ack(hello.session, 7));
  expect(heard).toMatchObject({ kind: "opened", what: "ack", isNewSession: true });
  expect(probe.isOpen).toBe(true);
  expect(heard.kind === "opened" && readAcknowledgement(heard.body).next).toBe(7);
});

test("forged challenges cost nothing: the real collector is still heard", () => {
  const probe = session();
  const hello = readHeader(probe.hello())!;
  const real = collector("01".repeat(8));
  for (let i = 0; i < 5; i++) hear(probe, collector(randomBytes(8).toString("hex")).challenge(hello.session));
  hear(probe, real.challenge(hello.session));
  hear(probe, collector("02".repeat(8)).challenge(hello.session));
  expect(hear(probe, real.ack(hello.session, 1)).kind).toBe("opened");
});

test("answers of a collector without the key, of another session, or heard before are refused", () => {
  const probe = session();
  const { session: id } = readHeader(probe.hello())!;
  const real = collector("01".repeat(8));
  hear(probe, real.challenge(id));
  const early = real.ack(id, 5);
  const late = real.ack(id, 6);
  expect(hear(probe, collector("01".repeat(8), Buffer.alloc(32, 9)).ack(id, 99))).toMatchObject({ kind: "refused" });
  expect(hear(probe, collector("01".repeat(8)).ack("bb".repeat(8), 99))).toMatchObject({ kind: "refused" });
  expect(probe.isOpen).toBe(false);
  expect(hear(probe, late).kind).toBe("opened");
  expect(hear(probe, late)).toMatchObject({ kind: "refused", reason: "replayed" });
  expect(hear(probe, early)).toMatchObject({ kind: "refused", reason: "replayed" });
});

test("a collector that says other security is refused", () => {
  for (const key of [KEY, null]) {
    const probe = session(key);
    const { session: id } = readHeader(probe.hello())!;
    const other = collector("01".repeat(8), key).challenge(id, key === null);
    const [ours, theirs] = key === null ? ["none", "sealed"] : ["sealed", "none"];
    expect(hear(probe, other)).toMatchObject({
      kind: "refused",
      reason: "security",
      meaning: expect.stringMatching(
        `^cannot talk to collector c: it says security="${theirs}", this side "${ours}"\n  `,
      ),
    });
  }
});

test("a challenge to the open session is a hint, and the session goes on", () => {
  const probe = session();
  const { session: id } = readHeader(probe.hello())!;
  const real = collector("01".repeat(8));
  hear(probe, real.challenge(id));
  hear(probe, real.ack(id, 1));
  expect(hear(probe, collector("02".repeat(8)).challenge(id))).toEqual({ kind: "unknown session" });
  expect(hear(probe, real.ack(id, 2)).kind).toBe("opened");
});

test("no counter is used twice, whatever sessions come and go", () => {
  const probe = session();
  const counters = new Set<number>();
  const note = (datagram: Buffer) => {
    const { counter } = readHeader(datagram)!;
    expect(counters.has(counter)).toBe(false);
    counters.add(counter);
  };
  for (let i = 0; i < 5; i++) {
    const hello = probe.hello();
    note(hello);
    const { session: id } = readHeader(hello)!;
    const real = collector("01".repeat(8));
    const challenged = hear(probe, real.challenge(id));
    if (challenged.kind === "challenged") note(challenged.echo);
    hear(probe, real.ack(id, 1));
    for (let k = 0; k < 10; k++) note(probe.seal(Buffer.from("x")));
  }
  expect(counters.size).toBe(60);
});

test("what is sealed opens with the key of its direction only", () => {
  const probe = session();
  const { session: id } = readHeader(probe.hello())!;
  const epoch = "01".repeat(8);
  const real = collector(epoch);
  hear(probe, real.challenge(id));
  hear(probe, real.ack(id, 1));
  const keys = sessionKeys(KEY, { run, session: id, epoch, collector: "c" });
  const datagram = probe.seal(Buffer.from("records"));
  expect(openDatagram(keys.toCollector, datagram)?.toString()).toBe("records");
  expect(openDatagram(keys.toProbe, datagram)).toBeNull();
  // Sent back to where it came from, it is no answer.
  expect(hear(probe, datagram)).toMatchObject({ kind: "refused" });
});

test("any bytes at all change nothing", () => {
  const probe = session();
  const { session: id } = readHeader(probe.hello())!;
  const real = collector("01".repeat(8));
  hear(probe, real.challenge(id));
  hear(probe, real.ack(id, 1));
  const pattern = real.ack(id, 2);
  fc.assert(
    fc.property(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 40 }), (place, bytes) => {
      const datagram = Buffer.from(pattern);
      datagram.set(bytes.subarray(0, datagram.length - (place % datagram.length)), place % datagram.length);
      fc.pre(!datagram.equals(pattern));
      const header = readHeader(datagram);
      if (header === null) return;
      expect(["refused", "unknown session"]).toContain(probe.hear(header, datagram, 1).kind);
    }),
    { numRuns: 500 },
  );
  expect(hear(probe, pattern).kind).toBe("opened");
});

test("a collector of another version is refused with what to do, and heard as soon as it speaks ours", () => {
  const probe = session();
  const { session: id } = readHeader(probe.hello())!;
  const [older, newer] = [OLDEST_VERSION - 1, PROTOCOL_VERSION + 1].map((version) => {
    const header = { version, kind: kinds.challenge, run, session: id, epoch: "01".repeat(8), counter: 0 };
    return sealDatagram(
      null,
      header,
      writeChallenge({ version, isSealed: true, cookie: Buffer.alloc(32, 1) }),
      NOTHING,
    );
  });
  const refused = (datagram: Buffer) => {
    const heard = hear(probe, datagram);
    return heard.kind === "refused" && heard.meaning?.split("\n");
  };
  expect(refused(newer!)).toEqual([
    "cannot talk to collector c: it speaks protocol version 2, this side 1 to 1",
    "  this side is the older one: upgrade it; what is measured waits in the spool meanwhile",
  ]);
  expect(refused(older!)).toEqual([
    "cannot talk to collector c: it speaks protocol version 0, this side 1 to 1",
    "  upgrade the collector first; what is measured waits in the spool meanwhile",
  ]);
  expect(hear(probe, collector("01".repeat(8)).challenge(id)).kind).toBe("challenged");
});
