import type { PacketKind } from "../ledger/packet-kind.ts";
import type { Trouble } from "../scenario/scenario.ts";
import type { Lane } from "./lane.ts";

/** A packet on its way from one side to the other. */
export interface CraftedPacket {
  /** From the Ethernet header on. */
  readonly frame: Uint8Array;
  readonly linkHeaderBytes: number;
  /** From the side that begins. */
  readonly isForward: boolean;
  readonly lane: Lane;
  /** What `flow()` of the account gave. */
  readonly flow: number;
  /** Within the stream, from 1. */
  readonly number: number;
  readonly ipBytes: number;
  readonly payloadBytes: number;
  readonly kind: PacketKind;
  /** From the sender to the first tap, and from the last tap to the receiver. */
  readonly sendDelayNs: number;
  readonly receiveDelayNs: number;
  /** What the scenario has in store for it. */
  readonly trouble: Trouble | null;
  /** Called when a tap sees it, or a copy of it. `atNs` is what the tap's clock says. */
  readonly onSeen: ((hop: number, atNs: number, isCopy: boolean) => void) | null;
  /** Called when it, or a copy of it, comes to the other side. */
  readonly onArrival: ((atNs: number, isCopy: boolean) => void) | null;
  /** Called once when nothing of it is on its way any more. */
  readonly onSettled: (() => void) | null;
}
