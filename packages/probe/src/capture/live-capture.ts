import type { InterfaceDrops, LiveSource } from "./capture-source.ts";
import { liveError } from "./live-errors.ts";
import { type LiveInterface, LivePort } from "./live-port.ts";
import type { NativeBinding } from "./native-binding.ts";

/** An interface that has begun or ceased to give frames. */
export interface InterfaceChange {
  readonly interfaceName: string;
  readonly isUp: boolean;
  /** libpcap's words. */
  readonly reason: string;
}

/** Longest sleep without frames; how soon a stop or an interface that is back is seen. */
const WAIT_MS = 100;

/** How often the interfaces themselves are looked after. */
const CHECK_MS = 500;

/** How often an interface that failed is tried again. */
const RETRY_MS = 1000;

/** Room for a batch over all interfaces: many small frames, or a few of the longest. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/** Bytes before each frame in the buffer: seconds, sub-second, captured length, length on the wire, 32 bits each. */
const FRAME_HEADER_BYTES = 16;

/** An interface, and how it is with it. */
interface Watched {
  readonly port: LivePort;
  /** Why it gives nothing though it is open; empty: it does. */
  silentBecause: string;
  retryAtMs: number;
}

/** A run of one interface's frames in the buffer. */
interface Run {
  port: LivePort;
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
  readonly #watched: readonly Watched[];
  readonly #onChange: (change: InterfaceChange) => void;
  /** Runs of frames in the buffer, in order; those before `#run` are done. */
  readonly #runs: Run[] = [];
  #run = 0;
  /** Where the next frame's header is. */
  #position = 0;
  /** Interface to ask first, so that a busy one does not keep the others waiting. */
  #turn = 0;
  #checkAtMs = 0;

  constructor(
    binding: NativeBinding,
    interfaces: readonly LiveInterface[],
    onChange: (change: InterfaceChange) => void,
  ) {
    this.#binding = binding;
    this.#onChange = onChange;
    this.#watched = interfaces.map((settings) => ({
      port: new LivePort(binding, settings),
      silentBecause: "",
      retryAtMs: 0,
    }));
  }

  /** @throws {CodedError} PROBE_INTERFACE_UNKNOWN, _DOWN, PROBE_CAPTURE_FORBIDDEN, _FAILED, PROBE_FILTER_INVALID */
  async open(): Promise<void> {
    for (const { port } of this.#watched) {
      try {
        port.open();
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
    port.given++;
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
    if (performance.now() >= this.#checkAtMs) {
      this.#checkAtMs = performance.now() + CHECK_MS;
      this.#checkInterfaces();
    }
    this.#reopen();
    if (!this.#collect()) {
      const open = this.#watched.filter(({ port }) => port.handle !== null);
      const descriptors = open.map(({ port }) => port.descriptor);
      this.#binding.wait(descriptors, WAIT_MS);
      this.#collect();
    }
    this.isIdle = this.#runs.length === 0;
    return true;
  }

  takeDrops(): readonly InterfaceDrops[] {
    return this.#watched.map(({ port }, interfaceNumber) => ({ interfaceNumber, ...port.takeDrops(), queue: 0 }));
  }

  async close(): Promise<void> {
    for (const { port } of this.#watched) port.close();
  }

  /** Asks every interface for its frames, as far as they fit. False when there are none. */
  #collect(): boolean {
    this.#runs.length = 0;
    this.#run = 0;
    this.#position = 0;
    let used = 0;
    this.#turn = (this.#turn + 1) % this.#watched.length;
    for (let step = 0; step < this.#watched.length; step++) {
      const interfaceNumber = (this.#turn + step) % this.#watched.length;
      const watched = this.#watched[interfaceNumber]!;
      const { port } = watched;
      if (port.handle === null) continue;
      let end = used;
      try {
        end = this.#binding.dispatch(port.handle, this.#buffer, used);
      } catch (error) {
        this.#lose(watched, String((error as Error).message));
      }
      if (end > used) this.#runs.push({ port, interfaceNumber, end });
      used = end;
    }
    return used > 0;
  }

  /** Looks after the interfaces themselves: libpcap says nothing when one goes down, only when it goes away. */
  #checkInterfaces(): void {
    for (const watched of this.#watched) {
      const { port, silentBecause } = watched;
      if (port.handle === null) continue;
      if (port.isReplaced()) {
        this.#lose(watched, "another interface bears its name");
        continue;
      }
      watched.silentBecause = port.silence();
      if ((watched.silentBecause === "") !== (silentBecause === ""))
        this.#tell(port, watched.silentBecause === "", watched.silentBecause);
    }
  }

  #lose(watched: Watched, reason: string): void {
    const { port, silentBecause } = watched;
    port.close();
    watched.retryAtMs = performance.now() + RETRY_MS;
    // Of one that was down already no more is to be said.
    if (silentBecause === "") this.#tell(port, false, reason);
    watched.silentBecause = "";
  }

  #reopen(): void {
    for (const watched of this.#watched) {
      if (watched.port.handle !== null || performance.now() < watched.retryAtMs) continue;
      try {
        watched.port.open();
        this.#tell(watched.port, true, "");
      } catch {
        watched.retryAtMs = performance.now() + RETRY_MS;
      }
    }
  }

  #tell(port: LivePort, isUp: boolean, reason: string): void {
    this.#onChange({ interfaceName: port.settings.name, isUp, reason });
  }
}
