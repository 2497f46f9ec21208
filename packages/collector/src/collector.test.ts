import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WINDOW_PDUS } from "@trafmon/observation";
import { Counters, createLog, systemClock } from "@trafmon/runtime";
import { type Configuration, parseConfiguration } from "@trafmon/settings";
import { smallDisk } from "@trafmon/testkit";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { collectorCounters } from "./answer/collector-metrics.ts";
import { Collector } from "./collector.ts";
import { endPdu, flowPdu, TestProbe, udpPdu } from "./fixtures/test-probe.ts";

const KEY = Buffer.alloc(32, 7);
let directory: string;
/** Where logs and state are. */
let place: string;
let socket: Socket;
let heard: Buffer[] = [];
let running: Collector | null = null;
let counters: Counters;
/** Elements of the probe besides the usual ones. */
let probeElements = "";

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "collector-"));
  place = directory;
  writeFileSync(join(directory, "p.key"), KEY.toString("hex"), { mode: 0o600 });
  socket = createSocket("udp4");
  heard = [];
  socket.on("message", (datagram) => heard.push(datagram));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
});

afterEach(async () => {
  await running?.stop();
  running = null;
  socket.close();
  rmSync(directory, { recursive: true });
});

function configuration(security = "sealed", health = ""): Configuration {
  return parseConfiguration(
    `<trafMon site="test">
       <collectors><collector name="c" listen="127.0.0.1:0" logDir="${place}/logs" stateDir="${place}/state"
         commitInterval="20ms" security="${security}">${health}</collector></collectors>
       <probes><probe name="p" keyFile="${directory}/p.key" security="${security}"><interface name="lo"/>
         <sendTo collector="c" address="127.0.0.1:9"/>${probeElements}</probe></probes>
       <flowClasses><flowClass name="all" account="yes"><match><any/></match><partition addresses="host"/>
         <ipCounters/></flowClass></flowClasses>
     </trafMon>`,
    "test.xml",
  );
}

async function start(security = "sealed", health = ""): Promise<Collector> {
  counters = new Counters();
  const { log } = createLog({ program: "test", write: () => {} });
  running = new Collector(configuration(security, health), "c", systemClock, counters, log);
  await running.start();
  return running;
}

async function say(datagram: Buffer): Promise<void> {
  await new Promise((done) => socket.send(datagram, (running as Collector).port, "127.0.0.1", done));
}

/** Waits until a datagram that `pick` accepts has come, and gives what it makes of it. */
async function hear<T>(pick: (datagram: Buffer) => T | null | undefined | false): Promise<T> {
  for (const deadline = Date.now() + 240_000; Date.now() < deadline; ) {
    for (const datagram of heard) {
      const picked = pick(datagram);
      if (picked) return picked;
    }
    await new Promise((done) => setTimeout(done, 5));
  }
  throw new Error("nothing of the kind was heard");
}

/** Waits until the counter has reached a value. */
async function until(name: string, value: number): Promise<void> {
  for (const deadline = Date.now() + 240_000; Date.now() < deadline; ) {
    if ((counters.snapshot().get(name) ?? 0) >= value) return;
    await new Promise((done) => setTimeout(done, 5));
  }
  throw new Error(`${name} is ${counters.snapshot().get(name)}, not ${value}`);
}

async function open(probe: TestProbe, firstSequence = 1): Promise<void> {
  heard = [];
  await say(probe.hello());
  const challenge = await hear((datagram) => datagram);
  await say(probe.echo(challenge, firstSequence));
  await hear((datagram) => probe.hear(datagram)?.ack);
}

function linesOf(type: string): string[] {
  return readdirSync(join(place, "logs"))
    .filter((name) => name.startsWith(`${type}_`))
    .sort()
    .flatMap((name) =>
      readFileSync(join(place, "logs", name), "utf8")
        .split("\n")
        .slice(1, -1),
    );
}

const ackedBelow = (probe: TestProbe, next: number) =>
  hear((datagram) => (probe.hear(datagram)?.ack?.next ?? 0) >= next);

test.each([
  ["sealed", KEY],
  ["none", null],
])("security %s: what a probe sends stands in the logs once it is acknowledged", async (security, key) => {
  await start(security);
  const probe = new TestProbe("p", "c", key);
  await open(probe);
  await say(probe.data(flowPdu(1, [1, 2])));
  await say(probe.data(udpPdu(2, [1, 2])));
  await ackedBelow(probe, 3);
  // fwd and rev of each column stand side by side.
  expect(linesOf("udpct")).toEqual([
    `p\t${probe.run}\t1\t1\t1700000040000000000\t60\t2\t0\t10\t0\t0\t0`,
    `p\t${probe.run}\t2\t2\t1700000040000000000\t60\t2\t0\t10\t0\t0\t0`,
  ]);
  expect(linesOf("flow")).toHaveLength(2);
});

test("what comes early, late, twice or in any order is written once, in order", async () => {
  await start();
  const script = [
    flowPdu(1, [1, 2, 3]),
    ...Array.from({ length: 18 }, (_, i) => udpPdu(2 + i, [1 + (i % 3)])),
    endPdu(20),
  ];
  const once20 = Array.from({ length: 18 }, (_, i) => String(2 + i));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(script.length - 1), { maxLength: 60 }), async (order) => {
      const probe = new TestProbe("p", "c", KEY);
      await open(probe);
      for (const index of [...order, ...script.keys()]) await say(probe.data(script[index]!));
      await ackedBelow(probe, 21);
      const ours = linesOf("udpct").filter((line) => line.includes(probe.run));
      expect(ours.map((line) => line.split("\t")[6])).toEqual(once20);
    }),
    { numRuns: 8 },
  );
});

test("forged, changed, cut and repeated datagrams change nothing", async () => {
  await start();
  const probe = new TestProbe("p", "c", KEY);
  await open(probe);
  const real = probe.data(flowPdu(1, [1]));
  const thief = new TestProbe("p", "c", Buffer.alloc(32, 8));
  heard = [];
  await say(thief.hello());
  const forged = thief.echo(await hear((datagram) => datagram));
  await say(forged);
  await until("datagrams_refused{not authentic}", 1);
  for (let at = 36; at < real.length; at++) {
    const changed = Buffer.from(real);
    changed[at]! ^= 1 << (at & 7);
    await say(changed);
  }
  for (let length = 0; length < real.length; length += 3) await say(real.subarray(0, length));
  await until("datagrams_refused{not authentic}", 1 + real.length - 36);
  expect(counters.snapshot().get("pdus_taken") ?? 0).toBe(0);
  await say(real);
  await ackedBelow(probe, 2);
  await say(real);
  await until("datagrams_refused{repeated}", 1);
  expect(linesOf("flow")).toHaveLength(1);
});

test("any bytes at all are counted and change nothing", async () => {
  const collector = await start();
  const probe = new TestProbe("p", "c", KEY);
  await open(probe);
  const real = probe.data(flowPdu(1, [1]));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc
          .tuple(fc.nat(200), fc.uint8Array({ maxLength: 100 }))
          .map(([keep, tail]) => Buffer.concat([real.subarray(0, keep), tail])),
      ),
      async (bytes) => say(Buffer.from(real.equals(bytes) ? [] : bytes)),
    ),
    { numRuns: 300 },
  );
  await until("datagrams_received", 302);
  expect(counters.snapshot().get("pdus_taken") ?? 0).toBe(0);
  expect(collector.port).toBeGreaterThan(0);
});

test("a PDU that found no place is taken when it comes again as the same bytes, and only then counts as repeated", async () => {
  await start();
  const probe = new TestProbe("p", "c", KEY);
  await open(probe);
  await say(probe.data(flowPdu(1, [1])));
  const beyond = probe.data(udpPdu(WINDOW_PDUS + 2, [1]));
  await say(beyond);
  await until("pdus_dropped{beyond the window}", 1);
  await say(beyond);
  await until("pdus_dropped{beyond the window}", 2);
  for (let sequence = 2; sequence <= WINDOW_PDUS + 1; sequence++) {
    await say(probe.data(udpPdu(sequence, [1])));
    if (sequence % 100 === 0) await ackedBelow(probe, sequence - 50);
  }
  await ackedBelow(probe, WINDOW_PDUS + 2);
  await say(beyond);
  await ackedBelow(probe, WINDOW_PDUS + 3);
  await say(beyond);
  await until("datagrams_refused{repeated}", 1);
  expect(linesOf("udpct")).toHaveLength(WINDOW_PDUS + 1);
});

test("a collector that starts again goes on where its logs end", async () => {
  await start();
  const probe = new TestProbe("p", "c", KEY);
  await open(probe);
  await say(probe.data(flowPdu(1, [1])));
  await say(probe.data(udpPdu(2, [1])));
  await ackedBelow(probe, 3);
  await running?.stop();
  await start();
  heard = [];
  // Data of a session that is not known any more is answered by a challenge.
  await say(probe.data(udpPdu(3, [1])));
  const challenge = await hear((datagram) => (probe.hear(datagram) === null ? datagram : null));
  await say(probe.echo(challenge));
  await ackedBelow(probe, 3);
  await say(probe.data(udpPdu(2, [1])));
  await say(probe.data(udpPdu(3, [1])));
  await ackedBelow(probe, 4);
  await running?.stop();
  running = null;
  expect(linesOf("udpct").map((line) => line.split("\t")[6])).toEqual(["2", "3"]);
  expect(linesOf("flow")).toHaveLength(1);
});

test("a run belongs to the probe that brought it, also after a restart", async () => {
  probeElements = `</probe><probe name="q" keyFile="${directory}/p.key"><interface name="lo"/><sendTo collector="c"
    address="127.0.0.1:9"/>`;
  await start();
  const probe = new TestProbe("p", "c", KEY);
  await open(probe);
  await say(probe.data(flowPdu(1, [1])));
  await ackedBelow(probe, 2);
  await running?.stop();
  await start();
  const other = new TestProbe("q", "c", KEY, probe.run);
  heard = [];
  await say(other.hello());
  await say(other.echo(await hear((datagram) => datagram)));
  await until("datagrams_refused{the run of another probe}", 1);
});

test("records of flows that were never described wait until they are", async () => {
  await start();
  const probe = new TestProbe("p", "c", KEY);
  // A collector that knows nothing of the run: the probe holds sequences from 5 on.
  await open(probe, 5);
  await say(probe.data(udpPdu(5, [7, 8])));
  const asked = await hear((datagram) => probe.hear(datagram)?.request);
  expect(asked.flows).toEqual([{ from: 7, until: 9 }]);
  expect(linesOf("udpct")).toEqual([]);
  await say(probe.data(flowPdu(0, [7, 8], { isRepeat: true, firstRecordNo: 7 })));
  // They have been acknowledged long since: they wait in the pending file.
  await ackedBelow(probe, 6);
  await until("records_written_udpct", 2);
  await running?.stop();
  running = null;
  expect(linesOf("udpct")).toHaveLength(2);
  expect(linesOf("flow").map((line) => line.split("\t").slice(2, 4))).toEqual([
    ["7", "7"],
    ["8", "8"],
  ]);
});

test("while the disk is full nothing is acknowledged; when there is room everything is there once", async (context) => {
  const disk = smallDisk(1 << 20);
  if (disk === null) return context.skip();
  try {
    place = disk.path;
    await start();
    const probe = new TestProbe("p", "c", KEY);
    await open(probe);
    await say(probe.data(flowPdu(1, [1])));
    await ackedBelow(probe, 2);
    disk.fill();
    const sequences = Array.from({ length: 30 }, (_, i) => 2 + i);
    // Enough lines for more than the last pages of the files have left.
    const sendAll = async () => {
      for (const sequence of sequences) await say(probe.data(udpPdu(sequence, Array(80).fill(1))));
    };
    heard = [];
    await sendAll();
    await until("pdus_taken", 2);
    for (let i = 0; !counters.snapshot().has("datagrams_refused{logs unwritable}") && i < 200; i++) await sendAll();
    await until("datagrams_refused{logs unwritable}", 1);
    await new Promise((done) => setTimeout(done, 200));
    const acked = Math.max(...heard.map((datagram) => probe.hear(datagram)?.ack?.next ?? 0));
    const inFiles = new Set(linesOf("udpct").map((line) => Number(line.split("\t")[6])));
    // What is acknowledged is on the disk, and not all is.
    for (let sequence = 2; sequence < acked; sequence++) expect(inFiles).toContain(sequence);
    expect(acked).toBeLessThan(32);
    disk.free();
    for (let i = 0; i < 20 && !heard.some((datagram) => probe.hear(datagram)?.ack?.next === 32); i++) {
      await sendAll();
      await new Promise((done) => setTimeout(done, 100));
    }
    await ackedBelow(probe, 32);
    await running?.stop();
    running = null;
    const expected = sequences.flatMap((sequence) => Array(80).fill(sequence));
    expect(linesOf("udpct").map((line) => Number(line.split("\t")[6]))).toEqual(expected);
    expect(linesOf("event").filter((line) => line.includes("logs_unwritable"))).toHaveLength(1);
  } finally {
    await running?.stop();
    running = null;
    disk.remove();
  }
});

test("a probe that a new configuration does not name is heard no more, and one that it names goes on", async () => {
  const collector = await start();
  const probe = new TestProbe("p", "c", KEY);
  await open(probe);
  await say(probe.data(flowPdu(1, [1])));
  await ackedBelow(probe, 2);
  const present = configuration();
  collector.useConfiguration({ ...present, hash: "1".repeat(16) });
  await say(probe.data(flowPdu(2, [2])));
  await ackedBelow(probe, 3);
  collector.useConfiguration({ ...present, probes: [{ ...present.probes[0]!, name: "other" }] });
  await say(probe.data(flowPdu(3, [3])));
  await until("datagrams_refused{no such session}", 1);
  collector.useConfiguration({ ...present, collectors: [{ ...present.collectors[0]!, security: "none" }] });
  await say(probe.data(flowPdu(3, [3])));
  await until("datagrams_refused{no such session}", 2);
  expect(counters.snapshot().get("pdus_taken")).toBe(2);
});

test("two runs of a probe on configurations of their own are told of once each", async () => {
  await start();
  const runs = [new TestProbe("p", "c", KEY), new TestProbe("p", "c", KEY)];
  for (const probe of runs) await open(probe);
  for (let sequence = 1; sequence <= 4; sequence++) {
    for (const [i, probe] of runs.entries()) {
      await say(probe.data(flowPdu(sequence, [sequence], { configurationHash: `${i}`.repeat(16) })));
    }
  }
  for (const probe of runs) await ackedBelow(probe, 5);
  await running?.stop();
  running = null;
  expect(linesOf("event").filter((line) => line.includes("configuration_differs"))).toHaveLength(2);
});

test("a second collector on the same port is refused", async () => {
  const first = await start();
  const text = configuration();
  const settings = { ...text.collectors[0]!, listenPort: first.port, stateDir: join(directory, "other") };
  const { log } = createLog({ program: "test", write: () => {} });
  const second = new Collector({ ...text, collectors: [settings] }, "c", systemClock, new Counters(), log);
  await expect(second.start()).rejects.toMatchObject({ code: "COLLECTOR_ADDRESS_IN_USE", exitCode: 75 });
});

test("it tells its health: probes, lag and counts, all of which have a meaning", async () => {
  const collector = await start("sealed", '<health listen="127.0.0.1:0"/>');
  const ask = (path: string) => fetch(`http://127.0.0.1:${collector.healthPort}${path}`);
  const probe = new TestProbe("p", "c", KEY);
  await open(probe);
  await say(probe.data(flowPdu(1, [1])));
  await say(probe.data(udpPdu(2, [1], { watermark: { s: Math.floor(Date.now() / 1000) - 7, nanos: 0 } })));
  await say(Buffer.from("not ours"));
  await until("pdus_taken", 2);
  await until("datagrams_refused{not a datagram of ours}", 1);
  const answer = await ask("/health");
  expect(answer.status).toBe(200);
  const { probes, ...rest } = (await answer.json()) as { probes: Record<string, unknown>[] };
  expect(rest).toMatchObject({
    status: "well",
    troubles: [],
    name: "c",
    datagrams: { refused: { "not a datagram of ours": 1 }, dropped_by_kernel: 0 },
  });
  expect(probes).toEqual([expect.objectContaining({ name: "p", run: probe.run, is_silent: false, has_ended: false })]);
  expect(probes[0]!.lag_s).toBeGreaterThanOrEqual(7);
  expect(probes[0]!.lag_s).toBeLessThan(60);
  const metrics = await (await ask("/metrics")).text();
  expect(metrics).toContain(`trafmon_collector_probe_up{probe="p",run="${probe.run}"} 1\n`);
  expect(metrics).toContain('trafmon_collector_records_written_total{type="udpct"} 1\n');
  expect(metrics).toContain("trafmon_collector_writing 1\n");
  for (const name of counters.snapshot().keys()) {
    expect(
      Object.keys(collectorCounters).some((known) => name === known || isUnder(known, name)),
      name,
    ).toBe(true);
  }
});

test("an alert is raised, remembered across a restart, and cleared", async () => {
  const said = join(directory, "said");
  chmodSync(directory, 0o777);
  const script = join(directory, "script");
  writeFileSync(script, `#!/bin/sh\necho $TRAFMON_STATE $TRAFMON_PROBE >> ${said}\n`, { mode: 0o755 });
  const elements = `<alert name="behind" metric="refused" above="1/s"/><onAlert program="${script}"/>`;
  const [lagging, calm] = ['<alert name="lag" metric="lag" above="1h" severity="error"/>', ""];
  probeElements = lagging;
  await start("sealed", elements);
  const probe = new TestProbe("p", "c", KEY);
  await open(probe);
  // The fixture's watermark is of 2023.
  await say(probe.data(flowPdu(1, [1])));
  await until("alert_commands_run", 1);
  await running?.stop();
  await start("sealed", elements);
  const again = new TestProbe("p", "c", KEY);
  await open(again);
  await say(again.data(flowPdu(1, [1])));
  await until("pdus_taken", 1);
  await new Promise((done) => setTimeout(done, 1500));
  expect(counters.counter("alert_commands_run").value).toBe(0);
  const now = { s: Math.floor(Date.now() / 1000), nanos: 0 };
  await say(again.data(udpPdu(2, [1], { watermark: now })));
  await until("alert_commands_run", 1);
  await running?.stop();
  running = null;
  probeElements = calm;
  expect(readFileSync(said, "utf8")).toBe("raised p\ncleared p\n");
  const events = linesOf("event").filter((line) => line.includes("\talert_"));
  expect(events.map((line) => /\t(error|info)\t(alert_\w+)\t(.*?):/.exec(line)?.slice(1))).toEqual([
    ["error", "alert_raised", "lag of probe p is raised"],
    ["info", "alert_cleared", "lag of probe p is cleared"],
  ]);
});

/** Whether `known` stands for all names that begin so, or for the reasons of a counter. */
function isUnder(known: string, name: string): boolean {
  return name.startsWith(known.endsWith("_") ? known : `${known}{`);
}
