import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { addressText, parseLogFileName } from "@trafmon/observation";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { HOUR_MS } from "./ask/hour-range.ts";
import { movedCapture } from "./testing/capture-now.ts";
import { FormattedFolder, toldTotals } from "./testing/formatted-folder.ts";
import { biflowDatagram, sixDatagram, turnedDatagram } from "./testing/netflow-datagrams.ts";
import { NfcapdUnderTest } from "./testing/nfcapd-under-test.ts";
import { type JsonFlow, nfdumpJson, nfdumpTotals } from "./testing/nfdump-answer.ts";

const SAMPLE = fileURLToPath(new URL("../../../samples/morning.office.pcap.gz", import.meta.url));
const FTP = fileURLToPath(new URL("../../../samples/ftp-passive.office.pcap.gz", import.meta.url));

/** The present hour: nfcapd names its files after the time of reception, so flows are to be about that old. */
const HOUR = Math.floor(Date.now() / HOUR_MS);

let folder: FormattedFolder;
/** What softflowd made of two samples in v5, v9 and IPFIX, a minute before the hour and after, as nfcapd stored it. */
let collected: FormattedFolder;

beforeAll(async () => {
  collected = new FormattedFolder();
  const four = await NfcapdUnderTest.start(collected.flows);
  // A part before the hour, the rest after.
  const early = movedCapture(SAMPLE, collected.path, HOUR * 3600 - 20);
  const late = movedCapture(FTP, collected.path, HOUR * 3600 + 5);
  for (const capture of [early, late]) {
    // softflowd keeps the capture's times in v5 only, unless -a puts its clock there.
    four.softflowd(capture, "-v", "5");
    four.softflowd(capture, "-v", "9", "-a");
    four.softflowd(capture, "-v", "10", "-a", "-A", "milli");
  }
  await four.stop();
});
afterAll(() => collected.remove());
beforeEach(() => {
  folder = new FormattedFolder();
});
afterEach(() => folder.remove());

/** Copies what was collected. */
function takeCollected(): void {
  for (const name of readdirSync(collected.flows)) copyFileSync(join(collected.flows, name), join(folder.flows, name));
}

test("v5, v9 and IPFIX: every flow is in the hour of its start, and totals are nfdump's own", async () => {
  takeCollected();
  const result = await folder.format(HOUR - 1, HOUR + 1);
  const expected = nfdumpTotals(folder.flows);
  expect(expected.flows).toBeGreaterThan(100);
  expect(folder.totals).toEqual(expected);
  expect(toldTotals(result)).toEqual(expected);
  expect([...result.faults]).toEqual([]);
  // A neighbour's question and answer in the exporter's first millisecond, in version 9.
  expect([...result.corrections]).toEqual([["without times", 2]]);

  const json = nfdumpJson(folder.flows);
  for (const hour of [HOUR - 1, HOUR]) {
    const inHour = json.filter((flow) => Math.floor(startMs(flow) / HOUR_MS) === hour);
    expect(inHour.length).toBeGreaterThan(0);
    const [name] = folder.names.filter((each) => Number.parseInt(parseLogFileName(each)!.epoch, 16) === hour * 3600);
    const ours = folder
      .records(name)
      .map(({ record: r }) => [
        r.first_s * 1000 + r.first_nanos / 1e6,
        r.last_s * 1000 + r.last_nanos / 1e6,
        addressText(r.src_address),
        r.packets,
        r.bytes,
        r.protocol,
        addressText(r.exporter),
      ]);
    const theirs = inHour.map((flow) => [
      startMs(flow),
      Date.parse(`${flow.last}Z`) || startMs(flow),
      flow.src4_addr ?? flow.src6_addr,
      flow.in_packets,
      flow.in_bytes,
      flow.proto,
      "127.0.0.1",
    ]);
    expect(ours).toEqual(theirs);
  }
});

/** When a flow began; when it was received, if it has no times. */
function startMs(flow: JsonFlow): number {
  return Date.parse(`${flow.first}Z`) || Date.parse(`${flow.received}Z`);
}

test("an hour asked for alone is what the whole has of it, and run twice changes nothing", async () => {
  takeCollected();
  await folder.format(HOUR - 1, HOUR + 1);
  const before = new Map(folder.names.map((name) => [name, readFileSync(join(folder.path, name), "utf8")]));
  expect(await folder.format(HOUR - 1, HOUR + 1, { nowMs: (HOUR + 5) * HOUR_MS })).toMatchObject({
    filesWritten: 0,
    filesUnchanged: 2,
  });
  expect(new Map(folder.names.map((name) => [name, readFileSync(join(folder.path, name), "utf8")]))).toEqual(before);

  const alone = new FormattedFolder();
  try {
    for (const name of readdirSync(folder.flows)) copyFileSync(join(folder.flows, name), join(alone.flows, name));
    await alone.format(HOUR - 1, HOUR);
    expect(alone.names).toHaveLength(1);
    expect(alone.records()).toEqual(folder.records(folder.names[0]));
  } finally {
    alone.remove();
  }
});

test("IPv6 exporters and flows, a folder an exporter, in a hierarchy of days", async () => {
  const daemon = await NfcapdUnderTest.start(folder.flows, { bind: "::1", args: ["-M", folder.flows, "-S", "2"] });
  await daemon.send(sixDatagram(HOUR * 3600 + 10));
  await daemon.stop();
  const result = await folder.format(HOUR, HOUR + 1);
  expect(toldTotals(result)).toEqual(nfdumpTotals(folder.flows));
  expect(folder.names).toEqual([expect.stringMatching(/^netflow_netflow---1_[0-9a-f]{16}_\d{10}\.log$/)]);
  expect(
    folder.records().map(({ record: r }) => [addressText(r.exporter), addressText(r.src_address), r.dst_port]),
  ).toEqual([["::1", "2001:db8::1", 443]]);
});

test("files named in another zone are found", async () => {
  const before = process.env.TZ;
  process.env.TZ = "America/New_York";
  try {
    const daemon = await NfcapdUnderTest.start(folder.flows, { bind: "::1", zone: "America/New_York" });
    await daemon.send(sixDatagram(HOUR * 3600 + 10));
    await daemon.stop();
    expect(await folder.format(HOUR, HOUR + 1)).toMatchObject({ flows: 1 });
  } finally {
    process.env.TZ = before;
  }
});

test("an hour is looked at again while its longest flows can still come, and its file then replaced", async () => {
  takeCollected();
  const spare = join(collected.path, "spare");
  mkdirSync(spare, { recursive: true });
  await folder.format(HOUR - 1, HOUR, { nowMs: HOUR * HOUR_MS + 300_000 });
  expect(folder.names).toHaveLength(1);
  // A router tells of a long flow half an hour after it began.
  const daemon = await NfcapdUnderTest.start(spare, { bind: "::1" });
  await daemon.send(sixDatagram(HOUR * 3600 - 60));
  await daemon.stop();
  const [name] = readdirSync(spare);
  const stamp = new Date((HOUR + 1) * HOUR_MS - 1_800_000).toISOString().replace(/[-T:]/g, "").slice(0, 12);
  // In a folder of its own: what was collected may bear the same name.
  mkdirSync(join(folder.flows, "router"));
  copyFileSync(join(spare, name!), join(folder.flows, "router", `nfcapd.${stamp}`));

  const options = { nowMs: (HOUR + 3) * HOUR_MS + 300_000, withIncomplete: true };
  expect(await folder.format(HOUR, HOUR + 1, options)).toMatchObject({ hours: 2, filesUnchanged: 1 });
  expect(folder.totals).toEqual(nfdumpTotals(folder.flows));
  // Complete now: not looked at again.
  expect(await folder.format(HOUR, HOUR + 1, { ...options, nowMs: (HOUR + 4) * HOUR_MS })).toMatchObject({ hours: 1 });
});

test("where flows have expired meanwhile, the file that had more stays, unless told", async () => {
  takeCollected();
  const daemon = await NfcapdUnderTest.start(join(folder.flows, "more"));
  daemon.softflowd(movedCapture(FTP, folder.path, HOUR * 3600 + 5), "-v", "5");
  await daemon.stop();
  await folder.format(HOUR, HOUR + 1);
  const before = folder.names;
  rmSync(join(folder.flows, "more"), { recursive: true });
  expect(await folder.format(HOUR, HOUR + 1)).toMatchObject({ filesFewer: 1, filesWritten: 0 });
  expect(folder.names).toEqual(before);
  expect(await folder.format(HOUR, HOUR + 1, { again: true, nowMs: (HOUR + 9) * HOUR_MS })).toMatchObject({
    filesWritten: 1,
  });
  expect(folder.names).toHaveLength(2);
});

test("a damaged file is told of, and spoils no other", async () => {
  takeCollected();
  const [name] = readdirSync(folder.flows);
  const whole = join(folder.flows, name!);
  const expected = nfdumpTotals(folder.flows);
  const cut = join(
    folder.flows,
    name!.replace(/.$/, (digit) => String((Number(digit) + 5) % 10)),
  );
  copyFileSync(whole, cut);
  truncateSync(cut, 300);
  const junk = join(folder.flows, "exporter", name!);
  mkdirSync(join(folder.flows, "exporter"));
  writeFileSync(junk, "no flows at all");
  expect(await folder.format(HOUR - 1, HOUR + 1)).toMatchObject({ filesSpoilt: 2 });
  expect(folder.spoilt.sort()).toEqual([cut, junk].sort());
  expect(folder.totals).toEqual(expected);
});

test("counters of the way back make a flow of their own, and nfdump's totals hold", async () => {
  const daemon = await NfcapdUnderTest.start(folder.flows);
  await daemon.send(biflowDatagram(HOUR * 3600 + 10));
  await daemon.stop();
  const result = await folder.format(HOUR, HOUR + 1);
  // One has no counters at all, which nfdump counts as a flow and we do not.
  expect([...result.faults]).toEqual([["no packets", 1]]);
  const { packets, bytes } = nfdumpTotals(folder.flows);
  expect(toldTotals(result)).toEqual({ flows: 3, packets, bytes });
  expect(
    folder
      .records()
      .map(({ record: r }) => [addressText(r.src_address), r.src_port, r.dst_port, r.tcp_flags, r.packets, r.bytes]),
  ).toEqual([
    ["10.0.0.1", 1000, 80, 0xff, 10, 1000],
    ["10.0.0.2", 80, 1000, null, 5, 500],
    ["10.0.0.1", 1001, 80, 0x42, 3, 300],
  ]);
});

test("times the wrong way round, as IPFIX of softflowd 1.1.0 has them, are exchanged and counted", async () => {
  const daemon = await NfcapdUnderTest.start(folder.flows);
  daemon.softflowd(movedCapture(FTP, folder.path, HOUR * 3600 + 5), "-v", "10", "-a");
  // softflowd 1.1.1 has them right: one that is turned whatever its version.
  await daemon.send(turnedDatagram(HOUR * 3600 + 10));
  await daemon.stop();
  // Told at their reception, if their times cannot be: the hour may be over by now.
  const result = await folder.format(HOUR, HOUR + 2);
  const turned = nfdumpJson(folder.flows).filter((flow) => flow.last < flow.first).length;
  expect(turned).toBeGreaterThan(0);
  expect(result.corrections.get("ended before it began")).toBe(turned);
  expect(folder.totals).toEqual(nfdumpTotals(folder.flows));
  for (const { record: r } of folder.records()) {
    expect(r.last_s * 1e3 + r.last_nanos / 1e6).toBeGreaterThanOrEqual(r.first_s * 1e3 + r.first_nanos / 1e6);
  }
});

test("what a run that was ended left growing is taken away, and a second run at once is refused", async () => {
  takeCollected();
  appendFileSync(join(folder.path, "netflow_netflow-127-0-0-1_0000000069000000_1700000000.log.part"), "half a li");
  appendFileSync(join(folder.path, "netflow_other-127-0-0-1_0000000069000000_1700000000.log.part"), "another's");
  const running = folder.format(HOUR - 1, HOUR + 1);
  await expect(folder.format(HOUR - 1, HOUR + 1)).rejects.toThrow(/cannot write NetFlow as netflow/);
  await running;
  expect(folder.names.filter((name) => name.endsWith(".part"))).toEqual([
    "netflow_other-127-0-0-1_0000000069000000_1700000000.log.part",
  ]);
});
