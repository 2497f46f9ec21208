import { FrameTime } from "@trafmon/packet";
import type { InterfaceSettings } from "@trafmon/settings";
import type { CaptureHandle, NativeBinding } from "./native-binding.ts";

export type LiveInterface = Pick<
  InterfaceSettings,
  "name" | "filter" | "snapLengthBytes" | "bufferBytes" | "promiscuous"
>;

/** What the kernel may hold back to hand frames over in blocks. */
const BLOCK_TIMEOUT_MS = 20;

/** One interface of a live capture: its handle, while it has one, and an account of what it gave and lost. */
export class LivePort {
  readonly settings: LiveInterface;
  readonly time = new FrameTime();
  /** null while it is not open. */
  handle: CaptureHandle | null = null;
  linkType = 0;
  perSecond = 0;
  /** File descriptor to wait on. */
  descriptor = -1;
  /** Frames given to whoever reads, since it was opened. */
  given = 0;
  readonly #binding: NativeBinding;
  /** As it was opened; 0: not known. */
  #index = 0;
  /** Whether the handle's total of received frames can be held against `given`. */
  #countsReceived = false;
  #receivedAtOpen = 0;
  #kernelDropped = 0;
  #cardDropped = 0;
  /** Drops not yet taken, of this handle and those before. */
  #owedKernel = 0;
  #owedCard = 0;

  constructor(binding: NativeBinding, settings: LiveInterface) {
    this.#binding = binding;
    this.settings = settings;
  }

  /** @throws libpcap's refusal, see NativeBinding */
  open(): void {
    const { name, snapLengthBytes, bufferBytes, promiscuous, filter } = this.settings;
    const open = this.#binding.open(name, snapLengthBytes, bufferBytes, BLOCK_TIMEOUT_MS, promiscuous, filter);
    this.handle = open.handle;
    this.linkType = open.linkType;
    this.perSecond = open.perSecond;
    this.descriptor = open.descriptor;
    this.given = 0;
    this.#index = this.#binding.state(name)?.index ?? 0;
    const totals = this.#binding.statistics(open.handle);
    // The card's count runs since the machine was started.
    this.#cardDropped = totals.interfaceDropped;
    this.#kernelDropped = 0;
    this.#countsReceived = open.filtersInKernel;
    // What came before the filter was in place libpcap throws away.
    this.#receivedAtOpen = filter === "" ? 0 : totals.received;
  }

  /** What the kernel still holds goes with the handle, and is counted as dropped. */
  close(): void {
    if (this.handle === null) return;
    this.#countDrops();
    this.#owedKernel += this.#leftBehind(this.handle);
    this.#binding.close(this.handle);
    this.handle = null;
  }

  /** Why no frame can come at present though it is open; empty: some can. `any` is never asked. */
  silence(): string {
    const state = this.#index === 0 ? null : this.#binding.state(this.settings.name);
    // Gone altogether: libpcap says so itself.
    if (state === null) return "";
    if (!state.isUp) return "it is down";
    return state.hasCarrier ? "" : "it has no carrier";
  }

  /** Whether the interface was removed and another one made that bears its name. */
  isReplaced(): boolean {
    const state = this.#index === 0 ? null : this.#binding.state(this.settings.name);
    return state !== null && state.index !== this.#index;
  }

  /** What was dropped since the last call. */
  takeDrops(): { readonly kernel: number; readonly card: number } {
    this.#countDrops();
    const drops = { kernel: this.#owedKernel, card: this.#owedCard };
    this.#owedKernel = 0;
    this.#owedCard = 0;
    return drops;
  }

  #countDrops(): void {
    if (this.handle === null) return;
    try {
      const totals = this.#binding.statistics(this.handle);
      this.#owedKernel += (totals.dropped - this.#kernelDropped) >>> 0;
      this.#owedCard += (totals.interfaceDropped - this.#cardDropped) >>> 0;
      this.#kernelDropped = totals.dropped;
      this.#cardDropped = totals.interfaceDropped;
    } catch {
      // The interface is gone, and its counters with it; the next dispatch says so.
    }
  }

  #leftBehind(handle: CaptureHandle): number {
    if (!this.#countsReceived) return 0;
    try {
      const { received, dropped } = this.#binding.statistics(handle);
      // The totals wrap, and what was given is counted without end.
      return Math.max(0, (received - this.#receivedAtOpen - dropped - this.given) | 0);
    } catch {
      return 0;
    }
  }
}
