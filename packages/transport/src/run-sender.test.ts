import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type DataPdu,
  kinds,
  observationTypes,
  openDatagram,
  PROTOCOL_VERSION,
  ReplayWindow,
  readDataPdu,
  readHeader,
  sealDatagram,
  writeAcknowledgement,
  writeChallenge,
  writeDataPdu,
  writeDefinitionRequest,
} from "@trafmon/observation";
import { Counters, createLog, FakeClock, RepeatedTrouble } from "@trafmon/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CollectorLink } from "./collector-link.ts";
import { outgoingPdu } from "./outgoing-pdu.ts";
import { RunSender } from "./run-sender.ts";
import { Spool } from "./spool.ts";
import { SpoolBudget } from "./spool-budget.ts";
import { TokenBucket } from "./token-bucket.ts";

const RUN = "aa".repeat(8);
const EPOCH = "bb".repeat(8);
const NOTHING = Buffer.alloc(0);
const said: string[] = [];
const { log } = createLog({ program: "test", write: (line) => said.push(line) });
const trouble = new RepeatedTrouble(log, new FakeClock());
let directory: string;
let clock: FakeClock;
let spool: Spool;
let sender: RunSender;
let sent: Buffer[];
let answers = 0;
/** What is said again of each request. */
let definitions: readonly DataPdu[] = [];

function pduOf(sequence: number, isRepeat = false): DataPdu {
  return {
    type: observationTypes.flow.code,
    isRepeat,
    sequence,
    watermark: { s: 1_700_000_000, nanos: 0 },
    configurationHash: "00".repeat(8),
    recordCount: 1,
    firstRecordNo: 1,
    body: Buffer.alloc(20, sequence),
  };
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sender-"));
  clock = new FakeClock();
  sent = [];
  definitions = [];
  [spool, sender] = senderOf(RUN);
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A run with a spool of its own. */
function senderOf(run: string): [Spool, RunSender] {
  const counters = new Counters();
  const spool = new Spool({
    directory: join(directory, run),
    collectors: ["c"],
    budget: new SpoolBudget(1 << 20),
    whenFull: "pause",
    maxBodyBytes: 1300,
    clock,
    counters,
    onTrouble: (error) => {
      throw error;
    },
  });
  spool.open();
  const sender = new RunSender({
    run,
    probe: "p",
    collector: "c",
    sharedKey: null,
    newSession: () => "cc".repeat(8),
    spool,
    bucket: new TokenBucket(1e12, clock),
    clock,
    counters,
    trouble,
    random: () => 0.5,
    heartbeatS: 5,
    heartbeat: null,
    send: (datagram) => sent.push(datagram),
    definitions: () => definitions,
    onProgress: () => {},
  });
  return [spool, sender];
}

function say(kind: number, clear: Buffer, sealed: Buffer): void {
  const header = { version: PROTOCOL_VERSION, kind, run: RUN, session: "cc".repeat(8), epoch: EPOCH };
  const datagram = sealDatagram(null, { ...header, counter: answers++ }, clear, sealed);
  sender.receive(readHeader(datagram)!, datagram);
}

function shakeHands(): void {
  sender.tick();
  const challenge = { version: PROTOCOL_VERSION, isSealed: false, cookie: Buffer.alloc(32, 1) };
  say(kinds.challenge, writeChallenge(challenge), NOTHING);
  say(kinds.ack, NOTHING, writeAcknowledgement({ next: 1, held: [] }));
}

/** Counters of the data sent, and the sequences they came with. */
function dataSent() {
  return sent.flatMap((datagram) => {
    const header = readHeader(datagram)!;
    if (header.kind !== kinds.data) return [];
    return [{ counter: header.counter, sequence: readDataPdu(openDatagram(null, datagram)!).sequence, datagram }];
  });
}

test("a retry sends the same bytes", () => {
  spool.take(outgoingPdu(writeDataPdu(pduOf(1))));
  shakeHands();
  clock.advance(20_000);
  sender.tick();
  const [first, second] = dataSent();
  expect(second!.datagram.equals(first!.datagram)).toBe(true);
});

test("a PDU whose datagrams were lost is still new to the collector, however much was said since", () => {
  spool.take(outgoingPdu(writeDataPdu(pduOf(1))));
  shakeHands();
  definitions = Array.from({ length: 500 }, () => pduOf(0, true));
  for (let i = 0; i < 10; i++) {
    say(kinds.request, NOTHING, writeDefinitionRequest({ slicesAndHops: false, flows: [{ from: 1, until: 2 }] }));
  }
  clock.advance(2000);
  sender.tick();
  const window = new ReplayWindow();
  // All datagrams came but the first one of the PDU.
  const [, ...rest] = dataSent();
  const taken = rest.filter(({ counter }) => window.take(counter));
  expect(taken.map(({ sequence }) => sequence)).toContain(1);
});

test("runs are sent eight at a time, in order, and the last one in any case", () => {
  const link = new CollectorLink({
    collector: "c",
    address: "127.0.0.1",
    port: 9,
    counters: new Counters(),
    trouble,
    log,
  });
  const runs = Array.from({ length: 12 }, (_, index) => senderOf(index.toString(16).padStart(16, "0")));
  for (const [each, own] of runs) {
    each.take(outgoingPdu(writeDataPdu(pduOf(1))));
    link.add(own);
  }
  const active = () => link.active.map(({ run }) => Number.parseInt(run, 16));
  expect(active()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 11]);
  for (const at of [3, 0]) runs[at]![0].acknowledge("c", 2);
  expect(active()).toEqual([1, 2, 4, 5, 6, 7, 8, 9, 11]);
  runs[11]![0].acknowledge("c", 2);
  expect(active()).toEqual([1, 2, 4, 5, 6, 7, 8, 9, 11]);
  for (const [each] of runs) each.acknowledge("c", 2);
  expect(active()).toEqual([11]);
});

test("while the collector speaks another version nothing is sent and nothing goes from the spool", () => {
  spool.take(outgoingPdu(writeDataPdu(pduOf(1))));
  for (let hello = 0; hello < 20; hello++) {
    clock.advance(6000);
    sender.tick();
    const other = { version: PROTOCOL_VERSION + 1, isSealed: false, cookie: Buffer.alloc(32, 1) };
    say(kinds.challenge, writeChallenge(other), NOTHING);
  }
  expect(sent.map((datagram) => readHeader(datagram)!.kind)).toEqual(Array(20).fill(kinds.hello));
  expect(said).toHaveLength(1);
  clock.advance(6000);
  shakeHands();
  expect(dataSent().map(({ sequence }) => sequence)).toEqual([1]);
  expect(spool.nextSequence - spool.acknowledgedBy("c")).toBe(1);
});
