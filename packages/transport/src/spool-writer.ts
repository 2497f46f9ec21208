import { open } from "node:fs/promises";
import type { Clock, Counters } from "@trafmon/runtime";
import type { SpoolSegment } from "./spool-segment.ts";

export interface SpoolWriterOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly counters: Counters;
  /** The disk refused; it is tried again every second. */
  onTrouble(error: Error): void;
}

/** How long to leave a disk alone that refused. */
const RETRY_MS = 1000;

/** Brings the segments of a spool to the disk. What the disk refuses stays in memory, and is tried again. */
export class SpoolWriter {
  readonly #options: SpoolWriterOptions;
  /** Closed segments that the disk did not take whole, oldest first; their PDUs are in memory until it does. */
  readonly #waiting = new Set<SpoolSegment>();
  /** Bytes of these. */
  #memoryBytes = 0;
  #retryMs = Number.NEGATIVE_INFINITY;
  /** What the disk said last. */
  #refusal = new Error("the disk has not taken everything");
  /** Names in the folder may not survive the machine. */
  #hasNewNames = false;

  constructor(options: SpoolWriterOptions) {
    this.#options = options;
  }

  /** Closed segments that are to be written, again or in another form. */
  get waiting(): ReadonlySet<SpoolSegment> {
    return this.#waiting;
  }

  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** The disk has just refused, and is left alone. */
  get isResting(): boolean {
    return this.#options.clock.monotonicMs() < this.#retryMs;
  }

  /** Tries at once again, whatever the disk has said. */
  wake(): void {
    this.#retryMs = Number.NEGATIVE_INFINITY;
  }

  /** A segment to which no more is appended. */
  add(segment: SpoolSegment): void {
    if (this.#waiting.has(segment)) return;
    this.#waiting.add(segment);
    this.#memoryBytes += segment.bytes;
  }

  /** A segment of which something may be unwritten, for it was thinned or could not be synced. */
  addIfUnwritten(segment: SpoolSegment): void {
    if (segment.hasUnwritten) this.add(segment);
  }

  /** A segment that waits has grown by so many bytes. */
  noteGrowth(segment: SpoolSegment, bytes: number): void {
    if (this.#waiting.has(segment)) this.#memoryBytes += bytes;
  }

  forget(segment: SpoolSegment): void {
    if (this.#waiting.delete(segment)) this.#memoryBytes -= segment.bytes;
  }

  /** Writes what waits and what was appended to the last segment; not at once again when the disk has just refused. */
  flush(last: SpoolSegment | undefined): void {
    if (this.isResting) return;
    this.tried(() => {
      for (const segment of this.#waiting) {
        segment.flush();
        this.forget(segment);
      }
      last?.flush();
    });
  }

  /**
   * Takes all segments to stable storage.
   * @throws what the file system says
   */
  async sync(segments: readonly SpoolSegment[]): Promise<void> {
    const last = segments.at(-1);
    for (const segment of segments) if (segment !== last) this.addIfUnwritten(segment);
    this.flush(last);
    if (this.#waiting.size > 0 || last?.hasUnwritten) throw this.#refusal;
    // All are waited for: what is still under way must not look done to the next call.
    const synced = await Promise.allSettled(segments.map((segment) => segment.sync()));
    this.#hasNewNames ||= synced.some((each) => each.status === "fulfilled" && each.value);
    const failed = synced.find((each) => each.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    if (!this.#hasNewNames) return;
    this.#hasNewNames = false;
    try {
      const directory = await open(this.#options.directory, "r");
      await directory.sync().finally(() => directory.close());
    } catch (error) {
      this.#hasNewNames = true;
      throw error;
    }
  }

  /** Does work on the disk; when it refuses, this is told, and it is left alone for a while. */
  tried(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      const { clock, counters, onTrouble } = this.#options;
      this.#retryMs = clock.monotonicMs() + RETRY_MS;
      this.#refusal = error as Error;
      counters.counter("spool_write_failures").add();
      onTrouble(error as Error);
      return false;
    }
  }
}
