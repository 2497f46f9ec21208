import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from "@trafmon/packet";
import { KIND, type PacketKind } from "../../ledger/packet-kind.ts";
import type { Stall, TcpManners, Trouble } from "../../scenario/scenario.ts";
import { PATTERN } from "../payload-pattern.ts";
import type { Timeline } from "../timeline.ts";
import { Timer } from "../timer.ts";
import { TcpReceiver } from "./tcp-receiver.ts";
import type { TcpSegment } from "./tcp-segment.ts";
import { type SentSegment, TcpSender, type Write } from "./tcp-sender.ts";

const NOTHING = new Uint8Array(0);
/** Place of the SYN. */
const SYN_PLACE = -1;
/** SYNs sent in all when nobody answers. */
const MOST_SYNS = 4;

export type SynAnswer = "accepts" | "refuses" | "ignores";

type State = "closed" | "syn sent" | "syn received" | "established" | "reset" | "given up";

export interface EndHooks {
  send(segment: TcpSegment, trouble: Trouble | null): void;
  onEstablished(): void;
  /** The program has read on, or the other side's FIN has come. */
  onRead(): void;
  onAcknowledged(): void;
  /** RST has come. */
  onReset(): void;
  /** Nobody answers any more. */
  onGivenUp(): void;
}

export interface WriteOptions {
  /** null: the MSS. */
  readonly segmentBytes?: number | null;
  /** null: a pattern of `bytes`. */
  readonly content?: Uint8Array | null;
  readonly troubles?: readonly Trouble[];
}

/** One end of a TCP connection. */
export class TcpEnd {
  readonly sender: TcpSender;
  readonly receiver: TcpReceiver;
  state: State = "closed";
  readonly #manners: TcpManners;
  readonly #timeline: Timeline;
  readonly #hooks: EndHooks;
  readonly #synTimer: Timer;
  /** Base of its timestamps, milliseconds. */
  readonly #tsBase: number;
  #tsEcho = 0;
  #syns = 0;
  #answersSyn: SynAnswer = "accepts";
  /** What is to happen to its ACKs without payload, by their number since `ackTroubles` were set. */
  #ackTroubles: readonly Trouble[] = [];
  #acks = 0;

  constructor(manners: TcpManners, timeline: Timeline, tsBase: number, hooks: EndHooks) {
    this.#manners = manners;
    this.#timeline = timeline;
    this.#tsBase = tsBase;
    this.#hooks = hooks;
    this.#synTimer = new Timer(timeline, () => this.#repeatSyn());
    this.sender = new TcpSender(manners, timeline, {
      transmit: (sent) => this.#sendStretch(sent),
      probe: (place, write) =>
        this.#sendData(KIND.WINDOW_PROBE, place, bytesOf(write, place, place + 1), TCP_ACK, null),
      onAcknowledged: () => hooks.onAcknowledged(),
      giveUp: () => this.#giveUp(),
    });
    this.receiver = new TcpReceiver(
      manners,
      timeline,
      () => this.acknowledge(),
      () => hooks.onRead(),
    );
  }

  get isOver(): boolean {
    return this.state === "reset" || this.state === "given up";
  }

  connect(): void {
    this.state = "syn sent";
    this.#sendSyn();
  }

  /** What it does with a SYN. */
  listen(answer: SynAnswer): void {
    this.#answersSyn = answer;
  }

  /** Begins in the middle, as if there had been a handshake. */
  presumeEstablished(): void {
    this.state = "established";
    this.sender.open(this.receiver.promise(this.#scale).bytes);
  }

  write(bytes: number, { segmentBytes = null, content = null, troubles = [] }: WriteOptions = {}): void {
    this.sender.write(bytes, segmentBytes ?? this.#manners.mssBytes, content, troubles);
    this.sender.pump();
  }

  close(): void {
    this.sender.close();
    this.sender.pump();
  }

  reset(): void {
    this.#sendData(KIND.RST, this.sender.next, NOTHING, TCP_RST | TCP_ACK, null);
    this.#end("reset");
  }

  keepAlive(): void {
    this.#sendData(KIND.KEEP_ALIVE, this.sender.next - 1, NOTHING, TCP_ACK, null);
  }

  setWindow(bytes: number): void {
    this.receiver.limitBytes = bytes;
    this.acknowledge();
  }

  stall(base: number, stalls: readonly Stall[]): void {
    this.receiver.stallAt(base, stalls);
  }

  set ackTroubles(troubles: readonly Trouble[]) {
    this.#ackTroubles = troubles;
    this.#acks = 0;
  }

  acknowledge(): void {
    if (this.state !== "established") return;
    this.#acks++;
    const trouble = this.#ackTroubles.find(({ number }) => number === this.#acks) ?? null;
    this.#sendData(KIND.ACK, this.sender.next, NOTHING, TCP_ACK, trouble);
  }

  /** A segment of the other end has come. */
  take(segment: TcpSegment): void {
    if (this.isOver) return;
    this.#tsEcho = segment.tsValue;
    if ((segment.flags & TCP_RST) !== 0) {
      this.#end("reset");
      this.#hooks.onReset();
    } else if ((segment.flags & TCP_SYN) !== 0) this.#takeSyn(segment);
    else this.#takeOther(segment);
  }

  stop(): void {
    this.#synTimer.clear();
    this.sender.stop();
    this.receiver.stop();
  }

  get #scale(): number {
    return this.#manners.windowScale;
  }

  #takeSyn(segment: TcpSegment): void {
    const isAnswer = (segment.flags & TCP_ACK) !== 0;
    if (!isAnswer && this.state === "closed") {
      if (this.#answersSyn === "ignores") return;
      if (this.#answersSyn === "refuses") {
        this.#send({ kind: KIND.RST, flags: TCP_RST | TCP_ACK, from: SYN_PLACE, window: 0, windowBytes: 0 });
        this.state = "reset";
        return;
      }
      this.state = "syn received";
      this.sender.open(segment.windowBytes);
      this.#sendSyn();
    } else if (!isAnswer && this.state === "syn received") this.#sendSyn();
    else if (isAnswer && this.state === "syn sent") {
      this.sender.open(segment.windowBytes);
      this.#establish();
    }
    // The ACK was lost, so the SYN-ACK came again.
    else if (isAnswer && this.state === "established") this.acknowledge();
  }

  #takeOther(segment: TcpSegment): void {
    if (this.state === "syn received" && segment.acknowledged !== null) this.#establish();
    if (this.state !== "established") return;
    const { payload, acknowledged, from, kind } = segment;
    const hasFin = (segment.flags & TCP_FIN) !== 0;
    // A probe's byte is not taken even where there is room by now; it comes again with the rest.
    if (kind === KIND.KEEP_ALIVE || kind === KIND.WINDOW_PROBE) this.acknowledge();
    else if (payload.length > 0 || hasFin) this.receiver.take(from, from + payload.length, hasFin);
    if (acknowledged !== null && !this.isOver) {
      const isPure = payload.length === 0 && !hasFin;
      this.sender.onAck(
        acknowledged,
        segment.windowBytes,
        segment.isDsack ? segment.blocks.slice(1) : segment.blocks,
        isPure,
      );
    }
  }

  #establish(): void {
    const isClient = this.state === "syn sent";
    this.state = "established";
    this.#synTimer.clear();
    if (isClient) this.acknowledge();
    this.#hooks.onEstablished();
  }

  #sendSyn(): void {
    const isClient = this.state === "syn sent";
    this.#syns++;
    const { field, bytes } = this.receiver.promise(0);
    const kind = isClient ? KIND.SYN : KIND.SYN_ACK;
    const flags = isClient ? TCP_SYN : TCP_SYN | TCP_ACK;
    this.#send({ kind, flags, from: SYN_PLACE, window: field, windowBytes: bytes });
    this.#synTimer.set(this.#timeline.nowNs + this.#manners.rtoNs * 2 ** (this.#syns - 1));
  }

  #repeatSyn(): void {
    if (this.#syns < MOST_SYNS) this.#sendSyn();
    else this.#giveUp();
  }

  #sendStretch(sent: SentSegment): void {
    const { write, from, until, number, transmissions } = sent;
    const isRepeat = transmissions > 1;
    if (write === null) {
      this.#sendData(KIND.FIN, from, NOTHING, TCP_FIN | TCP_ACK, null);
      return;
    }
    const flags = until === write.until ? TCP_PSH | TCP_ACK : TCP_ACK;
    const kind = isRepeat ? KIND.RETRANSMISSION : KIND.DATA;
    const trouble = write.troubles.find(
      (each) => each.number === number && each.kind !== "loseAck" && transmissions <= each.times,
    );
    this.#sendData(kind, from, bytesOf(write, from, until), flags, trouble ?? null);
  }

  #sendData(kind: PacketKind, from: number, payload: Uint8Array, flags: number, trouble: Trouble | null): void {
    const { field, bytes } = this.receiver.promise(this.#scale);
    this.#send({ kind, flags, from, payload, window: field, windowBytes: bytes }, trouble);
  }

  #send(
    parts: Pick<TcpSegment, "kind" | "flags" | "from" | "window" | "windowBytes"> & { readonly payload?: Uint8Array },
    trouble: Trouble | null = null,
  ): void {
    const hasAck = (parts.flags & TCP_ACK) !== 0;
    // Blocks would take room from payload, and stacks send them with ACKs only.
    const isPlainAck = parts.kind === KIND.ACK;
    const sack = isPlainAck ? this.receiver.blocks() : { blocks: [], isDsack: false };
    const segment: TcpSegment = {
      payload: NOTHING,
      ...parts,
      ...sack,
      acknowledged: hasAck ? this.receiver.next : null,
      tsValue: (this.#tsBase + Math.floor(this.#timeline.nowNs / 1e6)) >>> 0,
      tsEcho: hasAck ? this.#tsEcho : 0,
    };
    if (hasAck) this.receiver.acknowledged();
    this.#hooks.send(segment, trouble);
  }

  #giveUp(): void {
    this.#end("given up");
    this.#hooks.onGivenUp();
  }

  #end(state: State): void {
    this.state = state;
    this.stop();
  }
}

/** The bytes of a stretch of a write. */
function bytesOf(write: Write, from: number, until: number): Uint8Array {
  const { content } = write;
  if (content !== null) return content.subarray(from - write.from, until - write.from);
  // The pattern begins anew at each segment; what a byte is depends on nothing but its place in the write.
  const at = (from - write.from) % (PATTERN.length - 16_384);
  return PATTERN.subarray(at, at + until - from);
}
