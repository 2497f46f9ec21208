import { FrameTime } from "@trafmon/packet";
import type { InterfaceSettings } from "@trafmon/settings";
import type { InterfaceDrops, LiveSource } from "./capture-source.ts";
import { liveError } from "./live-errors.ts";
import type { CaptureHandle, NativeBinding } from "./native-binding.ts";

export type LiveInterface = Pick<
  InterfaceSettings,
  "name" | "filter" | "snapLengthBytes" | "bufferBytes" | "promiscuous"
>;

/** An interface that has begun or ceased to give frames. */
export interface InterfaceChange {
  readonly interfaceName: string;
  readonly isUp: boolean;
  /** libpcap's words. */
  readonly reason: string;
}

/** What the kernel may hold back to hand frames over in blocks. */
const BLOCK_TIMEOUT_MS = 20;

/** Longest sleep without frames; how soon a stop or an interface that is back is seen. */
const WAIT_MS = 100;

/** How often an interface that failed is tried again. */
const RETRY_MS = 1000;

/** Room for a batch over all interfaces: many small frames, or a few of the longest. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/** Bytes before each frame in the buffer: seconds, sub-second, captured length, length on the wire, 32 bits each. */
const FRAME_HEADER_BYTES = 16;

interface Port {
  readonly settings: LiveInterface;
  readonly time: FrameTime;
  handle: CaptureHandle | null;
  linkType: number;
  perSecond: number;
  descriptor: number;
  kernelDropped: number;
  cardDropped: number;
  /** Drops of handles that were closed, not yet taken. */
  owedKernel: number;
  owedCard: number;
  retryAtMs: number;
}

/** A run of one interface's frames in the buffer. */
interface Run {
  port: Port;
  interfaceNumber: number;
  end: number;
}

/**
 * Frames of live interfaces, through libpcap. `fill` blocks the thread for up to WAIT_MS, so it belongs into one of its
 * own. An interface that fails while running is reported, tried again every second, and reported when it is back; only a
 * failure at `open` ends the capture.
 */
export class LiveCapture implements LiveSource {
  readonly #buffer = new ArrayBuffer(BUFFER_BYTES);
  readonly bytes = new Uint8Array(this.#buffer);
  offset = 0;
  capturedBytes = 0;
  wireBytes = 0;
  linkType = 0;
  interfaceNumber = 0;
  seconds = 0;
  nanos = 0;
  isBadTime = false;
  isIdle = false;
  readonly #words = new Uint32Array(this.#buffer);
  readonly #binding: NativeBinding;
  readonly #ports: readonly Port[];
  readonly #onChange: (change: InterfaceChange) => void;
  /** Runs of frames in the buffer, in order; those before `#run` are done. */
  readonly #runs: Run[] = [];
  #run = 0;
  /** Where the next frame's header is. */
  #position = 0;
  /** Interface to ask first, so that a busy one does not keep the others waiting. */
  #turn = 0;

  constructor(
    binding: NativeBinding,
    interfaces: readonly LiveInterface[],
    onChange: (change: InterfaceChange) => void,
  ) {
    this.#binding = binding;
    this.#onChange = onChange;
    this.#ports = interfaces.map((settings) => ({
      settings,
      time: new FrameTime(),
      handle: null,
      linkType: 0,
      perSecond: 0,
      descriptor: -1,
      kernelDropped: 0,
      cardDropped: 0,
      owedKernel: 0,
      owedCard: 0,
      retryAtMs: 0,
    }));
  }

  /** @throws {CodedError} PROBE_INTERFACE_UNKNOWN, _DOWN, PROBE_CAPTURE_FORBIDDEN, _FAILED, PROBE_FILTER_INVALID */
  async open(): Promise<void> {
    for (const port of this.#ports) {
      try {
        this.#openPort(port);
      } catch (error) {
        await this.close();
        throw liveError(port.settings.name, error);
      }
    }
  }

  next(): boolean {
    let run = this.#runs[this.#run];
    while (run !== undefined && this.#position >= run.end) run = this.#runs[++this.#run];
    if (run === undefined) return false;
    const header = this.#position;
    const word = header >> 2;
    const words = this.#words;
    const captured = words[word + 2]!;
    const { port } = run;
    port.time.set(words[word]!, words[word + 1]!, port.perSecond);
    this.seconds = port.time.seconds;
    this.nanos = port.time.nanos;
    this.isBadTime = port.time.isBad;
    this.offset = header + FRAME_HEADER_BYTES;
    this.capturedBytes = captured;
    this.wireBytes = words[word + 3]!;
    this.linkType = port.linkType;
    this.interfaceNumber = run.interfaceNumber;
    this.#position = header + FRAME_HEADER_BYTES + ((captured + 3) & ~3);
    return true;
  }

  /** Always true: live capture ends only when it is closed. */
  async fill(): Promise<boolean> {
    this.#reopen();
    if (!this.#collect()) {
      const descriptors = this.#ports.flatMap(({ handle, descriptor }) => (handle === null ? [] : [descriptor]));
      this.#binding.wait(descriptors, WAIT_MS);
      this.#collect();
    }
    this.isIdle = this.#runs.length === 0;
    return true;
  }

  takeDrops(): readonly InterfaceDrops[] {
    return this.#ports.map((port, interfaceNumber) => {
      this.#countDrops(port);
      const drops = { interfaceNumber, kernel: port.owedKernel, card: port.owedCard, queue: 0 };
      port.owedKernel = 0;
      port.owedCard = 0;
      return drops;
    });
  }

  async close(): Promise<void> {
    for (const port of this.#ports) this.#closePort(port);
  }

  /** Asks every interface for its frames, as far as they fit. False when there are none. */
  #collect(): boolean {
    this.#runs.length = 0;
    this.#run = 0;
    this.#position = 0;
    let used = 0;
    this.#turn = (this.#turn + 1) % this.#ports.length;
    for (let step = 0; step < this.#ports.length; step++) {
      const interfaceNumber = (this.#turn + step) % this.#ports.length;
      const port = this.#ports[interfaceNumber]!;
      if (port.handle === null) continue;
      let end = used;
      try {
        end = this.#binding.dispatch(port.handle, this.#buffer, used);
      } catch (error) {
        this.#lose(port, String((error as Error).message));
      }
      if (end > used) this.#runs.push({ port, interfaceNumber, end });
      used = end;
    }
    return used > 0;
  }

  #openPort(port: Port): void {
    const { name, snapLengthBytes, bufferBytes, promiscuous, filter } = port.settings;
    const open = this.#binding.open(name, snapLengthBytes, bufferBytes, BLOCK_TIMEOUT_MS, promiscuous, filter);
    port.handle = open.handle;
    port.linkType = open.linkType;
    port.perSecond = open.perSecond;
    port.descriptor = open.descriptor;
    port.kernelDropped = 0;
    // The card's count runs since the machine was started.
    port.cardDropped = this.#binding.statistics(open.handle).interfaceDropped;
  }

  #closePort(port: Port): void {
    if (port.handle === null) return;
    this.#countDrops(port);
    this.#binding.close(port.handle);
    port.handle = null;
  }

  #countDrops(port: Port): void {
    if (port.handle === null) return;
    try {
      const totals = this.#binding.statistics(port.handle);
      port.owedKernel += (totals.dropped - port.kernelDropped) >>> 0;
      port.owedCard += (totals.interfaceDropped - port.cardDropped) >>> 0;
      port.kernelDropped = totals.dropped;
      port.cardDropped = totals.interfaceDropped;
    } catch {
      // The interface is gone, and its counters with it; the next dispatch says so.
    }
  }

  #lose(port: Port, reason: string): void {
    this.#closePort(port);
    port.retryAtMs = performance.now() + RETRY_MS;
    this.#onChange({ interfaceName: port.settings.name, isUp: false, reason });
  }

  #reopen(): void {
    for (const port of this.#ports) {
      if (port.handle !== null || performance.now() < port.retryAtMs) continue;
      try {
        this.#openPort(port);
        this.#onChange({ interfaceName: port.settings.name, isUp: true, reason: "" });
      } catch {
        port.retryAtMs = performance.now() + RETRY_MS;
      }
    }
  }
}
