/** What a packet truly is: sent for the first time, sent again by its sender, or a copy that a mirror port made. */
export type Label = "first" | "again" | "copy";

/** An IP packet as it passes a tap, and what it truly is. */
export interface LabelledPacket {
  /** Nanoseconds after the start. */
  readonly atNs: number;
  readonly label: Label;
  /** Which way it goes: 0 from the data's sender, 1 back. */
  readonly direction: 0 | 1;
  /** Its bytes, with so much taken off its TTL or hop limit. */
  readonly bytes: (hops: number) => Uint8Array;
}
