import { observationTypes, type RecordOf } from "@trafmon/observation";
import type { FlowOf } from "./flow-book.ts";
import { FlowBook } from "./flow-book.ts";
import type { HistoryLogs } from "./history-logs.ts";
import type { HistoryTruth } from "./history-truth.ts";
import { IntervalSums } from "./interval-sums.ts";
import { instantOf, type Share } from "./span.ts";

/** Packets and IP bytes each way. */
export interface BothWays {
  readonly fwdPackets: number;
  readonly revPackets: number;
  readonly fwdBytes: number;
  readonly revBytes: number;
}

/** Inner bounds of the size slices, bytes of IP length. */
export const SIZE_BOUNDS = [64, 128, 256, 512, 1024, 1280, 1500];

/** Counts the packets of flow instances over intervals, and in the truth: what every kind of traffic has in common. */
export class PacketCounts {
  readonly flows: FlowBook;
  readonly #ip: IntervalSums<typeof observationTypes.ipct>;
  readonly #sizes: IntervalSums<typeof observationTypes.ipsz>;
  readonly #truth: HistoryTruth;
  readonly #logs: HistoryLogs;
  /** By start of interval. */
  readonly seen = new Map<number, { packets: number; bytes: number }>();

  constructor(logs: HistoryLogs, truth: HistoryTruth, intervalS: number) {
    this.#logs = logs;
    this.#truth = truth;
    this.flows = new FlowBook(logs);
    this.#ip = new IntervalSums(observationTypes.ipct, intervalS);
    this.#sizes = new IntervalSums(observationTypes.ipsz, intervalS);
  }

  /** Counts packets of about equal size, within one interval. Returns the id of the flow instance. */
  add(of: FlowOf, share: Share, counts: BothWays): number {
    const flowId = this.flows.idOf(of, share.lastS);
    if (counts.fwdPackets + counts.revPackets === 0) return flowId;
    addIp(this.#ip.of(flowId, share.intervalStartS), counts, share);
    this.#addSizes(flowId, share, counts);
    this.#truth.addVolume(of, share.firstS, counts);
    const seen = this.seen.get(share.intervalStartS) ?? { packets: 0, bytes: 0 };
    seen.packets += counts.fwdPackets + counts.revPackets;
    seen.bytes += counts.fwdBytes + counts.revBytes;
    this.seen.set(share.intervalStartS, seen);
    return flowId;
  }

  write(): void {
    this.#ip.write(this.#logs);
    this.#sizes.write(this.#logs);
  }

  #addSizes(flowId: number, share: Share, { fwdPackets, fwdBytes, revPackets, revBytes }: BothWays): void {
    if (fwdPackets > 0) {
      const slice = sliceOf(fwdBytes / fwdPackets);
      this.#sizes.of(flowId, share.intervalStartS, { slice }).fwd_packets += fwdPackets;
    }
    if (revPackets > 0) {
      const slice = sliceOf(revBytes / revPackets);
      this.#sizes.of(flowId, share.intervalStartS, { slice }).rev_packets += revPackets;
    }
  }
}

function sliceOf(bytes: number): number {
  const slice = SIZE_BOUNDS.findIndex((bound) => bytes < bound);
  return slice < 0 ? SIZE_BOUNDS.length : slice;
}

function addIp(record: RecordOf<typeof observationTypes.ipct>, counts: BothWays, share: Share): void {
  const first = instantOf(share.firstS);
  const last = instantOf(share.lastS);
  const isNew = record.fwd_packets + record.rev_packets === 0;
  record.fwd_packets += counts.fwdPackets;
  record.rev_packets += counts.revPackets;
  record.fwd_bytes += counts.fwdBytes;
  record.rev_bytes += counts.revBytes;
  if (isNew || first.s + first.nanos / 1e9 < record.first_s + record.first_nanos / 1e9) {
    record.first_s = first.s;
    record.first_nanos = first.nanos;
  }
  if (isNew || last.s + last.nanos / 1e9 > record.last_s + record.last_nanos / 1e9) {
    record.last_s = last.s;
    record.last_nanos = last.nanos;
  }
}
