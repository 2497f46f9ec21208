import type { Dimension, End, Traffic } from "../ask/traffic.ts";
import { INTERNET, UNASSIGNED } from "../ask/volume-question.ts";

export const OWN_NETWORKS = "Own and local networks";
export const COUNTRY_UNKNOWN = "Country unknown";

/** The name people read for an end. */
export function endName(end: End, dimension: Dimension): string {
  if (end.name !== null) return end.name;
  if (dimension === "country") return end.place === "internet" ? COUNTRY_UNKNOWN : OWN_NETWORKS;
  return end.place === "internet" ? INTERNET : UNASSIGNED;
}

/** A part of some traffic, and the end it is charged to. */
export interface Charge {
  readonly end: End;
  readonly bytes: bigint;
}

/**
 * Whom traffic is charged to, so that the parts add up to the whole, whatever side the flow was opened from.
 * Activity and location: the side that is described; between two such sides (or none), each what it sent.
 * Country: the side outside one's own networks; between two such sides (or none), each what it sent.
 */
export function charges({ src, dst, fwdBytes, revBytes }: Traffic, dimension: Dimension): Charge[] {
  const counts = (end: End) => (dimension === "country" ? end.place === "internet" : end.name !== null);
  if (counts(src) !== counts(dst)) return [{ end: counts(src) ? src : dst, bytes: fwdBytes + revBytes }];
  return [
    { end: src, bytes: fwdBytes },
    { end: dst, bytes: revBytes },
  ];
}

/** Volumes of one end. `bytes` of all ends add up to the whole, and so do `sent` and `received`. */
export interface EndVolume {
  readonly label: string;
  /** Charged to it. */
  bytes: bigint;
  sent: bigint;
  received: bigint;
}

/** Adds traffic up by end. */
export function byEnd(traffic: readonly Traffic[], dimension: Dimension): EndVolume[] {
  const ends = new Map<string, EndVolume>();
  const of = (end: End) => {
    const label = endName(end, dimension);
    let volume = ends.get(label);
    if (!volume) {
      volume = { label, bytes: 0n, sent: 0n, received: 0n };
      ends.set(label, volume);
    }
    return volume;
  };
  for (const each of traffic) {
    const [src, dst] = [of(each.src), of(each.dst)];
    src.sent += each.fwdBytes;
    dst.received += each.fwdBytes;
    dst.sent += each.revBytes;
    src.received += each.revBytes;
    for (const { end, bytes } of charges(each, dimension)) of(end).bytes += bytes;
  }
  return [...ends.values()];
}

/** Volume between one's own or local networks and the Internet, each way, and what only passed through. */
export function internetVolume(traffic: readonly Traffic[]): { from: bigint; to: bigint; through: bigint } {
  const volume = { from: 0n, to: 0n, through: 0n };
  for (const { src, dst, fwdBytes, revBytes } of traffic) {
    if (src.place === "internet" && dst.place === "internet") volume.through += fwdBytes + revBytes;
    else if (src.place === "internet") {
      volume.from += fwdBytes;
      volume.to += revBytes;
    } else if (dst.place === "internet") {
      volume.to += fwdBytes;
      volume.from += revBytes;
    }
  }
  return volume;
}

export function totalBytes(traffic: readonly Traffic[]): bigint {
  return traffic.reduce((sum, each) => sum + each.fwdBytes + each.revBytes, 0n);
}

export function totalPackets(traffic: readonly Traffic[]): bigint {
  return traffic.reduce((sum, each) => sum + each.packets, 0n);
}
