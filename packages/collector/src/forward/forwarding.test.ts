import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DataPdu, gapEntriesIn, readDataPdu, readGapBody, specialPdus, writeGapBody } from "@trafmon/observation";
import { Counters, createLog, FakeClock } from "@trafmon/runtime";
import { parseConfiguration } from "@trafmon/settings";
import { Spool, SpoolBudget } from "@trafmon/transport";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { endPdu, flowPdu, pdu, udpPdu } from "../fixtures/test-probe.ts";
import { Gatekeeper } from "../receive/gatekeeper.ts";
import { NOTICE_BODY_BYTES } from "./forwarded-run.ts";
import { Forwarding } from "./forwarding.ts";

const RUN = "00000000000000aa";
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "forwarding-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function forwarding(clock = new FakeClock(), port = 9, through: number | null = null): Forwarding {
  return new Forwarding({
    collector: "site",
    to: { collector: "central", address: "127.0.0.1", port, rateBitsPerS: 1e9, keyFile: "", spoolBytes: 1 << 30 },
    sharedKey: null,
    stateDir: folder,
    clock,
    counters: new Counters(),
    log: createLog({ program: "test", write: () => {} }).log,
    throughOf: () => through,
    heartbeatS: () => 5,
    ask: () => {},
  });
}

function gap(sequence: number, count: number): DataPdu {
  const dropped = Array.from({ length: count }, (_, i) => ({
    type: 4,
    recordCount: 1,
    firstRecordNo: sequence + i,
    watermarkS: 1_700_000_000,
  }));
  return pdu(specialPdus.gap, sequence, count, writeGapBody(dropped));
}

/** What the spool of the run holds, as a start after a crash finds it. */
function spooled(): readonly DataPdu[] {
  const spool = new Spool({
    directory: join(folder, "forward_central", `${RUN}_p`),
    collectors: ["central"],
    budget: new SpoolBudget(1 << 30),
    whenFull: "pause",
    maxBodyBytes: NOTICE_BODY_BYTES,
    clock: new FakeClock(),
    counters: new Counters(),
    onTrouble: (error) => {
      throw error;
    },
  });
  spool.open();
  const found: DataPdu[] = [];
  for (let next = spool.firstSequence; next < spool.nextSequence; ) {
    const pdus = spool.from(next);
    found.push(...pdus.map(({ bytes }) => readDataPdu(bytes)));
    next = pdus.at(-1)!.sequence + pdus.at(-1)!.span;
  }
  return found;
}

/** The sequences a PDU stands for. */
function sequencesOf({ type, sequence, recordCount }: DataPdu): number[] {
  return Array.from({ length: type === specialPdus.gap ? recordCount : 1 }, (_, i) => sequence + i);
}

/** `through`: what the journal knows to be taken. */
async function life(pdus: readonly DataPdu[], through: number | null = null): Promise<void> {
  const site = forwarding(undefined, undefined, through);
  await site.start();
  for (const each of pdus) site.take("p", RUN, each);
  await site.flush();
  await site.stop();
}

test("what a flush took is there after a crash, and what comes again after it is not there twice", async () => {
  await life([flowPdu(1, [1]), udpPdu(2, [1]), udpPdu(3, [1])]);
  await life([udpPdu(2, [1]), udpPdu(3, [1]), udpPdu(4, [1])]);
  expect(spooled().map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
});

test("what a crash of the machine left of an unfinished commit gives way to what comes again", async () => {
  const sequences = Array.from({ length: 9 }, (_, index) => index + 1);
  await life(sequences.map((sequence) => udpPdu(sequence, [1])));
  const file = join(folder, "forward_central", `${RUN}_p`, `${"1".padStart(16, "0")}.pdus`);
  const bytes = readFileSync(file);
  // Sequence 5 never got to the disk; those behind it did.
  const each = bytes.length / sequences.length;
  bytes.fill(0, 4 * each + 8, 5 * each);
  writeFileSync(file, bytes);
  await life(
    [5, 6, 7, 8, 9, 10].map((sequence) => udpPdu(sequence, [1])),
    4,
  );
  expect(spooled().map(({ type, sequence }) => [type, sequence])).toEqual(
    [...sequences, 10].map((sequence) => [udpPdu(1, []).type, sequence]),
  );
});

test("a run that began before begins where it is taken from, and a leap later is told of as lost", async () => {
  await life([udpPdu(500, [1]), udpPdu(501, [1])]);
  await life([udpPdu(504, [1])]);
  const [first, , lost, last] = spooled();
  expect([first!.sequence, last!.sequence]).toEqual([500, 504]);
  expect(lost).toMatchObject({ type: specialPdus.gap, sequence: 502, recordCount: 2 });
});

test("of a gap notice, what came all the same is left out", async () => {
  await life([udpPdu(1, [1]), udpPdu(2, [1]), gap(2, 3), udpPdu(5, [1])]);
  const [, , notice] = spooled();
  expect(notice).toMatchObject({ type: specialPdus.gap, sequence: 3, recordCount: 2 });
  expect(readGapBody(notice!.body, 2).map(({ firstRecordNo }) => firstRecordNo)).toEqual([3, 4]);
});

test("whatever comes again after whatever crash, every sequence is there once, in order", async () => {
  const step = fc.record({ back: fc.nat(6), pdus: fc.array(fc.nat(4), { maxLength: 8 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (lives) => {
      rmSync(join(folder, "forward_central"), { recursive: true, force: true });
      let next = 1;
      let most = 1;
      for (const { back, pdus } of lives) {
        next = Math.max(1, next - back);
        const taken = pdus.map((span) => {
          const sequence = next;
          next += Math.max(1, span);
          return span === 0 ? udpPdu(sequence, [1]) : gap(sequence, span);
        });
        await life(taken);
        most = Math.max(most, next);
        next = most;
      }
      if (most === 1) return;
      expect(spooled().flatMap(sequencesOf)).toEqual(Array.from({ length: most - 1 }, (_, i) => i + 1));
    }),
    { numRuns: 40 },
  );
});

test("while the spool cannot be made the commit fails, and nothing of what was given is lost", async () => {
  const site = forwarding();
  await site.start();
  // Root may write where it must not, so a file stands where the folder would.
  writeFileSync(join(folder, "forward_central", `${RUN}_p`), "");
  site.take("p", RUN, flowPdu(1, [1]));
  await expect(site.flush()).rejects.toThrow(/EEXIST|ENOTDIR/);
  site.take("p", RUN, udpPdu(2, [1]));
  await expect(site.flush()).rejects.toThrow(/EEXIST|ENOTDIR/);
  expect(site.isDirty).toBe(true);
  rmSync(join(folder, "forward_central", `${RUN}_p`));
  await site.flush();
  expect(site.isDirty).toBe(false);
  await site.stop();
  expect(spooled().map(({ sequence }) => sequence)).toEqual([1, 2]);
});

test("a run that leaps beyond reason is forwarded no further", async () => {
  await life([udpPdu(1, [1]), udpPdu(2 ** 40, [1]), udpPdu(2 ** 40 + 1, [1])]);
  expect(spooled().map(({ sequence }) => sequence)).toEqual([1]);
  expect(gapEntriesIn(NOTICE_BODY_BYTES)).toBeGreaterThan(10);
  expect(readdirSync(join(folder, "forward_central"))).toEqual([`${RUN}_p`]);
});

/** The other collector: acknowledges at once what comes in order. */
async function central(clock: FakeClock) {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const configuration = parseConfiguration(
    `<trafMon><collectors><collector name="central" security="none"/><collector name="site" security="none">
       <forwardTo collector="central" address="127.0.0.1:9"/></collector></collectors>
     <probes><probe name="p" security="none"><sendTo collector="site"/></probe><probe name="q" security="none">
       <sendTo collector="site"/></probe></probes>
     <flowClasses><flowClass name="all" account="yes"><ipCounters/></flowClass></flowClasses></trafMon>`,
    "test.xml",
  );
  const stream = { safeThrough: 0 };
  const gate = new Gatekeeper(configuration, {
    collector: "central",
    epoch: "00000000000000cc",
    clock,
    counters: new Counters(),
    send: (datagram, { address, port }) => socket.send(datagram, port, address),
    isOfAnother: () => false,
    intakeOf: () => ({ stream, held: () => [] }),
    onPdu: (_session, { sequence }) => {
      stream.safeThrough = Math.max(stream.safeThrough, sequence);
      return true;
    },
    onSession: () => {},
    trouble: { warn: () => {} },
  });
  socket.on("message", (datagram, { address, port }) => {
    gate.take(datagram, { address, port });
    for (const session of gate.sessions) {
      if (session.owesAnswer) session.answer((each, to) => socket.send(each, to.port, to.address));
    }
  });
  return { stream, port: socket.address().port, close: () => socket.close() };
}

/** Lets the time go on until something is so. */
async function until(clock: FakeClock, isSo: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 240_000; !isSo(); ) {
    if (Date.now() > deadline) throw new Error("it has not come about");
    clock.advance(20);
    await new Promise((done) => setTimeout(done, 1));
  }
}

test("a run that ends and is acknowledged while it is synced fails no commit", async () => {
  const clock = new FakeClock();
  const other = await central(clock);
  const site = forwarding(clock, other.port);
  await site.start();
  site.take("p", RUN, flowPdu(1, [1]));
  await site.flush();
  await until(clock, () => other.stream.safeThrough === 1);
  const file = await open(join(folder, "any"), "w");
  const handles = Object.getPrototypeOf(file) as typeof file;
  await file.close();
  let goOn = () => {};
  const isFree = new Promise<void>((done) => {
    goOn = done;
  });
  vi.spyOn(handles, "datasync").mockImplementationOnce(() => isFree);
  site.take("p", RUN, endPdu(2));
  const flushed = site.flush();
  await until(clock, () => other.stream.safeThrough === 2 && site.state.waitingPdus === 0);
  clock.advance(100);
  goOn();
  await flushed;
  await until(clock, () => !existsSync(join(folder, "forward_central", `${RUN}_p`)));
  await site.stop();
  other.close();
});

test("two probes with a run of one number are two runs", async () => {
  const site = forwarding();
  await site.start();
  site.take("p", RUN, flowPdu(1, [1]));
  site.take("q", RUN, flowPdu(1, [1]));
  site.take("q", RUN, udpPdu(2, [1]));
  await site.flush();
  await site.stop();
  expect(readdirSync(join(folder, "forward_central"))).toEqual([`${RUN}_p`, `${RUN}_q`]);
  expect(spooled().map(({ sequence }) => sequence)).toEqual([1]);
});
