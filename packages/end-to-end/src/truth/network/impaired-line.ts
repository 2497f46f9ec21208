import type { CaptureHandle, NativeBinding } from "@trafmon/probe";
import { FATE, KIND, type Ledger } from "@trafmon/trafgen";
import { type Impairment, LinePlan } from "./line-plan.ts";
import { packetTuple } from "./packet-tuple.ts";
import type { Stretch } from "./truth-network.ts";

export interface LineOptions {
  readonly stretch: Stretch;
  readonly forward: Impairment;
  readonly backward: Impairment;
  readonly seed: number;
}

/** Totals of a line, for its summary. */
export interface LineTotals {
  readonly entered: number;
  readonly left: number;
  readonly dropped: number;
  readonly doubled: { readonly forward: number; readonly backward: number };
  readonly heldBack: number;
  /** Packets that entered and were equal, to the byte, to one that had entered the same way shortly before. */
  readonly twins: { readonly forward: number; readonly backward: number };
  /** Frames the kernel had no room for before the line saw them: a ledger with any is no truth. */
  readonly missed: number;
}

interface Waiting {
  readonly frame: Uint8Array;
  readonly dueMs: number;
  /** Packets still to pass it. */
  overtaking: number;
  readonly packet: number;
  readonly flow: number;
  readonly enteredNs: number;
  readonly ipBytes: number;
  copies: number;
}

/** Who nobody overtakes for so long goes on all the same. */
const LONGEST_HOLD_MS = 60;
const BUFFER_BYTES = 2 << 20;
const KERNEL_BUFFER_BYTES = 64 << 20;
/** Longer than any frame on these wires. */
const SNAP_BYTES = 2048;
const FRAME_HEADER_BYTES = 16;
/** Longer than any time within which a probe takes an equal frame for a copy, in these scenes. */
const TWIN_NS = 50e6;
/** Hops of the ledger: where a packet enters the line, and where it leaves it. */
const [ENTRY, EXIT] = [1, 2];

/** Frames of one direction: in at one interface, out at the other, and into the ledger. */
class Way {
  readonly #binding: NativeBinding;
  readonly #in: CaptureHandle;
  readonly #out: CaptureHandle;
  readonly #plan: LinePlan;
  readonly #ledger: Ledger;
  readonly #direction: "fwd" | "rev";
  readonly #buffer = new ArrayBuffer(BUFFER_BYTES);
  readonly #queue: Waiting[] = [];
  readonly #held: Waiting[] = [];
  /** Ports of datagrams in fragments. */
  readonly #datagrams = new Map<string, { sourcePort: number | null; destinationPort: number | null }>();
  #number = 0;
  entered = 0;
  left = 0;
  dropped = 0;
  doubled = 0;
  heldBack = 0;
  twins = 0;
  readonly #recent: { readonly frame: Uint8Array; readonly enteredNs: number }[] = [];

  constructor(
    binding: NativeBinding,
    from: CaptureHandle,
    to: CaptureHandle,
    plan: LinePlan,
    ledger: Ledger,
    direction: "fwd" | "rev",
  ) {
    this.#binding = binding;
    this.#in = from;
    this.#out = to;
    this.#plan = plan;
    this.#ledger = ledger;
    this.#direction = direction;
  }

  /** Takes what has come. */
  take(nowMs: number, nowNs: number): void {
    const end = this.#binding.dispatch(this.#in, this.#buffer, 0);
    const words = new Uint32Array(this.#buffer);
    for (let at = 0; at < end; ) {
      const captured = words[(at >> 2) + 2]!;
      this.#enter(new Uint8Array(this.#buffer, at + FRAME_HEADER_BYTES, captured).slice(), nowMs, nowNs);
      at += FRAME_HEADER_BYTES + ((captured + 3) & ~3);
    }
  }

  #enter(frame: Uint8Array, nowMs: number, nowNs: number): void {
    const tuple = packetTuple(frame);
    // What is not IP passes as it is; there is none here but what a test sends on purpose.
    if (tuple === null) return this.#binding.inject(this.#out, frame, 0, frame.length);
    this.entered++;
    this.#compare(frame, nowNs);
    let { sourcePort, destinationPort } = tuple;
    if (tuple.fragmentOf !== null) {
      if (!tuple.isLaterFragment) this.#datagrams.set(tuple.fragmentOf, { sourcePort, destinationPort });
      else ({ sourcePort, destinationPort } = this.#datagrams.get(tuple.fragmentOf) ?? tuple);
    }
    const { protocol, source, destination, ipBytes } = tuple;
    const key = { direction: this.#direction, protocol, source, destination, sourcePort, destinationPort };
    const flow = this.#ledger.flow(key);
    const fate = this.#plan.next();
    const what = fate.copies === 0 ? FATE.WITHHELD : FATE.SENT;
    const packet = this.#ledger.packet(nowNs, flow, 0, ++this.#number, ipBytes, 0, KIND.DATA, what);
    this.#ledger.seen(ENTRY, flow, nowNs, ipBytes, 0);
    if (fate.copies === 0) {
      this.dropped++;
      this.#ledger.verdict(packet, ENTRY, EXIT, "lost", nowNs, null);
      return;
    }
    if (fate.copies === 2) this.doubled++;
    if (fate.spoiltAt !== null) spoil(frame, fate.spoiltAt);
    const waiting = { frame, packet, flow, ipBytes, enteredNs: nowNs, copies: fate.copies };
    if (fate.overtaking > 0) {
      this.heldBack++;
      this.#held.push({ ...waiting, overtaking: fate.overtaking, dueMs: nowMs + fate.delayMs + LONGEST_HOLD_MS });
      return;
    }
    // In order of arrival: jitter does not reorder.
    const dueMs = Math.max(nowMs + fate.delayMs, this.#queue.at(-1)?.dueMs ?? 0);
    this.#queue.push({ ...waiting, overtaking: 0, dueMs });
  }

  /** Two packets that are equal are told from one and its copy by nothing, where IPv6 gives them no identification. */
  #compare(frame: Uint8Array, enteredNs: number): void {
    while (this.#recent.length > 0 && this.#recent[0]!.enteredNs < enteredNs - TWIN_NS) this.#recent.shift();
    const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
    if (this.#recent.some((earlier) => earlier.frame.length === frame.length && bytes.equals(earlier.frame)))
      this.twins++;
    this.#recent.push({ frame, enteredNs });
  }

  /** Sends what is due. @returns when the next is, or null */
  release(nowMs: number, nowNs: number): number | null {
    let gone = 0;
    for (const waiting of this.#queue) {
      if (waiting.dueMs > nowMs) break;
      gone++;
      this.#leave(waiting, nowNs);
      for (const held of this.#held) if (held.packet < waiting.packet) held.overtaking--;
      for (let i = 0; i < this.#held.length; ) {
        if (this.#held[i]!.overtaking > 0) i++;
        else this.#leave(this.#held.splice(i, 1)[0]!, nowNs);
      }
    }
    this.#queue.splice(0, gone);
    while (this.#held.length > 0 && this.#held[0]!.dueMs <= nowMs) this.#leave(this.#held.shift()!, nowNs);
    const next = [this.#queue[0]?.dueMs, this.#held[0]?.dueMs].filter((each) => each !== undefined);
    return next.length === 0 ? null : Math.min(...next);
  }

  #leave({ frame, packet, flow, ipBytes, enteredNs, copies }: Waiting, nowNs: number): void {
    for (let copy = 0; copy < copies; copy++) {
      this.#binding.inject(this.#out, frame, 0, frame.length);
      this.#ledger.seen(EXIT, flow, nowNs, ipBytes, 0);
      this.left++;
    }
    this.#ledger.verdict(packet, ENTRY, EXIT, "matched", enteredNs, nowNs - enteredNs);
  }
}

/** Ethernet, and IPv4 without options. */
const UDP_AT = 14 + 20;
const UDP_HEADER_BYTES = 8;

/**
 * Spoils a bit of a UDP datagram over IPv4, so that its receiver gets it: without a checksum, which the kernel would
 * hold against it and discard it. Others are left as they are.
 */
function spoil(frame: Uint8Array, share: number): void {
  const isUdp = frame[12] === 8 && frame[13] === 0 && frame[14] === 0x45 && frame[23] === 17;
  const first = UDP_AT + UDP_HEADER_BYTES;
  if (!isUdp || frame.length <= first) return;
  frame[UDP_AT + 6] = 0;
  frame[UDP_AT + 7] = 0;
  const at = first + Math.floor(share * (frame.length - first));
  frame[at]! ^= 1 << (at & 7);
}

/**
 * A line between two interfaces that delays, drops, doubles and reorders by a seeded plan, and writes down what it did to
 * every packet: hop 1 of its ledger is where a packet enters, hop 2 where it leaves. Only frames that the hosts on both
 * sides send are carried, so that nothing goes round.
 */
export class ImpairedLine {
  readonly #binding: NativeBinding;
  readonly #handles: readonly [CaptureHandle, CaptureHandle];
  readonly #ways: readonly [Way, Way];
  readonly #ledger: Ledger;
  readonly descriptors: readonly number[];
  #lastNs = 0;

  constructor(binding: NativeBinding, { stretch, forward, backward, seed }: LineOptions, ledger: Ledger) {
    this.#binding = binding;
    this.#ledger = ledger;
    const open = (device: string, mac: string) =>
      binding.open(device, SNAP_BYTES, KERNEL_BUFFER_BYTES, 1, true, `ether src ${mac}`);
    const [near, far] = [open(stretch.near, stretch.nearMac), open(stretch.far, stretch.farMac)];
    this.#handles = [near.handle, far.handle];
    this.descriptors = [near.descriptor, far.descriptor];
    this.#ways = [
      new Way(binding, near.handle, far.handle, new LinePlan(forward, seed), ledger, "fwd"),
      new Way(binding, far.handle, near.handle, new LinePlan(backward, seed + 1), ledger, "rev"),
    ];
  }

  /** Takes and sends what there is. @returns when something is due next, or null */
  step(nowMs: number, nowNs: number): number | null {
    this.#lastNs = nowNs;
    let next: number | null = null;
    for (const way of this.#ways) {
      way.take(nowMs, nowNs);
      const due = way.release(nowMs, nowNs);
      if (due !== null && (next === null || due < next)) next = due;
    }
    return next;
  }

  /** Sends what waits, too. */
  close(): LineTotals {
    for (const way of this.#ways) way.release(Number.POSITIVE_INFINITY, this.#lastNs);
    const missed = this.#handles.reduce((sum, handle) => sum + this.#binding.statistics(handle).dropped, 0);
    for (const handle of this.#handles) this.#binding.close(handle);
    const sum = (name: "entered" | "left" | "dropped" | "heldBack") => this.#ways[0][name] + this.#ways[1][name];
    const totals = {
      entered: sum("entered"),
      left: sum("left"),
      dropped: sum("dropped"),
      doubled: { forward: this.#ways[0].doubled, backward: this.#ways[1].doubled },
      heldBack: sum("heldBack"),
      twins: { forward: this.#ways[0].twins, backward: this.#ways[1].twins },
      missed,
    };
    this.#ledger.close({ totals });
    return totals;
  }
}
