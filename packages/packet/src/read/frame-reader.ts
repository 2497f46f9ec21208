import type { CaptureFault } from "./capture-fault.ts";
import { FrameTime } from "./frame-time.ts";
import type { ReadWindow } from "./read-window.ts";

/**
 * Steps through the frames of a capture without making an object per frame:
 *
 *     do {
 *       while (reader.next()) work(reader.bytes, reader.offset, reader.capturedBytes);
 *     } while (await reader.fill());
 *
 * The fields describe the current frame until the next call. Nothing in the data makes it throw: what cannot be read
 * ends the reading, and `fault` says why.
 */
export abstract class FrameReader {
  /** Where the current frame's bytes are: from `offset`, `capturedBytes` of them. */
  bytes: Uint8Array;
  offset = 0;
  capturedBytes = 0;
  wireBytes = 0;
  linkType = 0;
  /** Number of the interface within the file, in the order the file describes them over all its sections. */
  interfaceNumber = 0;
  readonly time = new FrameTime();
  /** Why the reading ended early; null for a clean end, or before it. */
  fault: CaptureFault | null = null;
  /** Where in the (decompressed) file the fault is. */
  faultOffset = 0;
  protected readonly window: ReadWindow;

  constructor(window: ReadWindow) {
    this.window = window;
    this.bytes = window.bytes;
  }

  /** Moves on to the next frame in memory; false when there is none. */
  abstract next(): boolean;

  /** Brings further bytes into memory after `next` said false. False: the reading has ended. */
  async fill(): Promise<boolean> {
    if (this.fault !== null) return false;
    if (await this.window.fill()) return true;
    if (this.window.source.fault !== null) this.fail(this.window.source.fault);
    else if (this.window.position < this.window.end) this.fail("record_cut");
    return false;
  }

  close(): Promise<void> {
    return this.window.close();
  }

  /** Ends the reading. */
  protected fail(fault: CaptureFault): false {
    this.fault ??= fault;
    this.faultOffset = this.window.fileOffset;
    return false;
  }
}

/** A file that is no capture: no frame, and the reason. */
export class EmptyReader extends FrameReader {
  constructor(window: ReadWindow, fault: CaptureFault | null) {
    super(window);
    if (fault !== null) this.fail(fault);
  }

  next(): boolean {
    return false;
  }
}
