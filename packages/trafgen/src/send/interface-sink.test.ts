import { hasOptionalPackage } from "@trafmon/testkit";
import { describe, expect, test } from "vitest";
import type { InjectionResult, InjectionTask } from "../testing/injection-program.ts";
import { canSendFrames, inNamespace } from "../testing/network-namespace.ts";
import { FrameBatch } from "./frame-batch.ts";
import { InterfaceSink } from "./interface-sink.ts";
import { loadNativeBinding } from "./native-binding.ts";
import { PcapPackageSink } from "./pcap-package-sink.ts";

const inject = (task: InjectionTask) => inNamespace<InjectionResult>("injection-program.ts", task);

const hasPcap = hasOptionalPackage("pcap", import.meta.url);
const SINKS = hasPcap ? (["addon", "package"] as const) : (["addon"] as const);

/** Nanoseconds after moment 0 that frames of an even rate are due. */
const dueNs = (frames: number, perS: number) =>
  Array.from({ length: frames }, (_, number) => Math.round((number * 1e9) / perS));

describe.skipIf(!canSendFrames())("on a veth pair", () => {
  test.each(SINKS)("%s: every frame sent is one that the far end received", async (sink) => {
    const { fates, farReceived, nearSent, totals } = await inject({ sink, frames: 20_000, perS: 0 });
    expect({ fates, farReceived, nearSent }).toEqual({
      fates: { SENT: 20_000 },
      farReceived: 20_000,
      nearSent: 20_000,
    });
    expect(totals).toMatchObject({ sent: 20_000, bytesSent: 1_200_000, refused: 0, cancelled: 0, refusals: {} });
  });

  test.each(SINKS)("%s: no frame leaves before it is due, nor before its neighbour", async (sink) => {
    const { sentNs, pacing } = await inject({ sink, frames: 1000, perS: 5000, batchFrames: 300 });
    const due = dueNs(1000, 5000);
    expect(sentNs.filter((atNs, i) => atNs < due[i]!)).toEqual([]);
    expect(sentNs).toEqual([...sentNs].sort((a, b) => a - b));
    expect(pacing).toMatchObject({ frames: 1000, requestedPerS: 5000 });
  });

  test("frames withheld are not sent, and keep their fate", async () => {
    const { fates, farReceived } = await inject({ sink: "addon", frames: 700, perS: 0, withholdEvery: 7 });
    expect({ fates, farReceived }).toEqual({ fates: { WITHHELD: 100, SENT: 600 }, farReceived: 600 });
  });

  test("while the interface is down its frames are refused, and the run goes on", async () => {
    const events = { 100: "down", 200: "up" } as const;
    const { fates, farReceived, totals, error } = await inject({
      sink: "addon",
      frames: 400,
      perS: 0,
      batchFrames: 100,
      events,
    });
    expect({ fates, farReceived, error }).toEqual({
      fates: { SENT: 300, REFUSED: 100 },
      farReceived: 300,
      error: null,
    });
    expect(totals).toMatchObject({ refusals: { ENETDOWN: 100 } });
  });

  test("an interface that is removed ends the run, with the fate of every frame known", async () => {
    const events = { 100: "remove" } as const;
    const { fates, error, totals } = await inject({ sink: "addon", frames: 600, perS: 0, batchFrames: 200, events });
    expect({ fates, error }).toEqual({
      fates: { SENT: 100, REFUSED: 200, CANCELLED: 200 },
      error: "TRAFGEN_INTERFACE_GONE",
    });
    expect(totals).toMatchObject({ refusals: { ENXIO: 200 } });
  });

  test("a frame too large for the interface is refused, the others are sent", async () => {
    const { fates, farReceived, totals } = await inject({ sink: "addon", frames: 10, perS: 0, frameBytes: 1600 });
    expect({ fates, farReceived }).toEqual({ fates: { REFUSED: 10 }, farReceived: 0 });
    expect(totals).toMatchObject({ sent: 0, refused: 10, refusals: { EMSGSIZE: 10 } });
  });

  test("a queue that is full refuses frames, and what it takes is what leaves", async () => {
    const queue = "tbf rate 800kbit burst 1600 limit 3000";
    const options = { patienceMs: 0 };
    const result = await inject({ sink: "addon", frames: 500, perS: 20_000, queue, options, settleMs: 200 });
    const { fates, farReceived, totals } = result;
    expect(fates.SENT! + fates.REFUSED!).toBe(500);
    expect(fates.REFUSED).toBeGreaterThan(0);
    expect(farReceived).toBe(fates.SENT);
    expect(totals).toMatchObject({ refusals: { ENOBUFS: fates.REFUSED } });
  });

  test("a frame that finds the queue full is tried again, within the patience", async () => {
    const queue = "tbf rate 8mbit burst 1600 limit 3000";
    const options = { patienceMs: 2000 };
    const result = await inject({ sink: "addon", frames: 500, perS: 0, queue, options, settleMs: 200 });
    expect(result.fates).toEqual({ SENT: 500 });
    expect(result.farReceived).toBe(500);
    expect(result.totals.retries).toBeGreaterThan(0);
  });

  test("past the queueing discipline nothing is shaped", async () => {
    const queue = "tbf rate 8kbit burst 1600 limit 3000";
    const options = { bypassQueue: true };
    const { fates, farReceived } = await inject({ sink: "addon", frames: 500, perS: 0, queue, options });
    expect({ fates, farReceived }).toEqual({ fates: { SENT: 500 }, farReceived: 500 });
  });

  test.each(SINKS)("%s: a run that is stopped says what was sent", async (sink) => {
    const { fates, farReceived } = await inject({ sink, frames: 2000, perS: 100, events: { 2000: "stop" } });
    expect(fates.SENT! + fates.CANCELLED!).toBe(2000);
    expect(fates.CANCELLED).toBeGreaterThan(1000);
    expect(farReceived).toBe(fates.SENT);
  });

  test("a schedule that is too far behind is moved, not caught up with", async () => {
    // The event comes between two batches and takes the program longer than the largest lag.
    const events = { 50: "up" } as const;
    const options = { largestLagMs: 0.001 };
    const { totals, sentNs } = await inject({ sink: "addon", frames: 100, perS: 100_000, events, options });
    expect(totals.shifts).toBeGreaterThan(0);
    // 49 gaps of 10 us, each shorter by the largest lag at most.
    expect(sentNs[99]! - sentNs[50]!).toBeGreaterThan(49 * 9000 - 1000);
  });
});

test("what stands in the way is told with what to do", async () => {
  const binding = loadNativeBinding();
  await expect(new InterfaceSink(binding, "no-such-port").start()).rejects.toMatchObject({
    code: "TRAFGEN_INTERFACE_UNKNOWN",
    message: "cannot send on no-such-port: no such device",
  });
  await expect(new InterfaceSink(binding, "a-name-far-too-long").start()).rejects.toMatchObject({
    code: "TRAFGEN_INTERFACE_UNKNOWN",
  });
  const code = hasPcap ? "TRAFGEN_INJECTION_FAILED" : "TRAFGEN_ADDON_UNAVAILABLE";
  await expect(new PcapPackageSink("no-such-port").start()).rejects.toMatchObject({ code });
});

test("a sink that is not open, or stopping, cancels what it is given", async () => {
  const sink = new InterfaceSink(loadNativeBinding(), "lo");
  const batch = new FrameBatch(4, 100);
  batch.add(0, new Uint8Array(14), 0, 1, 0, 0, 0, 0);
  batch.add(0, new Uint8Array(14), 0, 1, 1, 0, 0, 0, 1);
  await sink.send(batch, AbortSignal.abort());
  expect([...batch.fates.subarray(0, 2)]).toEqual([3, 1]);
});

test("the addon refuses frames outside their bytes", async () => {
  const binding = loadNativeBinding();
  const { handle } = binding.openInterface("lo", {
    bypassQueue: 0,
    largestLagNs: 0,
    patienceNs: 0,
    spinNs: 0,
    priority: 0,
  });
  const submit = (offset: number, length: number, count = 1) =>
    binding.submit(
      handle,
      count,
      new Uint8Array(100),
      Int32Array.of(offset),
      Int32Array.of(length),
      new Float64Array(1),
      new Float64Array(1),
      new Uint8Array(1),
    );
  for (const [offset, length, count] of [
    [90, 11],
    [-1, 10],
    [0, -1],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [0, 10, 2],
  ]) {
    expect(() => submit(offset!, length!, count)).toThrow(/within their bytes/);
  }
  binding.closeInterface(handle);
  expect(() => submit(0, 10)).toThrow(/closed/);
  expect(() => binding.closeInterface({} as never)).toThrow(TypeError);
});
