import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { probeError } from "../errors.ts";

/** An open interface. Belongs to the addon. */
export type CaptureHandle = { readonly __captureHandle: never };
/** A compiled capture filter. Belongs to the addon. */
export type CaptureFilter = { readonly __captureFilter: never };

export interface OpenInterface {
  readonly handle: CaptureHandle;
  readonly linkType: number;
  /** Units of its sub-second field in a second: 10^6 or 10^9. */
  readonly perSecond: number;
  /** File descriptor to wait on. */
  readonly descriptor: number;
  /** Whether what the filter refuses is counted nowhere: the kernel applies it, or there is none. */
  readonly filtersInKernel: boolean;
  /** What libpcap could not do, though it captures; empty for nothing. */
  readonly warning: string;
}

/** Totals since the interface was opened; they wrap at 2^32. */
export interface HandleTotals {
  /** Frames the filter let through, those dropped included. */
  readonly received: number;
  readonly dropped: number;
  readonly interfaceDropped: number;
}

export interface NetworkInterface {
  readonly name: string;
  readonly description: string;
  readonly isUp: boolean;
  readonly isLoopback: boolean;
}

export interface InterfaceState {
  /** An interface that was removed and made again has another one. */
  readonly index: number;
  readonly isUp: boolean;
  readonly hasCarrier: boolean;
}

/**
 * The C files in native/. Errors it throws have a `code`: NO_SUCH_DEVICE, FORBIDDEN, DOWN, BAD_FILTER or FAILED, and
 * libpcap's words as message.
 */
export interface NativeBinding {
  readonly library: string;
  open(
    name: string,
    snapBytes: number,
    bufferBytes: number,
    timeoutMs: number,
    isPromiscuous: boolean,
    filter: string,
  ): OpenInterface;
  /** Writes the waiting frames into `buffer` from byte `from` on. Returns where they end. */
  dispatch(handle: CaptureHandle, buffer: ArrayBuffer, from: number): number;
  /** Blocks the thread until one of the descriptors has something to read, or so long. */
  wait(descriptors: readonly number[], timeoutMs: number): boolean;
  statistics(handle: CaptureHandle): HandleTotals;
  /** Sends a frame out of the interface. */
  inject(handle: CaptureHandle, bytes: Uint8Array, offset: number, length: number): void;
  close(handle: CaptureHandle): void;
  interfaces(): NetworkInterface[];
  /** null: there is no such interface, or the name stands for several. */
  state(name: string): InterfaceState | null;
  /** Offloads that are on at an interface, by ethtool's short names. */
  offloads(name: string): string[];
  compile(linkType: number, snapBytes: number, filter: string): CaptureFilter;
  matches(filter: CaptureFilter, bytes: Uint8Array, offset: number, capturedBytes: number, wireBytes: number): boolean;
  /** How far the system clock is from its reference; null when nothing disciplines it. */
  clock(): { readonly offsetNs: number; readonly errorNs: number } | null;
  /** Asks for large pages of memory where these words will be written; the kernel gives them or not. */
  useHugePages(words: Int32Array): void;
  /** From now on blocks of memory of this size and more go back to the system as soon as they are free. */
  returnFreed(fromBytes: number): void;
}

/** Where native/build.mjs puts it; the same from src and from dist. */
export const NATIVE_BINARY = fileURLToPath(new URL("../../native/build/capture.node", import.meta.url));

/** @throws {CodedError} PROBE_CAPTURE_UNAVAILABLE when it has not been built */
export function loadNativeBinding(): NativeBinding {
  try {
    return createRequire(import.meta.url)(NATIVE_BINARY) as NativeBinding;
  } catch (error) {
    throw probeError("PROBE_CAPTURE_UNAVAILABLE", `cannot load ${NATIVE_BINARY}`, error);
  }
}
