import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { sendError } from "./send-errors.ts";

/** An interface open for sending. Belongs to the addon. */
export type InjectionHandle = { readonly __injectionHandle: never };
/** An open ICMP socket. Belongs to the addon. */
export type IcmpHandle = { readonly __icmpHandle: never };

/** An instant as the addon gives it. */
export interface NativeInstant {
  readonly seconds: number;
  readonly nanos: number;
}

export interface InjectionOptions {
  /** 1: past the queueing discipline, straight to the driver; captures on the sending interface see nothing then. */
  readonly bypassQueue: 0 | 1;
  /** Further behind than this, the schedule is moved instead of caught up with; 0: always caught up with. */
  readonly largestLagNs: number;
  /** How long a frame that the kernel has no room for is tried again. */
  readonly patienceNs: number;
  /** End of each wait that is spent spinning rather than asleep. */
  readonly spinNs: number;
  /** SCHED_FIFO priority, 1 to 99; 0: none. */
  readonly priority: number;
}

export interface OpenInjection {
  readonly handle: InjectionHandle;
  readonly index: number;
  readonly mtuBytes: number;
  /** ARPHRD_ number of if_arp.h: 1 Ethernet, 772 loopback, 65534 none. */
  readonly hardwareType: number;
  /** `02:00:00:00:00:01`; without meaning where `hardwareType` has no addresses. */
  readonly hardwareAddress: string;
  readonly isLoopback: boolean;
  readonly bypassesQueue: boolean;
  readonly hasPriority: boolean;
}

/** What became of one batch. */
export interface InjectionReport {
  readonly sent: number;
  readonly bytesSent: number;
  readonly refused: number;
  readonly cancelled: number;
  /** Tries of frames that the kernel had no room for, beyond the first. */
  readonly retries: number;
  /** Calls of the kernel. Frames of one call have one instant. */
  readonly calls: number;
  readonly largestLagNs: number;
  /** How often, and by how much in all, the schedule was moved. */
  readonly shifts: number;
  readonly shiftedNs: number;
  /** Refused frames by errno. */
  readonly refusals: Readonly<Record<string, number>>;
}

/** The kernel's account of a TCP connection, so far. */
export interface StreamInfo {
  /** Both sides have said goodbye, and all of it was acknowledged. */
  readonly isClosed: boolean;
  readonly segmentsOut: number;
  readonly segmentsIn: number;
  readonly dataSegmentsOut: number;
  readonly bytesAcknowledged: number;
  readonly bytesRetransmitted: number;
  readonly segmentsRetransmitted: number;
  readonly roundTripUs: number;
}

/** native/*.c. What it throws has a `code`: NO_SUCH_DEVICE, FORBIDDEN, DOWN, CLOSED or FAILED, and the system's words. */
export interface NativeBinding {
  openInterface(name: string, options: InjectionOptions): OpenInjection;
  /** Sets moment 0, so far ahead, and says which it is. */
  begin(handle: InjectionHandle, leadNs: number): NativeInstant;
  submit(
    handle: InjectionHandle,
    count: number,
    bytes: Uint8Array,
    offsets: Int32Array,
    lengths: Int32Array,
    dueNs: Float64Array,
    sentNs: Float64Array,
    fates: Uint8Array,
  ): Promise<InjectionReport>;
  /** Cancels what was submitted and not sent; its promises are still resolved. */
  closeInterface(handle: InjectionHandle): void;
  openIcmp(
    options: { readonly family: 4 | 6; readonly tos: number; readonly hopLimit: number },
    localAddress: string,
    onMessage: (bytes: Buffer, source: string, seconds: number, nanos: number) => void,
  ): { readonly handle: IcmpHandle; readonly isRaw: boolean; readonly identifier: number };
  sendIcmp(handle: IcmpHandle, bytes: Uint8Array, address: string): NativeInstant;
  closeIcmp(handle: IcmpHandle): void;
  /** Descriptor of a bound UDP socket. */
  datagramSocket(family: 4 | 6, tos: number, localAddress: string, localPort: number): number;
  /** Descriptor of an unconnected TCP socket, bound unless the address is empty and the port 0. */
  streamSocket(family: 4 | 6, tos: number, localAddress: string, localPort: number): number;
  /** A second descriptor of a connection, by which its account can be asked for behind its end; to be given back. */
  watchStream(descriptor: number): number;
  unwatchStream(descriptor: number): void;
  /** null where the kernel keeps no such account. */
  streamInfo(descriptor: number): StreamInfo | null;
}

/** Where native/build.mjs puts it; the same from src and from dist. */
export const NATIVE_BINARY = fileURLToPath(new URL("../../native/build/trafgen.node", import.meta.url));

/** @throws {CodedError} TRAFGEN_ADDON_UNAVAILABLE when it has not been built */
export function loadNativeBinding(): NativeBinding {
  try {
    return createRequire(import.meta.url)(NATIVE_BINARY) as NativeBinding;
  } catch (error) {
    throw sendError("TRAFGEN_ADDON_UNAVAILABLE", `cannot load ${NATIVE_BINARY}`, error);
  }
}

/** The binding, or null where it has not been built. */
export function findNativeBinding(): NativeBinding | null {
  try {
    return loadNativeBinding();
  } catch {
    return null;
  }
}
