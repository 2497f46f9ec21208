import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import {
  HEADER_BYTES,
  kinds,
  NO_EPOCH,
  OVERHEAD_BYTES,
  PROTOCOL_VERSION,
  readChallenge,
  readHeader,
  sealDatagram,
  sessionKeys,
  writeAcknowledgement,
  writeChallenge,
  writeDataPdu,
  writeEchoClear,
  writeEchoSealed,
  writeHello,
} from "@trafmon/observation";
import type { ProbeTransport } from "@trafmon/probe";
import type { Counters } from "@trafmon/runtime";
import { freePort } from "@trafmon/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BenchSite } from "./bench-site.ts";
import { startTransport } from "./bench-transport.ts";
import { numbersOf, writeNumbered } from "./numbered-records.ts";
import { TappedPath } from "./tapped-path.ts";

/**
 * Somebody who sees everything between a probe and a real collector and sends what he likes to both. Every test ends
 * with both in the state they were in, and the last one counts the records.
 */
const NOTHING = Buffer.alloc(0);

let site: BenchSite;
let path: TappedPath;
let collector: ChildProcess;
let transport: ProbeTransport;
let counters: Counters;
let written = 0;
let alive: NodeJS.Timeout;

beforeAll(async () => {
  alive = setInterval(() => {}, 1000);
  site = new BenchSite();
  path = new TappedPath();
  const port = await freePort();
  site.configure({ c: port }, { c: await path.open(port) });
  collector = await site.startCollector("c");
  ({ transport, counters } = await startTransport(site.xml, "live"));
  await write(500);
});

afterAll(async () => {
  clearInterval(alive);
  await transport.stop();
  path.close();
  await site.close();
});

/** Records that are in the collector's logs when this returns. */
async function write(count: number): Promise<void> {
  writeNumbered(transport.sink, written + 1, count);
  written += count;
  transport.sink.flush();
  await until(() => transport.collectors[0]!.waitingPdus === 0);
}

async function until(isThere: () => boolean | Promise<boolean>): Promise<void> {
  for (const limitMs = Date.now() + 240_000; !(await isThere()); ) {
    if (Date.now() > limitMs) throw new Error("it does not come to that");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

interface Told {
  readonly probes: readonly { readonly run: string; readonly from: string; readonly early_pdus: number }[];
  readonly datagrams: {
    readonly received: number;
    readonly dropped_by_kernel: number;
    readonly refused: Readonly<Record<string, number>>;
  };
}

async function told(): Promise<Told> {
  const asked = get({ socketPath: site.healthSocket("c"), path: "/health", agent: false });
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.once("response", resolve);
    asked.once("error", reject);
  });
  return JSON.parse(await text(answer));
}

/** What of the collector's state must not change: its sessions, and what is in its logs and journal. */
async function state() {
  const { probes } = await told();
  // A line has the streams that changed since the one before.
  const journal = readFileSync(`${site.folder}/state-c/c.journal`, "utf8");
  return {
    sessions: probes.map(({ run, from, early_pdus }) => ({ run, from, early_pdus })),
    lines: ["flow", "ipct"].map((type) => site.lines("c", type).length),
    events: eventCodes(),
    through: [...journal.matchAll(/"through":(\d+)/g)].at(-1)?.[1],
  };
}

/** Codes of the events, but for those that time brings: a busy machine is a slow one. */
function eventCodes(): string[] {
  const codes = site.lines("c", "event").map((line) => line.split("\t")[6]!);
  return codes.filter((code) => !["collector_started", "probe_silent", "probe_back"].includes(code));
}

type Say = (datagram: Buffer, from: "probe's address" | "elsewhere") => Promise<void>;

/** As many as find room in a socket's buffer, however busy its owner is. */
const ROOM = 32;

/**
 * Does harm, waits until the collector has seen all of it, and holds its state against that before. `room`: so many
 * datagrams are sent before the collector is waited for.
 */
async function changesNothing(attack: (say: Say) => Promise<void>, room = ROOM): Promise<Told> {
  const before = await state();
  // What the probe says meanwhile counts too; of a flood the kernel drops what a busy collector has no room for.
  const arrived = async () => {
    const { received, dropped_by_kernel } = (await told()).datagrams;
    return received + dropped_by_kernel;
  };
  const arrivedBefore = await arrived();
  let sent = 0;
  const allHere = () => until(async () => (await arrived()) >= arrivedBefore + sent);
  await attack(async (datagram, from) => {
    await path.sayToCollector(datagram, from);
    if (++sent % room === 0) await allHere();
  });
  await allHere();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await state()).toEqual(before);
  return await told();
}

const kindOf = (datagram: Buffer) => readHeader(datagram)?.kind;
const ofKind = (datagrams: readonly Buffer[], kind: number) => datagrams.filter((each) => kindOf(each) === kind);
const longest = (datagrams: readonly Buffer[]) =>
  datagrams.reduce((one, other) => (other.length > one.length ? other : one));
const both = ["probe's address", "elsewhere"] as const;

test("replayed: everything the probe ever sent, again and again, from its address and from elsewhere", async () => {
  const kept = [...path.fromProbe];
  const { datagrams } = await changesNothing(async (say) => {
    for (const from of both) {
      for (let round = 0; round < 2; round++) {
        for (const datagram of round === 0 ? kept : kept.toReversed()) await say(datagram, from);
      }
    }
  });
  expect(datagrams.refused.repeated).toBeGreaterThan(ofKind(kept, kinds.data).length);
});

test("truncated: every shorter hello, echo and PDU", async () => {
  await changesNothing(async (say) => {
    for (const kind of [kinds.hello, kinds.echo, kinds.data]) {
      const whole = longest(ofKind(path.fromProbe, kind));
      for (let length = 0; length < whole.length; length++) await say(whole.subarray(0, length), "probe's address");
    }
  });
});

test("flipped: a bit in every byte of a hello, an echo and a PDU", async () => {
  const { datagrams } = await changesNothing(async (say) => {
    for (const kind of [kinds.hello, kinds.echo, kinds.data]) {
      const whole = longest(ofKind(path.fromProbe, kind));
      for (let at = 0; at < whole.length; at++) {
        const flipped = Buffer.from(whole);
        flipped[at]! ^= 1 << (at & 7);
        await say(flipped, both[at & 1]!);
      }
    }
  });
  // Where the collector stood still for a second, the probe has begun another session, and these are of none.
  const refused = ["not authentic", "no such session"].map((reason) => datagrams.refused[reason] ?? 0);
  expect(refused[0]! + refused[1]!).toBeGreaterThan(100);
});

test("forged: sessions and PDUs of somebody without the key", async () => {
  const real = readHeader(ofKind(path.fromProbe, kinds.data).at(-1)!)!;
  const stolen = ofKind(path.fromCollector, kinds.challenge).at(-1)!;
  const wrongKey = randomBytes(32);
  const names = { newestVersion: PROTOCOL_VERSION, oldestVersion: 1, probe: "p", collector: "c" };
  const { datagrams } = await changesNothing(async (say) => {
    const own = { run: "00000000000000aa", session: "00000000000000bb", epoch: NO_EPOCH };
    const header = (kind: number, more: object, counter: number) => ({
      version: PROTOCOL_VERSION,
      kind,
      ...own,
      ...more,
      counter,
    });
    const answersBefore = path.fromCollector.length;
    await say(
      sealDatagram(null, header(kinds.hello, {}, 1), writeHello({ ...names, isSealed: true }), NOTHING),
      "probe's address",
    );
    // The probe's own acknowledgements come between.
    const answer = () =>
      ofKind(path.fromCollector.slice(answersBefore), kinds.challenge).find(
        (each) => readHeader(each)?.session === own.session,
      );
    await until(() => answer() !== undefined);
    const challenge = answer()!;
    const { epoch } = readHeader(challenge)!;
    const clearOf = (datagram: Buffer) => {
      const body = datagram.subarray(HEADER_BYTES, datagram.length - (OVERHEAD_BYTES - HEADER_BYTES));
      return writeEchoClear(readChallenge(body).cookie, "p");
    };
    const keys = sessionKeys(wrongKey, { run: own.run, session: own.session, epoch, collector: "c" });
    const pdu = writeDataPdu({
      type: 254,
      isRepeat: false,
      sequence: 1_000_000,
      watermark: { s: 4_000_000_000, nanos: 0 },
      configurationHash: "0".repeat(16),
      recordCount: 0,
      firstRecordNo: 1,
      body: NOTHING,
    });
    const echoes = [
      // His own challenge with the wrong key, the wrong key none at all, and a cookie that was another's.
      sealDatagram(
        keys.toCollector,
        header(kinds.echo, { epoch }, 2),
        clearOf(challenge),
        writeEchoSealed({ firstSequence: 1 }),
      ),
      sealDatagram(null, header(kinds.echo, { epoch }, 3), clearOf(challenge), writeEchoSealed({ firstSequence: 1 })),
      sealDatagram(
        keys.toCollector,
        header(kinds.echo, { epoch }, 4),
        clearOf(stolen),
        writeEchoSealed({ firstSequence: 1 }),
      ),
    ];
    const data = [wrongKey, null].flatMap((key) => {
      const sealed = key && sessionKeys(key, { ...real, collector: "c" }).toCollector;
      return [real, own].map((of, i) =>
        sealDatagram(sealed, header(kinds.data, { ...of, epoch }, 1_000_000 + i), NOTHING, pdu),
      );
    });
    const unsealed = sealDatagram(null, header(kinds.hello, {}, 9), writeHello({ ...names, isSealed: false }), NOTHING);
    for (const datagram of [...echoes, ...data, unsealed]) await say(datagram, "probe's address");
    for (const datagram of [...echoes, ...data]) await say(datagram, "elsewhere");
  });
  expect(datagrams.refused["other security"]).toBeGreaterThan(0);
  expect(datagrams.refused["bad cookie"]).toBeGreaterThan(0);
});

test("flooded: handshakes of thousands of runs and as much noise take no memory", async () => {
  const residentKiB = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${collector.pid}/status`, "utf8"))?.[1]);
  const flood = (count: number) => async (say: Say) => {
    for (let i = 0; i < count; i++) {
      const header = {
        version: PROTOCOL_VERSION,
        kind: kinds.hello,
        run: randomBytes(8).toString("hex"),
        session: randomBytes(8).toString("hex"),
        epoch: NO_EPOCH,
        counter: i,
      };
      const names = { newestVersion: PROTOCOL_VERSION, oldestVersion: 1, probe: "p", collector: "c", isSealed: true };
      await say(sealDatagram(null, header, writeHello(names), NOTHING), "elsewhere");
      await say(randomBytes(1 + (i % 1400)), "elsewhere");
    }
  };
  // What the machine compiles and keeps ready on the way does not grow with the flood.
  await changesNothing(flood(5_000), Number.POSITIVE_INFINITY);
  const beforeKiB = residentKiB();
  await changesNothing(flood(20_000), Number.POSITIVE_INFINITY);
  expect(residentKiB() - beforeKiB).toBeLessThan(64 << 10);
  await write(500);
});

test("towards the probe: nothing forged, kept or spoilt makes it let go of a record", async () => {
  path.isBlocked = true;
  writeNumbered(transport.sink, written + 1, 500);
  written += 500;
  transport.sink.flush();
  const { waitingPdus } = transport.collectors[0]!;
  expect(waitingPdus).toBeGreaterThan(0);
  const acks = ofKind(path.fromCollector, kinds.ack);
  const last = readHeader(acks.at(-1)!)!;
  const wrong = sessionKeys(randomBytes(32), { ...last, collector: "c" }).toProbe;
  const everything = writeAcknowledgement({ next: 2 ** 40, held: [] });
  const forged = [wrong, null].map((key) => sealDatagram(key, { ...last, counter: 2 ** 40 }, NOTHING, everything));
  const flipped = Array.from({ length: acks.at(-1)!.length }, (_, at) => {
    const bytes = Buffer.from(acks.at(-1)!);
    bytes[at]! ^= 1 << (at & 7);
    return bytes;
  });
  const challenge = sealDatagram(
    null,
    { ...last, kind: kinds.challenge, counter: 0 },
    writeChallenge({ version: PROTOCOL_VERSION, isSealed: true, cookie: randomBytes(32) }),
    NOTHING,
  );
  const harm = [...acks, ...forged, ...flipped, ...path.fromProbe.slice(-200), challenge, randomBytes(100), NOTHING];
  const heardBefore = counters.counter("bytes_received").value;
  for (const datagram of harm) await path.sayToProbe(datagram);
  await until(() => counters.counter("bytes_received").value > heardBefore);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(transport.collectors[0]!.waitingPdus).toBe(waitingPdus);
  path.isBlocked = false;
  await write(100);
});

test("replayed to the collector's next life: it knows nobody until the probe says hello", async () => {
  path.isBlocked = true;
  const kept = [...path.fromProbe];
  await site.stop(collector);
  collector = await site.startCollector("c");
  try {
    expect((await told()).probes).toEqual([]);
    await changesNothing(async (say) => {
      for (const from of both) for (const datagram of kept) await say(datagram, from);
    });
  } finally {
    path.isBlocked = false;
  }
});

test("after all that every record is there once, in order, and no event tells of anything", async () => {
  await write(500);
  expect(await transport.finish(40_000)).toBe(true);
  expect(await site.stop(collector)).toBe(0);
  expect(numbersOf(site.lines("c", "ipct"))).toEqual(Array.from({ length: written }, (_, i) => i + 1));
  expect(eventCodes()).toEqual(["collector_stopped", "collector_stopped"]);
});
