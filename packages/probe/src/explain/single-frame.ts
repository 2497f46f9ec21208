import type { CaptureSource } from "../capture/capture-source.ts";
import type { FileCapture } from "../capture/file-capture.ts";

/**
 * Shows the current frame of capture files as all there is, once for each `show`: so that what comes of a frame is known to
 * come of it.
 */
export class SingleFrame implements CaptureSource {
  #isShown = true;
  readonly #capture: FileCapture;

  constructor(capture: FileCapture) {
    this.#capture = capture;
  }

  get bytes() {
    return this.#capture.bytes;
  }
  get offset() {
    return this.#capture.offset;
  }
  get capturedBytes() {
    return this.#capture.capturedBytes;
  }
  get wireBytes() {
    return this.#capture.wireBytes;
  }
  get linkType() {
    return this.#capture.linkType;
  }
  get interfaceNumber() {
    return this.#capture.interfaceNumber;
  }
  get seconds() {
    return this.#capture.seconds;
  }
  get nanos() {
    return this.#capture.nanos;
  }
  get isBadTime() {
    return this.#capture.isBadTime;
  }

  /** To be called when the capture has moved on. */
  show(): void {
    this.#isShown = false;
  }

  async open(): Promise<void> {}
  next(): boolean {
    const isFirst = !this.#isShown;
    this.#isShown = true;
    return isFirst;
  }
  async fill(): Promise<boolean> {
    return false;
  }
  takeDrops(): [] {
    return [];
  }
  async close(): Promise<void> {}
}
