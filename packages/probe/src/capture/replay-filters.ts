import { LINK_RAW, LINK_RAW_LIVE, LINK_RAW_OPENBSD, MAX_CAPTURED_BYTES } from "@trafmon/packet";
import { probeError } from "../errors.ts";
import type { CaptureSource } from "./capture-source.ts";
import type { CaptureFilter, NativeBinding } from "./native-binding.ts";

/** An interface that files stand for, and what the kernel would let through of it; empty: everything. */
export interface FilteredInterface {
  readonly name: string;
  readonly filter: string;
}

/** Applies the capture filters of interfaces to the frames of files, as the kernel does to live ones. */
export class ReplayFilters {
  readonly #binding: NativeBinding;
  /** By number. */
  readonly #interfaces: readonly FilteredInterface[];
  /** By interface number, then by link type: a file may hold several, and each has a program of its own. */
  readonly #compiled: readonly Map<number, CaptureFilter>[];

  constructor(binding: NativeBinding, interfaces: readonly FilteredInterface[]) {
    this.#binding = binding;
    this.#interfaces = interfaces;
    this.#compiled = interfaces.map(() => new Map());
  }

  /** Whether the source's current frame is let through. @throws {CodedError} PROBE_FILTER_INVALID */
  passes({ bytes, offset, capturedBytes, wireBytes, linkType, interfaceNumber }: CaptureSource): boolean {
    const settings = this.#interfaces[interfaceNumber];
    if (settings === undefined || settings.filter === "") return true;
    const compiled = this.#compiled[interfaceNumber]!;
    let filter = compiled.get(linkType);
    if (filter === undefined) {
      filter = this.#compile(settings, linkType);
      compiled.set(linkType, filter);
    }
    return this.#binding.matches(filter, bytes, offset, capturedBytes, wireBytes);
  }

  #compile({ name, filter }: FilteredInterface, linkType: number): CaptureFilter {
    try {
      // The one link type of ours that libpcap numbers otherwise in files than in memory.
      const isRaw = linkType === LINK_RAW || linkType === LINK_RAW_OPENBSD;
      return this.#binding.compile(isRaw ? LINK_RAW_LIVE : linkType, MAX_CAPTURED_BYTES, filter);
    } catch (error) {
      const place = `the filter of ${name} to a capture of link type ${linkType}`;
      throw probeError("PROBE_FILTER_INVALID", `cannot apply ${place}: ${(error as Error).message}`, error);
    }
  }
}
