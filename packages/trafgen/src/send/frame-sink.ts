import type { Instant } from "@trafmon/runtime";
import type { FrameBatch } from "./frame-batch.ts";

/**
 * Where frames go: capture files, or an interface. Time is relative: `start` says which instant is 0, and each frame is
 * due so many nanoseconds later. A live sink waits until then; a file sink stamps the frame with it.
 *
 * For a batch to be made while the one before is being sent, the caller has two batches and fills the second before it
 * waits for the first:
 *
 *     const sending = sink.send(one, stopping);
 *     fill(two);
 *     await sending;
 *     writeDown(one, ledger);
 */
export interface FrameSink {
  /** Opens it. Live: an instant just ahead of the present; for files: the one that the scenario names. */
  start(): Promise<Instant>;

  /**
   * Sends the frames of the batch whose fate is SENT, each when it is due, or at once when that is past. Resolved when
   * the last has gone: `sentNs` and `fates` then say what happened. The batch must not be touched meanwhile. Batches
   * are sent one at a time, in rising time.
   *
   * When `stopping` is aborted, frames not yet sent become CANCELLED and the promise is resolved soon.
   *
   * What the kernel refuses of a frame makes it REFUSED; what stands in the way of all frames (interface gone, disk
   * full) rejects.
   */
  send(batch: FrameBatch, stopping: AbortSignal): Promise<void>;

  /** Lets go of everything, with what was sent so far on the wire or on disk. Also after `send` was rejected. */
  close(): Promise<void>;
}
