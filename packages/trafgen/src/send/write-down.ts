import type { Ledger } from "../ledger/ledger.ts";
import type { PacketFate, PacketKind } from "../ledger/packet-kind.ts";
import type { FrameBatch } from "./frame-batch.ts";

/** Writes down a batch that has been sent. */
export function writeDown(batch: FrameBatch, ledger: Pick<Ledger, "packet">): void {
  for (let i = 0; i < batch.count; i++) {
    ledger.packet(
      batch.sentNs[i]!,
      batch.flows[i]!,
      batch.streams[i]!,
      batch.numbers[i]!,
      batch.ipBytes[i]!,
      batch.payloadBytes[i]!,
      batch.kinds[i] as PacketKind,
      batch.fates[i] as PacketFate,
    );
  }
}
