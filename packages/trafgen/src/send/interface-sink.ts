import type { Instant } from "@trafmon/runtime";
import { FATE } from "../ledger/packet-kind.ts";
import type { FrameBatch } from "./frame-batch.ts";
import type { FrameSink } from "./frame-sink.ts";
import { InjectionTotals } from "./injection-totals.ts";
import type { InjectionHandle, NativeBinding, OpenInjection } from "./native-binding.ts";
import { PacingTally } from "./pacing-tally.ts";
import { sendError } from "./send-errors.ts";

export interface InterfaceSinkOptions {
  /** Sends past the queueing discipline. Faster, but captures on the sending interface see nothing of it. */
  readonly bypassQueue?: boolean;
  /** Further behind than this, the rest of the run is moved instead of caught up with in a burst. Default: no limit. */
  readonly largestLagMs?: number;
  /** How long a frame that the kernel has no room for is tried again before it is refused. */
  readonly patienceMs?: number;
  /** End of each wait that is spent spinning: more is more exact, and costs processor time. */
  readonly spinUs?: number;
  /** Real-time priority of the sending thread, where the system allows it. */
  readonly isRealtime?: boolean;
}

const PATIENCE_MS = 20;
const SPIN_US = 60;
/** Low: above everything ordinary, below the kernel's own threads. */
const REALTIME_PRIORITY = 10;
/** From `start` to moment 0: time for the first batch to be made. */
const LEAD_MS = 20;

/** Errors of if_packet for an interface that does not exist any more. */
const GONE = [6 /* ENXIO */, 19 /* ENODEV */];

/**
 * Sends frames out of an interface, through the addon: a thread of its own waits for each frame's instant. A frame's
 * `sentNs` is the instant at which the kernel was handed it; frames that were due together have one.
 *
 * Whether a frame left the machine is the driver's affair: the interface's own counters tell (see InterfaceCounters).
 */
export class InterfaceSink implements FrameSink {
  readonly interfaceName: string;
  readonly totals = new InjectionTotals();
  readonly #pacing = new PacingTally();
  readonly #binding: NativeBinding;
  readonly #options: InterfaceSinkOptions;
  #opened: OpenInjection | null = null;
  #isGone = false;

  constructor(binding: NativeBinding, interfaceName: string, options: InterfaceSinkOptions = {}) {
    this.#binding = binding;
    this.interfaceName = interfaceName;
    this.#options = options;
  }

  /** What is known of the interface once it is open. */
  get opened(): Omit<OpenInjection, "handle"> | null {
    return this.#opened;
  }

  get pacing() {
    return this.#pacing.pacing;
  }

  /** @throws {CodedError} TRAFGEN_INTERFACE_UNKNOWN, _DOWN, TRAFGEN_INJECTION_FORBIDDEN, _FAILED */
  async start(): Promise<Instant> {
    const { bypassQueue = false, largestLagMs = 0, patienceMs = PATIENCE_MS, spinUs = SPIN_US } = this.#options;
    try {
      this.#opened = this.#binding.openInterface(this.interfaceName, {
        bypassQueue: bypassQueue ? 1 : 0,
        largestLagNs: largestLagMs * 1e6,
        patienceNs: patienceMs * 1e6,
        spinNs: spinUs * 1e3,
        priority: this.#options.isRealtime === true ? REALTIME_PRIORITY : 0,
      });
      const { seconds, nanos } = this.#binding.begin(this.#opened.handle, LEAD_MS * 1e6);
      return { s: seconds, nanos };
    } catch (error) {
      throw openError(this.interfaceName, error);
    }
  }

  /**
   * While the interface is down its frames are refused, and the run goes on.
   * @throws {CodedError} TRAFGEN_INTERFACE_GONE with the batch after the one that met it
   */
  async send(batch: FrameBatch, stopping: AbortSignal): Promise<void> {
    if (this.#isGone) {
      this.#cancel(batch);
      throw sendError("TRAFGEN_INTERFACE_GONE", `cannot send on ${this.interfaceName}: it is gone`);
    }
    if (this.#opened === null || stopping.aborted) return this.#cancel(batch);
    const { handle } = this.#opened;
    const onAbort = () => this.#close(handle);
    stopping.addEventListener("abort", onAbort, { once: true });
    try {
      const { bytes, offsets, lengths, dueNs, sentNs, fates } = batch;
      const report = await this.#binding.submit(handle, batch.count, bytes, offsets, lengths, dueNs, sentNs, fates);
      this.totals.add(report);
      this.#pacing.add(batch);
      this.#isGone = GONE.some((errno) => report.refusals[errno] !== undefined);
    } finally {
      stopping.removeEventListener("abort", onAbort);
    }
  }

  async close(): Promise<void> {
    if (this.#opened !== null) this.#close(this.#opened.handle);
  }

  #close(handle: InjectionHandle): void {
    this.#opened = null;
    this.#binding.closeInterface(handle);
  }

  #cancel(batch: FrameBatch): void {
    for (let i = 0; i < batch.count; i++) {
      if (batch.fates[i] !== FATE.SENT) continue;
      batch.fates[i] = FATE.CANCELLED;
      this.totals.cancelled++;
    }
  }
}

/** The addon's error as one the operator can act on. */
function openError(name: string, error: unknown): Error {
  const { code, message } = error as { readonly code?: string; readonly message: string };
  const words = `cannot send on ${name}: ${message.toLowerCase()}`;
  switch (code) {
    case "NO_SUCH_DEVICE":
      return sendError("TRAFGEN_INTERFACE_UNKNOWN", words, error);
    case "DOWN":
      return sendError("TRAFGEN_INTERFACE_DOWN", words, error);
    case "FORBIDDEN":
      return sendError("TRAFGEN_INJECTION_FORBIDDEN", words, error);
    default:
      return sendError("TRAFGEN_INJECTION_FAILED", words, error);
  }
}
