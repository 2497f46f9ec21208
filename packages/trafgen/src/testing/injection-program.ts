/**
 * For tests, in a network namespace of its own: makes a veth pair, sends frames into one end, and prints as JSON what the
 * sink says and what the kernel counted at the far end.
 *
 *     injection-program.ts '{"sink":"addon","frames":1000,"perS":10000}'
 */
import { execFileSync } from "node:child_process";
import { FATE, KIND } from "../ledger/packet-kind.ts";
import { FrameBatch } from "../send/frame-batch.ts";
import { readInterfaceCounters } from "../send/interface-counters.ts";
import { InterfaceSink, type InterfaceSinkOptions } from "../send/interface-sink.ts";
import { loadNativeBinding } from "../send/native-binding.ts";
import type { LiveFrameSink } from "../send/open-interface-sink.ts";
import { PcapPackageSink } from "../send/pcap-package-sink.ts";

export interface InjectionTask {
  readonly sink: "addon" | "package";
  readonly frames: number;
  /** 0: all at once. */
  readonly perS: number;
  readonly frameBytes?: number;
  readonly batchFrames?: number;
  readonly options?: InterfaceSinkOptions;
  /** Every so many-th frame is withheld. */
  readonly withholdEvery?: number;
  /** Before the frame of this number: the interface is taken down, brought up again, removed, or the run is stopped. */
  readonly events?: Readonly<Record<number, "down" | "up" | "remove" | "stop">>;
  /** Words for `tc qdisc add dev ... root`. */
  readonly queue?: string;
  /** Time for queues to drain before the counters are read. */
  readonly settleMs?: number;
}

export interface InjectionResult {
  readonly fates: Readonly<Record<string, number>>;
  /** Of every frame. */
  readonly sentNs: readonly number[];
  readonly totals: Readonly<Record<string, unknown>>;
  readonly pacing: LiveFrameSink["pacing"];
  readonly farReceived: number;
  readonly nearSent: number;
  readonly error: string | null;
}

const NEAR = "near0";
const FAR = "far0";
/** A local experimental ethertype (IEEE 802 clause 9.2.4): nobody answers it. */
const ETHERTYPE = 0x88b5;

const task = JSON.parse(process.argv[2]!) as InjectionTask;
const ip = (...words: string[]) => execFileSync("ip", words);

// Without IPv6 the kernel sends nothing of its own on the pair.
execFileSync("sysctl", ["-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"]);
ip("link", "add", NEAR, "type", "veth", "peer", "name", FAR);
ip("link", "set", FAR, "up");
ip("link", "set", NEAR, "up");
if (task.queue !== undefined) execFileSync("tc", ["qdisc", "add", "dev", NEAR, "root", ...task.queue.split(" ")]);

const sink: LiveFrameSink =
  task.sink === "addon" ? new InterfaceSink(loadNativeBinding(), NEAR, task.options) : new PcapPackageSink(NEAR);

process.stdout.write(`${JSON.stringify(await run())}\n`, () => process.exit(0));

async function run(): Promise<InjectionResult> {
  const stop = new AbortController();
  const fates: Record<string, number> = {};
  const sentNs: number[] = [];
  const batches = [new FrameBatch(task.batchFrames), new FrameBatch(task.batchFrames)];
  let error: string | null = null;
  await sink.start();
  let number = 0;
  for (let turn = 0; number < task.frames && error === null; turn++) {
    const batch = batches[turn % 2]!;
    batch.clear();
    number = fill(batch, number);
    const happening = task.events?.[number];
    try {
      const sending = sink.send(batch, stop.signal);
      if (happening === "stop") setTimeout(() => stop.abort(), 50);
      await sending;
    } catch (thrown) {
      error = (thrown as { readonly code: string }).code;
    }
    for (let i = 0; i < batch.count; i++) {
      const name = Object.keys(FATE)[batch.fates[i]!]!;
      fates[name] = (fates[name] ?? 0) + 1;
      sentNs.push(batch.sentNs[i]!);
    }
    if (happening === "down") ip("link", "set", NEAR, "down");
    if (happening === "up") ip("link", "set", NEAR, "up");
    if (happening === "remove") ip("link", "delete", NEAR);
  }
  await new Promise((resolve) => setTimeout(resolve, task.settleMs ?? 0));
  const farReceived = readInterfaceCounters(FAR)?.receivedPackets ?? 0;
  const nearSent = readInterfaceCounters(NEAR)?.sentPackets ?? 0;
  const totals = { ...sink.totals, refusals: Object.fromEntries(sink.totals.refusals) };
  await sink.close();
  return { fates, sentNs, totals, pacing: sink.pacing, farReceived, nearSent, error };
}

/** Frames from this number on; the number after the last. */
function fill(batch: FrameBatch, from: number): number {
  let number = from;
  const frame = Buffer.alloc(task.frameBytes ?? 60);
  frame.writeUIntBE(0x020000000009, 0, 6);
  frame.writeUIntBE(0x020000000001, 6, 6);
  frame.writeUInt16BE(ETHERTYPE, 12);
  while (number < task.frames && batch.hasRoom(frame.length)) {
    if (number > from && task.events?.[number] !== undefined) break;
    frame.writeUInt32BE(number, 14);
    const dueNs = task.perS === 0 ? 0 : Math.round((number * 1e9) / task.perS);
    const isWithheld = task.withholdEvery !== undefined && number % task.withholdEvery === 0;
    batch.add(dueNs, frame, 0, 1, number, 46, 42, KIND.DATA, isWithheld ? FATE.WITHHELD : FATE.SENT);
    number++;
  }
  return number;
}
