import { PcapWriter } from "@trafmon/packet";
import type { Instant } from "@trafmon/runtime";
import { trafgenError } from "../errors.ts";
import { FATE } from "../ledger/packet-kind.ts";
import type { FrameBatch } from "./frame-batch.ts";
import type { FrameSink } from "./frame-sink.ts";

/** Writes frames to a pcap file with nanoseconds, stamped with the instant each is due. Nothing waits. */
export class CaptureFileSink implements FrameSink {
  readonly #path: string;
  readonly #start: Instant;
  #writer: PcapWriter | null = null;

  /** `start`: the instant 0 of the file. */
  constructor(path: string, start: Instant) {
    this.#path = path;
    this.#start = start;
  }

  /** @throws {CodedError} TRAFGEN_CAPTURE_FILE_UNWRITABLE */
  async start(): Promise<Instant> {
    try {
      this.#writer = new PcapWriter(this.#path, { nanoseconds: true });
    } catch (cause) {
      throw this.#unwritable(cause);
    }
    return this.#start;
  }

  /** @throws {CodedError} TRAFGEN_CAPTURE_FILE_UNWRITABLE */
  async send(batch: FrameBatch): Promise<void> {
    const { s, nanos } = this.#start;
    try {
      for (let i = 0; i < batch.count; i++) {
        if (batch.fates[i] !== FATE.SENT) continue;
        const dueNs = batch.dueNs[i]!;
        const offset = batch.offsets[i]!;
        const atNanos = nanos + dueNs;
        const seconds = Math.floor(atNanos / 1e9);
        const frame = batch.bytes.subarray(offset, offset + batch.lengths[i]!);
        this.#writer!.write(s + seconds, atNanos - seconds * 1e9, frame);
        batch.sentNs[i] = dueNs;
      }
    } catch (cause) {
      throw this.#unwritable(cause);
    }
  }

  async close(): Promise<void> {
    const writer = this.#writer;
    this.#writer = null;
    try {
      writer?.close();
    } catch (cause) {
      throw this.#unwritable(cause);
    }
  }

  #unwritable(cause: unknown): Error {
    const message = `cannot write ${this.#path}: ${(cause as Error).message}`;
    return trafgenError("TRAFGEN_CAPTURE_FILE_UNWRITABLE", message, cause);
  }
}
