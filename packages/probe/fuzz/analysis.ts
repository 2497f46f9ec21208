import { readdirSync } from "node:fs";
import { join } from "node:path";
import { encoderOf, type ObservationSink, type ObservationType, type RecordWriter } from "@trafmon/observation";
import { LINK_ETHERNET, openCapture } from "@trafmon/packet";
import { Analysis } from "../src/analysis/analysis.ts";
import type { CaptureSource } from "../src/capture/capture-source.ts";
import { CaptureStage } from "../src/capture/capture-stage.ts";
import { followsTcp, payloadWishes } from "../src/measure/catalogue.ts";
import { fewServices } from "../src/testing/analysed.ts";
import { ALL_MEASUREMENTS, analysisSettings, flowClass } from "../src/testing/analysis-settings.ts";

const SAMPLES = join(import.meta.dirname, "../../../samples");
/** Small inputs are run often. */
const SEED_BYTES = 1500;
const MOST_SEEDS = 400;
/** Small, so that evictions are met. */
const LIMITS = { maxFlows: 64, maxConnections: 16, maxStreams: 16, maxFragments: 8, maxRequests: 32 };

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

/** Adds up what the account says, and encodes every record: a value no column can hold is a fault. */
class Account implements ObservationSink {
  packets = 0;
  ipPackets = 0;
  readonly #body = new Uint8Array(1 << 16);

  writerOf<T extends ObservationType>(type: T): RecordWriter<T> {
    const encoder = encoderOf(type);
    return {
      // biome-ignore lint/suspicious/noExplicitAny: columns of two types are looked at, the others are left alone.
      write: (record: any) => {
        encoder.reset();
        encoder.encode(record, this.#body, 0);
        if (type.name === "ipct" && this.#isAccount(record)) this.packets += record.fwd_packets + record.rev_packets;
        if (type.name === "flow" && record.account) this.#accountFlows.add(record.flow_id);
        if (type.name === "capst") this.ipPackets += record.ip_packets;
      },
    };
  }

  readonly #accountFlows = new Set<number>();

  advance(): void {}

  #isAccount({ flow_id }: { flow_id: number }): boolean {
    return this.#accountFlows.has(flow_id);
  }
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
const measure = { ...ALL_MEASUREMENTS, ipSizes: null };
const flowClasses = [
  flowClass({ measure }),
  flowClass({ name: "inside", account: false, header: "inner", measure: { ...measure, tcpConnections: null } }),
];

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
      payload: flowClasses.map((each) => payloadWishes(each.measure)),
      followsTcp: followsTcp(flowClasses),
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
