import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { ObservationSink, ObservationType, RecordWriter } from "@trafmon/observation";
import { LINK_ETHERNET, openCapture } from "@trafmon/packet";
import { Analysis } from "../src/analysis/analysis.ts";
import type { CaptureSource } from "../src/capture/capture-source.ts";
import { CaptureStage } from "../src/capture/capture-stage.ts";
import { fewServices } from "../src/testing/analysed.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass } from "../src/testing/analysis-settings.ts";

const SAMPLES = join(import.meta.dirname, "../../../samples");
/** Small inputs are run often. */
const SEED_BYTES = 1500;
const MOST_SEEDS = 400;
/** Small, so that evictions are met. */
const LIMITS = { maxFlows: 64, maxConnections: 16, maxFragments: 8 };

/** Frames one behind the other: length (2 bytes), milliseconds since the one before (2 bytes), interface (1 byte), frame. */
class FramesOf implements CaptureSource {
  offset = 0;
  capturedBytes = 0;
  wireBytes = 0;
  readonly linkType = LINK_ETHERNET;
  interfaceNumber = 0;
  seconds = 1_700_000_000;
  nanos = 0;
  readonly isBadTime = false;
  readonly bytes: Uint8Array;
  #at = 0;

  constructor(input: Uint8Array) {
    this.bytes = input;
  }

  next(): boolean {
    const { bytes } = this;
    if (this.#at + 5 > bytes.length) return false;
    const [high, low, seconds, ms, number] = bytes.subarray(this.#at, this.#at + 5);
    this.offset = this.#at + 5;
    this.wireBytes = (high! << 8) | low!;
    this.capturedBytes = Math.min(this.wireBytes, bytes.length - this.offset);
    this.interfaceNumber = number! & 1;
    const nanos = this.nanos + ms! * 4_000_000;
    this.seconds += ((seconds! << 24) >> 24) + (nanos >= 1e9 ? 1 : 0);
    this.nanos = nanos % 1e9;
    this.#at = this.offset + this.capturedBytes;
    return true;
  }

  async open(): Promise<void> {}
  async fill(): Promise<boolean> {
    return false;
  }
  takeDrops(): [] {
    return [];
  }
  async close(): Promise<void> {}
}

/** Adds up what the account says. */
class Account implements ObservationSink {
  packets = 0;
  ipPackets = 0;

  writerOf<T extends ObservationType>(type: T): RecordWriter<T> {
    // biome-ignore lint/suspicious/noExplicitAny: columns of two types are looked at, the others are left alone.
    const take: (record: any) => void =
      type.name === "ipct"
        ? ({ fwd_packets, rev_packets }) => {
            this.packets += fwd_packets + rev_packets;
          }
        : type.name === "capst"
          ? ({ ip_packets }) => {
              this.ipPackets += ip_packets;
            }
          : () => {};
    return { write: take };
  }

  advance(): void {}
}

const seeds: Uint8Array[] = [];
for (const file of readdirSync(SAMPLES).filter((name) => /\.pcap(ng)?(\.gz)?$/.test(name))) {
  const reader = await openCapture(join(SAMPLES, file));
  let bytes: number[] = [];
  do {
    while (seeds.length < MOST_SEEDS && reader.next()) {
      const { capturedBytes: length, offset } = reader;
      bytes.push(length >> 8, length & 0xff, 0, 3, 0, ...reader.bytes.subarray(offset, offset + length));
      if (bytes.length < SEED_BYTES) continue;
      seeds.push(Uint8Array.from(bytes));
      bytes = [];
    }
  } while (seeds.length < MOST_SEEDS && (await reader.fill()));
  await reader.close();
}

// The table of size slices costs more than the rest, and reads nothing foreign.
const flowClasses = [flowClass({ measure: { ...ALL_MEASUREMENTS, ipSizes: null } })];

/** Input: frames, as FramesOf has them. */
export const target = {
  name: "analysis",
  seeds: (): Iterable<Uint8Array> => seeds,
  run(input: Uint8Array): void {
    const settings = analysisSettings(flowClasses, LIMITS);
    const account = new Account();
    const analysis = new Analysis(settings, { sink: account, serviceOf: fewServices });
    const stage = new CaptureStage({
      probe: "fuzz",
      interfaces: settings.interfaces.map(({ name }) => name),
      classes: flowClasses,
      payload: [[]],
      copies: { windowNs: 10_000_000, tapGroupOf: [0, 1] },
      statisticsIntervalS: 60,
    });
    const source = new FramesOf(input);
    let isFull = true;
    while (isFull) {
      isFull = stage.collect(source);
      if (!isFull) stage.putEnd();
      analysis.consume(stage.batch, 0, stage.used);
      stage.used = 0;
    }
    analysis.finish();
    if (account.packets !== account.ipPackets)
      throw new Error(`${account.ipPackets} IP packets, but the account has ${account.packets}`);
  },
  mostSteps: (bytes: number): number => 100_000 + 1500 * bytes,
};
