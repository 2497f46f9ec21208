/**
 * Where frames come from. The capture stage steps through a source without an object per frame:
 *
 *     do {
 *       while (source.next()) work(source.bytes, source.offset, source.capturedBytes);
 *     } while (await source.fill());
 *
 * The fields describe the current frame until the next call.
 */
export interface CaptureSource {
  /** The current frame: from `offset`, `capturedBytes` of `bytes`. */
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly capturedBytes: number;
  readonly wireBytes: number;
  /** As packet/link-type.ts numbers them. */
  readonly linkType: number;
  /** Number of the interface in the probe's list. */
  readonly interfaceNumber: number;
  /** When it was captured, made sound. */
  readonly seconds: number;
  readonly nanos: number;
  /** Whether the instant was out of range and has been replaced. */
  readonly isBadTime: boolean;

  /** @throws {CodedError} what the operator can act on: no such file, no such interface, no permission */
  open(): Promise<void>;
  /** Moves on to the next frame in memory; false when there is none. */
  next(): boolean;
  /** Brings further frames into memory after `next` said false. False: there will be none. */
  fill(): Promise<boolean>;
  /** What was lost before the source could give it, since the last call. */
  takeDrops(): readonly InterfaceDrops[];
  close(): Promise<void>;
}

/** Packets of an interface that never reached the probe. */
export interface InterfaceDrops {
  readonly interfaceNumber: number;
  /** For want of room in the kernel's capture buffer. */
  readonly kernel: number;
  /** By the card or its driver. */
  readonly card: number;
  /** For want of room in the source's own queue. */
  readonly queue: number;
}

/** A source that never ends by itself, and may have nothing to give for a while. */
export interface LiveSource extends CaptureSource {
  /** Whether the last `fill` found no frame anywhere. */
  readonly isIdle: boolean;
}
