import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { MalformedError } from "../codec/refused.ts";
import { readAcknowledgement, WINDOW_PDUS, writeAcknowledgement } from "./acknowledgement.ts";
import { readDataPdu, writeDataPdu } from "./data-pdu.ts";
import { type DatagramHeader, openDatagram, readHeader, sealDatagram } from "./datagram.ts";
import { readDefinitionRequest, writeDefinitionRequest } from "./definition-request.ts";
import { readGapBody, writeGapBody } from "./gap-notice.ts";
import * as handshake from "./handshake.ts";
import { ReplayWindow } from "./replay-window.ts";
import { sessionKeys } from "./session-keys.ts";

const id = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((b) => Buffer.from(b).toString("hex"));
const header: fc.Arbitrary<DatagramHeader> = fc.record({
  version: fc.nat(255),
  kind: fc.nat(255),
  run: id,
  session: id,
  epoch: id,
  counter: fc.maxSafeNat(),
});
const bytes = fc.uint8Array({ maxLength: 200 }).map((b) => Buffer.from(b));
const key = createHash("sha256").update("psk").digest();

test("a datagram opens with its key as what was sealed, and its header reads as written", () => {
  fc.assert(
    fc.property(header, bytes, bytes, fc.boolean(), (head, clear, sealed, isSealed) => {
      const datagram = sealDatagram(isSealed ? key : null, head, clear, sealed);
      expect(readHeader(datagram)).toEqual(head);
      expect(openDatagram(isSealed ? key : null, datagram, clear.length)).toEqual(sealed);
    }),
  );
});

test("a sealed datagram changed in any bit, shortened, or opened with another key does not open", () => {
  fc.assert(
    fc.property(header, bytes, bytes, fc.nat(), fc.nat(7), (head, clear, sealed, place, bit) => {
      const datagram = sealDatagram(key, head, clear, sealed);
      const changed = Buffer.from(datagram);
      changed[place % changed.length]! ^= 1 << bit;
      expect(openDatagram(key, changed, clear.length)).toBeNull();
      const shorter = datagram.subarray(0, place % datagram.length);
      expect(openDatagram(key, shorter, clear.length)).toBeNull();
      expect(openDatagram(createHash("sha256").update("other").digest(), datagram, clear.length)).toBeNull();
      expect(openDatagram(null, datagram, clear.length)).toBeNull();
    }),
  );
});

test("what is sealed is xored with ChaCha20 of RFC 8439, block 1, nonce from the counter", () => {
  const plainKey = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
  const head = { version: 1, kind: 4, run: "01".repeat(8), session: "02".repeat(8), epoch: "03".repeat(8), counter: 7 };
  const datagram = sealDatagram(plainKey, head, Buffer.alloc(0), Buffer.from("hello"));
  const stream = chacha20Block(plainKey, 1, Buffer.from("000000000000000000000007", "hex"));
  const expected = Buffer.from("hello").map((byte, i) => byte ^ stream[i]!);
  expect(datagram.subarray(36, 41)).toEqual(Buffer.from(expected));
});

/** RFC 8439 section 2.3, for one block. */
function chacha20Block(k: Buffer, counter: number, nonce: Buffer): Buffer {
  const words = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];
  const start = Uint32Array.from([
    ...words,
    ...Array.from({ length: 8 }, (_, i) => k.readUInt32LE(4 * i)),
    counter,
    ...Array.from({ length: 3 }, (_, i) => nonce.readUInt32LE(4 * i)),
  ]);
  const x = Uint32Array.from(start);
  const rotate = (v: number, n: number) => (v << n) | (v >>> (32 - n));
  const quarter = (a: number, b: number, c: number, d: number) => {
    for (const [p, q, r, n] of [
      [a, b, d, 16],
      [c, d, b, 12],
      [a, b, d, 8],
      [c, d, b, 7],
    ] as const) {
      x[p] = x[p]! + x[q]!;
      x[r] = rotate(x[r]! ^ x[p]!, n);
    }
  };
  for (let i = 0; i < 10; i++) {
    for (const [a, b, c, d] of [
      [0, 4, 8, 12],
      [1, 5, 9, 13],
      [2, 6, 10, 14],
      [3, 7, 11, 15],
    ] as const)
      quarter(a, b, c, d);
    for (const [a, b, c, d] of [
      [0, 5, 10, 15],
      [1, 6, 11, 12],
      [2, 7, 8, 13],
      [3, 4, 9, 14],
    ] as const)
      quarter(a, b, c, d);
  }
  const block = Buffer.alloc(64);
  for (const [i, word] of x.entries()) block.writeUInt32LE((word + start[i]!) >>> 0, 4 * i);
  return block;
}

test("keys differ by direction, run, session, epoch, collector and shared key", () => {
  const base = { run: "aa".repeat(8), session: "bb".repeat(8), epoch: "cc".repeat(8), collector: "c1" };
  const keys = [
    base,
    { ...base, run: "ab".repeat(8) },
    { ...base, session: "bc".repeat(8) },
    { ...base, epoch: "cd".repeat(8) },
    { ...base, collector: "c2" },
  ].flatMap((identity) => Object.values(sessionKeys(key, identity)));
  keys.push(sessionKeys(Buffer.alloc(32), base).toProbe);
  expect(new Set(keys.map((each) => each.toString("hex"))).size).toBe(11);
  expect(sessionKeys(key, base).toProbe).toEqual(sessionKeys(key, base).toProbe);
});

const pdu = fc.record({
  type: fc.nat(255),
  isRepeat: fc.boolean(),
  sequence: fc.maxSafeNat(),
  watermark: fc.record({ s: fc.nat({ max: 2 ** 32 - 1 }), nanos: fc.nat({ max: 999_999_999 }) }),
  configurationHash: id,
  recordCount: fc.nat({ max: 65_535 }),
  firstRecordNo: fc.maxSafeNat(),
  body: bytes,
});

test("a PDU is read as it was written", () => {
  fc.assert(
    fc.property(pdu, (given) => {
      expect(readDataPdu(writeDataPdu(given))).toEqual(given);
    }),
  );
});

test("an acknowledgement is read as it was written, without what its bitmap cannot say", () => {
  const offsets = fc.uniqueArray(fc.nat({ max: WINDOW_PDUS - 1 }), { maxLength: 50 });
  fc.assert(
    fc.property(fc.nat(), offsets, (next, given) => {
      const held = given.map((offset) => next + offset).sort((a, b) => a - b);
      expect(readAcknowledgement(writeAcknowledgement({ next, held }))).toEqual({ next, held });
    }),
  );
  expect(readAcknowledgement(writeAcknowledgement({ next: 5, held: [4, 5 + WINDOW_PDUS] })).held).toEqual([]);
});

test("a gap notice, a request and the handshake's parts are read as they were written", () => {
  const dropped = [
    { type: 16, recordCount: 70, firstRecordNo: 701, watermarkS: 1_700_000_000 },
    { type: 54, recordCount: 1, firstRecordNo: Number.MAX_SAFE_INTEGER, watermarkS: 2 ** 32 - 1 },
  ];
  expect(readGapBody(writeGapBody(dropped), 2)).toEqual(dropped);
  const tooMuch = Buffer.of(16, ...[0xff, 0xff, 0xff, 0xff, 0x7f], 1, 1);
  expect(() => readGapBody(tooMuch, 1)).toThrow(MalformedError);
  const request = {
    slicesAndHops: true,
    flows: [
      { from: 3, until: 9 },
      { from: 100, until: 101 },
    ],
  };
  expect(readDefinitionRequest(writeDefinitionRequest(request))).toEqual(request);
  const hello = { newestVersion: 2, oldestVersion: 1, isSealed: true, probe: "pröbe", collector: "c" };
  expect(handshake.readHello(handshake.writeHello(hello))).toEqual(hello);
  const cookie = Buffer.alloc(32, 7);
  const challenge = { version: 1, isSealed: false, cookie };
  expect(handshake.readChallenge(handshake.writeChallenge(challenge))).toEqual(challenge);
  const clear = handshake.writeEchoClear(cookie, "probe1");
  expect(handshake.readEchoClear(Buffer.concat([clear, Buffer.alloc(9)]))).toEqual({
    cookie,
    probe: "probe1",
    clearBytes: clear.length,
  });
  expect(handshake.readEchoSealed(handshake.writeEchoSealed({ firstSequence: 4711 }))).toEqual({ firstSequence: 4711 });
});

test("a challenge is not longer than the shortest hello", () => {
  const hello = handshake.writeHello({
    newestVersion: 1,
    oldestVersion: 1,
    isSealed: true,
    probe: "p",
    collector: "c",
  });
  const challenge = handshake.writeChallenge({ version: 1, isSealed: true, cookie: Buffer.alloc(32) });
  expect(challenge.length).toBeLessThanOrEqual(hello.length);
});

test("no bytes whatever make a reader throw anything else than MalformedError", () => {
  const readers = [
    readDataPdu,
    readAcknowledgement,
    readDefinitionRequest,
    (b: Buffer) => readGapBody(b, b.length),
    handshake.readHello,
    handshake.readChallenge,
    handshake.readEchoClear,
    handshake.readEchoSealed,
    (b: Buffer) => {
      readHeader(b);
      openDatagram(key, b);
    },
  ];
  fc.assert(
    fc.property(fc.constantFrom(...readers), bytes, (read, given) => {
      try {
        read(given);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError);
      }
    }),
    { numRuns: 2000 },
  );
});

test("a cookie is good for its peer and session and for half a minute", () => {
  const jar = new handshake.CookieJar(Buffer.alloc(32, 1));
  const subject = { address: "192.0.2.1", port: 7, run: "aa".repeat(8), session: "bb".repeat(8) };
  const cookie = jar.bake(subject, 1000.7);
  expect(jar.issuedMs(cookie, subject, 2000)).toBe(1000);
  expect(jar.issuedMs(cookie, subject, 31_001)).toBeNull();
  for (const other of [{ address: "192.0.2.2" }, { port: 8 }, { run: "ab".repeat(8) }, { session: "bc".repeat(8) }]) {
    expect(jar.issuedMs(cookie, { ...subject, ...other }, 2000)).toBeNull();
  }
  expect(new handshake.CookieJar(Buffer.alloc(32, 2)).issuedMs(cookie, subject, 2000)).toBeNull();
  cookie[3]! ^= 1;
  expect(jar.issuedMs(cookie, subject, 2000)).toBeNull();
});

test("each counter is taken once, in any order within the window", () => {
  const counters = fc.array(fc.oneof(fc.nat(50), fc.integer({ min: 4000, max: 9000 })), { maxLength: 200 });
  fc.assert(
    fc.property(counters, (given) => {
      const window = new ReplayWindow();
      const taken = new Set<number>();
      let highest = -1;
      for (const counter of given) {
        const isNew = !taken.has(counter) && counter > highest - 4096;
        highest = Math.max(highest, counter);
        expect(window.take(counter)).toBe(isNew);
        taken.add(counter);
      }
    }),
  );
});
