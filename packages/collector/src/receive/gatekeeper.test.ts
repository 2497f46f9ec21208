import { kinds, OVERHEAD_BYTES, PROTOCOL_VERSION, readChallenge, readHeader } from "@trafmon/observation";
import { Counters, FakeClock } from "@trafmon/runtime";
import { parseConfiguration } from "@trafmon/settings";
import { beforeEach, expect, test } from "vitest";
import { TestProbe, udpPdu } from "../fixtures/test-probe.ts";
import { Gatekeeper } from "./gatekeeper.ts";
import type { Intake } from "./session.ts";

const NEXT = PROTOCOL_VERSION + 1;
const peer = { address: "192.0.2.1", port: 7 };
let counters: Counters;
let answers: Buffer[];
let warned: string[];
let taken: number[];
let gate: Gatekeeper<Intake>;

beforeEach(() => {
  counters = new Counters();
  [answers, warned, taken] = [[], [], []];
  const configuration = parseConfiguration(
    `<trafMon><collectors><collector name="c" security="none"/></collectors>
     <probes><probe name="p" security="none"><interface name="lo"/><sendTo collector="c"/></probe></probes>
     <flowClasses><flowClass name="all" account="yes"><ipCounters/></flowClass></flowClasses></trafMon>`,
    "test.xml",
  );
  gate = new Gatekeeper(configuration, {
    collector: "c",
    epoch: "00000000000000cc",
    clock: new FakeClock(),
    counters,
    send: (datagram) => answers.push(datagram),
    isOfAnother: () => false,
    intakeOf: () => ({ stream: { safeThrough: 0 }, held: () => [] }),
    onPdu: (_session, { sequence }) => taken.push(sequence) > 0,
    onSession: () => {},
    trouble: { warn: (_key, _data, text) => warned.push(text) },
  });
});

const refused = () => Object.fromEntries(counters.byReason("datagrams_refused").entries());

function probe(oldestVersion: number, newestVersion: number): TestProbe {
  return Object.assign(new TestProbe("p", "c", null), { oldestVersion, newestVersion });
}

/** What the collector asks of a probe's hello. */
function challenge(by: TestProbe) {
  gate.take(by.hello(), peer);
  const datagram = answers.at(-1)!;
  return readChallenge(datagram.subarray(36, datagram.length - (OVERHEAD_BYTES - 36)));
}

const challenged = (by: TestProbe) => challenge(by).version;

test("a probe that knows a later version, and ours, is taken in ours, in every datagram", () => {
  const newer = probe(PROTOCOL_VERSION, NEXT);
  expect(challenged(newer)).toBe(PROTOCOL_VERSION);
  gate.take(newer.echo(answers.at(-1)!), peer);
  gate.take(newer.data(udpPdu(1, [1])), peer);
  expect(taken).toEqual([1]);
  const [session] = gate.sessions;
  session!.answer((datagram) => answers.push(datagram));
  session!.request([1], (datagram) => answers.push(datagram));
  expect(answers.map((datagram) => readHeader(datagram)!.version)).toEqual([1, 1, 1]);
  expect([refused(), warned]).toEqual([{}, []]);
});

test("a probe of later versions only is told ours, counted and named; it is taken once it speaks ours", () => {
  const newer = probe(NEXT, NEXT + 3);
  expect(challenged(newer)).toBe(PROTOCOL_VERSION);
  expect(refused()).toEqual({ "unknown version": 1 });
  expect(warned[0]!.split("\n")).toEqual([
    "cannot talk to p: it speaks protocol versions 2 to 5, this collector 1 to 1",
    "  this collector is the older one: upgrade it first; what it measures waits in its spool meanwhile",
  ]);
  gate.take(newer.data(udpPdu(1, [1])), peer);
  expect(refused()).toEqual({ "unknown version": 2 });
  expect([gate.sessions, taken]).toEqual([[], []]);
  const back = probe(PROTOCOL_VERSION, PROTOCOL_VERSION);
  challenged(back);
  gate.take(back.echo(answers.at(-1)!), peer);
  gate.take(back.data(udpPdu(1, [1])), peer);
  expect(taken).toEqual([1]);
});

test("a probe of earlier versions only is told the oldest of ours, counted and named", () => {
  expect(challenged(probe(0, 0))).toBe(PROTOCOL_VERSION);
  expect(refused()).toEqual({ "unknown version": 1 });
  expect(warned[0]!.split("\n")).toEqual([
    "cannot talk to p: it speaks protocol versions 0 to 0, this collector 1 to 1",
    "  it is the older one: upgrade it; what it measures waits in its spool meanwhile",
  ]);
});

test("whoever the configuration does not name is told nothing, whatever it speaks", () => {
  gate.take(Object.assign(new TestProbe("q", "c", null), { oldestVersion: NEXT, newestVersion: NEXT }).hello(), peer);
  expect([answers, warned]).toEqual([[], []]);
  expect(refused()).toEqual({ "unknown probe": 1 });
});

test("a session speaks the version it agreed on to its end", () => {
  const known = probe(PROTOCOL_VERSION, PROTOCOL_VERSION);
  challenged(known);
  gate.take(known.echo(answers.at(-1)!), peer);
  Object.assign(gate.sessions[0]!, { version: PROTOCOL_VERSION + 1 });
  const data = known.data(udpPdu(1, [1]));
  expect(readHeader(data)!.kind).toBe(kinds.data);
  gate.take(data, peer);
  expect([taken, refused()]).toEqual([[], { "another version than agreed": 1 }]);
});

test("a probe of other security is told ours, counted and named, and its echo counts for nothing", () => {
  const sealed = new TestProbe("p", "c", Buffer.alloc(32, 7));
  expect(challenge(sealed).isSealed).toBe(false);
  expect(warned[0]!.split("\n")).toEqual([
    'cannot talk to p: it says security="sealed", this collector "none"',
    "  give both the same configuration; what it measures waits in its spool meanwhile",
  ]);
  gate.take(sealed.echo(answers.at(-1)!), peer);
  expect([gate.sessions, refused()]).toEqual([[], { "other security": 1, "not authentic": 1 }]);
});
