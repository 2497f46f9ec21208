import { FrameTime, LINK_ETHERNET, LINK_NULL, LINK_RAW, LINK_SLL } from "@trafmon/packet";
import { probeError } from "../errors.ts";
import type { InterfaceDrops, LiveSource } from "./capture-source.ts";
import { liveError } from "./live-errors.ts";
import type { LiveInterface } from "./live-port.ts";

/** What we use of the `pcap` package. */
interface PcapPackage {
  /** Told of what libpcap finds odd, such as an interface without address. */
  warningHandler: (text: string) => void;
  createSession(
    device: string,
    options: {
      readonly filter: string;
      readonly buffer_size: number;
      readonly snap_length: number;
      readonly buffer_timeout: number;
      readonly promiscuous: boolean;
    },
  ): PcapSession;
}

interface PcapSession {
  readonly link_type: string;
  on(event: "packet", take: (packet: { readonly buf: Buffer; readonly header: Buffer }) => void): void;
  stats(): { readonly ps_drop: number; readonly ps_ifdrop: number };
  close(): void;
}

const linkTypes: Readonly<Record<string, number>> = {
  LINKTYPE_NULL: LINK_NULL,
  LINKTYPE_ETHERNET: LINK_ETHERNET,
  LINKTYPE_RAW: LINK_RAW,
  LINKTYPE_LINUX_SLL: LINK_SLL,
};

/** A link type that nothing dissects, for those the package knows and we do not. */
const UNKNOWN_LINK = 0xffff;

/** Frames kept between two calls of `fill`. What does not fit is dropped, and counted. */
const QUEUE_BYTES = 32 * 1024 * 1024;

/** Longest wait for frames; the event loop turns meanwhile. */
const WAIT_MS = 20;

const TIMEOUT_MS = 20;

/** Before each frame: seconds, microseconds, captured length, length on the wire (32 bits each), interface, link type. */
const HEADER_WORDS = 6;

interface Port {
  readonly session: PcapSession;
  kernelDropped: number;
  cardDropped: number;
  queueDropped: number;
}

/**
 * Frames of live interfaces through the `pcap` package: for platforms where our own binding cannot be built. The package
 * hands over frame by frame, in microseconds, on the main thread, and everything that waits at once: docs/decisions has
 * the figures. It cannot reopen an interface, and keeps the process alive after `close`, so a program has to exit.
 */
export class PcapPackageCapture implements LiveSource {
  bytes = new Uint8Array(QUEUE_BYTES);
  offset = 0;
  capturedBytes = 0;
  wireBytes = 0;
  linkType = 0;
  interfaceNumber = 0;
  seconds = 0;
  nanos = 0;
  isBadTime = false;
  isIdle = false;
  readonly #interfaces: readonly LiveInterface[];
  readonly #ports: Port[] = [];
  readonly #times: readonly FrameTime[];
  /** Frames are taken out of `bytes` while new ones go into the other half. */
  #filling = new Uint8Array(QUEUE_BYTES);
  #filled = 0;
  #end = 0;
  #position = 0;

  constructor(interfaces: readonly LiveInterface[]) {
    this.#interfaces = interfaces;
    this.#times = interfaces.map(() => new FrameTime());
  }

  /** @throws {CodedError} as LiveCapture, and PROBE_CAPTURE_UNAVAILABLE when the package is not installed */
  async open(): Promise<void> {
    const pcap = await loadPackage();
    // An interface without address is what a mirror port is.
    pcap.warningHandler = () => {};
    for (const [interfaceNumber, settings] of this.#interfaces.entries()) {
      try {
        const session = pcap.createSession(settings.name, {
          filter: settings.filter,
          buffer_size: settings.bufferBytes,
          snap_length: settings.snapLengthBytes,
          buffer_timeout: TIMEOUT_MS,
          promiscuous: settings.promiscuous,
        });
        const port = { session, kernelDropped: 0, cardDropped: session.stats().ps_ifdrop, queueDropped: 0 };
        const linkType = linkTypes[session.link_type] ?? UNKNOWN_LINK;
        session.on("packet", ({ buf, header }) => this.#put(port, buf, header, interfaceNumber, linkType));
        this.#ports.push(port);
      } catch (error) {
        await this.close();
        throw liveError(settings.name, error);
      }
    }
  }

  next(): boolean {
    if (this.#position === this.#end) return false;
    const words = new Uint32Array(this.bytes.buffer, this.#position, HEADER_WORDS);
    const [seconds, micros, captured, wire, interfaceNumber, linkType] = words;
    const time = this.#times[interfaceNumber!]!;
    time.set(seconds!, micros!, 1_000_000);
    this.seconds = time.seconds;
    this.nanos = time.nanos;
    this.isBadTime = time.isBad;
    this.offset = this.#position + HEADER_WORDS * 4;
    this.capturedBytes = captured!;
    this.wireBytes = wire!;
    this.interfaceNumber = interfaceNumber!;
    this.linkType = linkType!;
    this.#position += frameBytes(captured!);
    return true;
  }

  async fill(): Promise<boolean> {
    // The package hands frames over in the loop's turns.
    await new Promise((resolve) => setTimeout(resolve, this.#filled > 0 ? 0 : WAIT_MS));
    const spare = this.bytes;
    this.bytes = this.#filling;
    this.#end = this.#filled;
    this.#position = 0;
    this.#filling = spare;
    this.#filled = 0;
    this.isIdle = this.#end === 0;
    return true;
  }

  takeDrops(): readonly InterfaceDrops[] {
    return this.#ports.map((port, interfaceNumber) => {
      const totals = port.session.stats();
      const kernel = (totals.ps_drop - port.kernelDropped) >>> 0;
      const card = (totals.ps_ifdrop - port.cardDropped) >>> 0;
      const queue = port.queueDropped;
      port.kernelDropped = totals.ps_drop;
      port.cardDropped = totals.ps_ifdrop;
      port.queueDropped = 0;
      return { interfaceNumber, kernel, card, queue };
    });
  }

  async close(): Promise<void> {
    for (const { session } of this.#ports.splice(0)) session.close();
  }

  #put(port: Port, frame: Buffer, header: Buffer, interfaceNumber: number, linkType: number): void {
    // The header is in the machine's byte order, as ours is.
    const from = new Uint32Array(Uint8Array.from(header.subarray(0, 16)).buffer);
    const captured = from[2]!;
    if (this.#filled + frameBytes(captured) > QUEUE_BYTES) {
      port.queueDropped++;
      return;
    }
    const words = new Uint32Array(this.#filling.buffer, this.#filled, HEADER_WORDS);
    words.set(from);
    words[4] = interfaceNumber;
    words[5] = linkType;
    this.#filling.set(frame.subarray(0, captured), this.#filled + HEADER_WORDS * 4);
    this.#filled += frameBytes(captured);
  }
}

function frameBytes(captured: number): number {
  return HEADER_WORDS * 4 + ((captured + 3) & ~3);
}

async function loadPackage(): Promise<PcapPackage> {
  // A name the compiler does not look up: the package is optional, and its types are for another Node.
  const name: string = "pcap";
  try {
    const loaded = await import(name);
    return loaded.default ?? loaded;
  } catch (error) {
    throw probeError("PROBE_CAPTURE_UNAVAILABLE", "cannot load the pcap package either", error);
  }
}
