import type { Instant } from "@trafmon/runtime";
import { FATE } from "../ledger/packet-kind.ts";
import type { FrameBatch } from "./frame-batch.ts";
import type { FrameSink } from "./frame-sink.ts";
import { InjectionTotals } from "./injection-totals.ts";
import { PacingTally } from "./pacing-tally.ts";
import { sendError } from "./send-errors.ts";

/** What we use of the `pcap` package. */
interface PcapPackage {
  /** Told of what libpcap finds odd, such as an interface without address. */
  warningHandler: (text: string) => void;
  createSession(
    device: string,
    options: { readonly filter: string; readonly buffer_size: number; readonly snap_length: number },
  ): { inject(frame: Buffer): void; close(): void };
}

/** Matches no packet: a session also captures, and we want none of it. */
const NOTHING = "less 1";

/** The least that libpcap takes. */
const BUFFER_BYTES = 65_536;

/** The event loop's timers are exact to about this; the rest of a wait is turned away in its immediates. */
const TIMER_MS = 2;

const LEAD_MS = 20;

/** Frames that are overdue are sent in runs of this many, so that the loop turns and a stop is seen. */
const FRAMES_PER_TURN = 64;

/**
 * Sends frames through the `pcap` package, for platforms where our own addon cannot be built. It waits in the event
 * loop, so frames are a fraction of a millisecond late, and one call sends one frame. The package keeps the process
 * alive after `close`, so a program has to exit.
 */
export class PcapPackageSink implements FrameSink {
  readonly interfaceName: string;
  readonly totals = new InjectionTotals();
  readonly #pacing = new PacingTally();
  #session: ReturnType<PcapPackage["createSession"]> | null = null;
  /** Milliseconds of `performance`, and of the wall clock, at moment 0. */
  #zeroMs = 0;
  #zeroWallMs = 0;

  constructor(interfaceName: string) {
    this.interfaceName = interfaceName;
  }

  get pacing() {
    return this.#pacing.pacing;
  }

  /** @throws {CodedError} TRAFGEN_ADDON_UNAVAILABLE, TRAFGEN_INJECTION_FAILED */
  async start(): Promise<Instant> {
    const pcap = await loadPackage();
    pcap.warningHandler = () => {};
    try {
      const options = { filter: NOTHING, buffer_size: BUFFER_BYTES, snap_length: BUFFER_BYTES };
      this.#session = pcap.createSession(this.interfaceName, options);
    } catch (error) {
      const message = `cannot send on ${this.interfaceName}: ${(error as Error).message}`;
      throw sendError("TRAFGEN_INJECTION_FAILED", message, error);
    }
    this.#zeroMs = performance.now() + LEAD_MS;
    this.#zeroWallMs = performance.timeOrigin + this.#zeroMs;
    const s = Math.floor(this.#zeroWallMs / 1000);
    return { s, nanos: Math.floor((this.#zeroWallMs - s * 1000) * 1e6) };
  }

  async send(batch: FrameBatch, stopping: AbortSignal): Promise<void> {
    let inTurn = 0;
    for (let i = 0; i < batch.count; i++) {
      if (batch.fates[i] !== FATE.SENT) continue;
      if (await this.#until(this.#zeroMs + batch.dueNs[i]! / 1e6, stopping)) inTurn = 0;
      else if (++inTurn % FRAMES_PER_TURN === 0) await turn();
      if (stopping.aborted) this.#cancel(batch, i);
      else this.#inject(batch, i);
    }
    this.#pacing.add(batch);
  }

  async close(): Promise<void> {
    this.#session?.close();
    this.#session = null;
  }

  #inject(batch: FrameBatch, i: number): void {
    const { buffer, byteOffset } = batch.bytes;
    batch.sentNs[i] = Math.max(0, Math.round((performance.now() - this.#zeroMs) * 1e6));
    try {
      this.#session?.inject(Buffer.from(buffer, byteOffset + batch.offsets[i]!, batch.lengths[i]!));
      this.totals.sent++;
      this.totals.bytesSent += batch.lengths[i]!;
    } catch {
      // The package does not say why.
      batch.fates[i] = FATE.REFUSED;
      this.totals.refused++;
      this.totals.refusals.set("unknown", (this.totals.refusals.get("unknown") ?? 0) + 1);
    }
  }

  #cancel(batch: FrameBatch, i: number): void {
    batch.fates[i] = FATE.CANCELLED;
    this.totals.cancelled++;
  }

  /** Whether it had to wait. */
  async #until(dueMs: number, stopping: AbortSignal): Promise<boolean> {
    let hasWaited = false;
    for (let leftMs = dueMs - performance.now(); leftMs > 0 && !stopping.aborted; leftMs = dueMs - performance.now()) {
      hasWaited = true;
      if (leftMs > TIMER_MS) await timer(leftMs - TIMER_MS, stopping);
      else await turn();
    }
    return hasWaited;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function timer(delayMs: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(waiting);
      stopping.removeEventListener("abort", end);
      resolve();
    };
    const waiting = setTimeout(end, delayMs);
    stopping.addEventListener("abort", end, { once: true });
  });
}

async function loadPackage(): Promise<PcapPackage> {
  // A name the compiler does not look up: the package is optional, and its types are for another Node.
  const name: string = "pcap";
  try {
    const loaded = await import(name);
    return loaded.default ?? loaded;
  } catch (error) {
    throw sendError("TRAFGEN_ADDON_UNAVAILABLE", "cannot load the addon, nor the pcap package", error);
  }
}
