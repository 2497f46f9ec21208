import { FATE, type PacketFate, type PacketKind } from "../ledger/packet-kind.ts";

/**
 * Frames to be sent, in rising time, with what the ledger says of each. Arrays, not objects, so that a batch crosses to
 * native code as it is and a packet costs nothing to hold. It is filled, sent, written into the ledger, cleared and
 * filled again.
 *
 * Times are nanoseconds after the start of the run: whole numbers, exact in a double for 104 days.
 */
export class FrameBatch {
  readonly mostFrames: number;
  /** Frames one behind the other. Bytes of a frame that is withheld may be missing. */
  readonly bytes: Uint8Array;
  count = 0;
  usedBytes = 0;

  /** Where a frame begins in `bytes`, and its length. */
  readonly offsets: Int32Array;
  readonly lengths: Int32Array;
  /** When it should be sent. */
  readonly dueNs: Float64Array;

  /** When it was sent: filled in by the sink. */
  readonly sentNs: Float64Array;
  /** SENT or WITHHELD as given; a sink turns SENT into REFUSED or CANCELLED where it did not send. */
  readonly fates: Uint8Array;

  /** For the ledger: see `Ledger.packet`. */
  readonly flows: Int32Array;
  readonly streams: Int32Array;
  readonly numbers: Float64Array;
  readonly ipBytes: Int32Array;
  readonly payloadBytes: Int32Array;
  readonly kinds: Uint8Array;

  constructor(mostFrames = 4096, mostBytes = 2 * 1024 * 1024) {
    this.mostFrames = mostFrames;
    this.bytes = new Uint8Array(mostBytes);
    this.offsets = new Int32Array(mostFrames);
    this.lengths = new Int32Array(mostFrames);
    this.dueNs = new Float64Array(mostFrames);
    this.sentNs = new Float64Array(mostFrames);
    this.fates = new Uint8Array(mostFrames);
    this.flows = new Int32Array(mostFrames);
    this.streams = new Int32Array(mostFrames);
    this.numbers = new Float64Array(mostFrames);
    this.ipBytes = new Int32Array(mostFrames);
    this.payloadBytes = new Int32Array(mostFrames);
    this.kinds = new Uint8Array(mostFrames);
  }

  hasRoom(frameBytes: number): boolean {
    return this.count < this.mostFrames && this.usedBytes + frameBytes <= this.bytes.length;
  }

  /** Adds a frame. There must be room for it. */
  add(
    dueNs: number,
    frame: Uint8Array,
    flow: number,
    stream: number,
    number: number,
    ipBytes: number,
    payloadBytes: number,
    kind: PacketKind,
    fate: PacketFate = FATE.SENT,
  ): void {
    const at = this.count++;
    this.bytes.set(frame, this.usedBytes);
    this.offsets[at] = this.usedBytes;
    this.lengths[at] = frame.length;
    this.usedBytes += frame.length;
    this.dueNs[at] = dueNs;
    this.sentNs[at] = dueNs;
    this.fates[at] = fate;
    this.flows[at] = flow;
    this.streams[at] = stream;
    this.numbers[at] = number;
    this.ipBytes[at] = ipBytes;
    this.payloadBytes[at] = payloadBytes;
    this.kinds[at] = kind;
  }

  clear(): void {
    this.count = 0;
    this.usedBytes = 0;
  }
}
